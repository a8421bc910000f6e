"""No attack brings a point, none stops the others from being graded. All are graded in one run."""

import json
import os
import re
import socket
import threading
from contextlib import closing
from pathlib import Path

import nbformat
import pytest
from nbconvert.exporters import HTMLExporter

from resnet_course.grading.course.classroom import Classroom
from resnet_course.grading.grade import Options, grade
from resnet_course.grading.isolation import bubblewrap
from resnet_course.grading.isolation.jobs import Limits
from resnet_course.grading.reports.table import table
from tests.resnet_course.grading.attacks import in_cells, in_files

ROOT = Path(__file__).parents[4]
LESSON = "02_identity_block"
EXERCISES = ("conv_bn", "identity_block", "identity_block_parameters")

#: bubblewrap, unless one asks for a container: "podman" or "docker", with the image resnet-course.
SANDBOX = os.environ.get("RESNET_COURSE_TEST_SANDBOX", "bubblewrap")

pytestmark = pytest.mark.skipif(
    SANDBOX == "bubblewrap" and bubblewrap.works() is not None,
    reason=f"no sandbox here: {bubblewrap.works()}",
)

#: These return something of the right form, like an honest mistake; they may get as much as one.
LIKE_AN_HONEST_MISTAKE = {
    "equal_to_everything",
    "not_a_number",
    "hard_coded_public_probe",
    "look_at_the_caller",
    "forge_results",
    "evidence_flood",
    "half_a_character",
    "huge_network",
    "forged_giant",
    "markup",
    "live_names",
}

#: What the accomplice leaves behind, in all the places there are.
ACCOMPLICE = """
import contextlib, ctypes, os, socket, threading, zlib
text = SOURCE
for folder in ("/tmp", "/dev/shm", "/", "/var/tmp", os.getcwd(), "/library", "/proc", "/dev"):
    with contextlib.suppress(OSError):
        open(os.path.join(folder, "left-for-a-friend.py"), "w").write(text)
with contextlib.suppress(OSError):
    server = socket.socket(socket.AF_UNIX)
    server.bind("\\0left-for-a-friend")
    server.listen()
    threading.Thread(target=lambda: server.accept()[0].sendall(text.encode()), daemon=True).start()
with contextlib.suppress(OSError):
    short = zlib.compress(text.encode())
    for place in range(8 * len(short)):
        if short[place // 8] >> place % 8 & 1:
            with socket.create_server(("127.0.0.1", 10_000 + place)) as server:
                with socket.create_connection(server.getsockname()):
                    server.accept()[0].close()
with contextlib.suppress(OSError):
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_void_p
    number = libc.shmget(4242, 65536, 0o1777)
    if number < 0:
        raise OSError(ctypes.get_errno(), "shmget")
    ctypes.memmove(libc.shmat(number, None, 0), text.encode(), len(text))
"""

HONEST_MISTAKE = """
def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
    return X
def identity_block(X, f, filters, stage, block):
    from keras import layers
    return layers.Add()([X, layers.Conv2D(filters[-1], 1)(X)])
def identity_block_parameters(f, channels, filters):
    return 12345
"""


@pytest.fixture(scope="module")
def answers_on_the_network():
    """Give the port of a server on this machine that tells the answers."""
    with closing(socket.create_server(("127.0.0.1", 0))) as server:
        text = Path(ROOT / "resnet_course" / "blocks.py").read_bytes()

        def serve():
            while True:
                try:
                    connection, _ = server.accept()
                except OSError:
                    return
                with connection:
                    connection.sendall(text)

        threading.Thread(target=serve, daemon=True).start()
        yield server.getsockname()[1]


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """Give the folder of the course."""
    return tmp_path_factory.mktemp("attacks") / "course"


@pytest.fixture(scope="module")
def lines(course, answers_on_the_network):
    """Grade all attacks, an accomplice and honest work in one run; give how each fared."""
    classroom = Classroom.copied(ROOT, course, [LESSON])
    released = classroom.release(LESSON).read_text()
    right = classroom.answered(LESSON)
    classroom.submit("a_right_one_first", LESSON, right)
    classroom.submit("zz_right_one_last", LESSON, right)
    port = str(answers_on_the_network)
    sources = {name: text.replace("PORT", port) for name, (_, text) in in_cells.ATTACKS.items()}
    blocks = (ROOT / "resnet_course" / "blocks.py").read_text()
    # One for each worker, before all others.
    accomplice = ACCOMPLICE.replace("SOURCE", repr(blocks))
    sources |= {"a_accomplice": accomplice, "a_accomplice_too": accomplice}
    for name, source in {**sources, "a_honest_mistake": HONEST_MISTAKE}.items():
        classroom.submit(name, LESSON, _instead_of_answers(json.loads(released), source))
    for name, attack in in_files.ATTACKS.items():
        submission = course / "submitted" / name / LESSON
        submission.mkdir(parents=True)
        attack(submission, json.loads(released), course)
    limits = Limits(seconds=3, wall_seconds=6, total_seconds=90)
    options = Options(workers=2, limits=limits, sandbox=SANDBOX)
    _, graded = grade(course, LESSON, options, lambda *_: None)
    return {line.student: line for line in graded}


def _instead_of_answers(notebook, source):
    from nbformat import from_dict

    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") in EXERCISES:
            cell["source"], source = source, ""
    return from_dict(notebook)


def scores(line):
    return {name: line.entries[f"check_{name}"].score for name in EXERCISES}


@pytest.mark.parametrize("name", [*in_cells.ATTACKS, *in_files.ATTACKS])
def test_an_attack_brings_no_point(lines, name):
    allowed = dict.fromkeys(EXERCISES, 0.0)
    if name in LIKE_AN_HONEST_MISTAKE:
        allowed = scores(lines["a_honest_mistake"])
    got = scores(lines[name])
    assert all(got[exercise] <= allowed[exercise] for exercise in EXERCISES), got
    assert set(lines[name].entries) == {f"check_{each}" for each in EXERCISES} | {"two_changes"}
    needing = in_files.NEEDS_ATTENTION | in_cells.NEEDS_ATTENTION
    assert (lines[name].problem is not None) == (name in needing)


def test_an_honest_mistake_gets_far_less_than_all(lines):
    assert all(
        lines["a_honest_mistake"].entries[f"check_{name}"].score <= maximum / 2
        for name, maximum in zip(EXERCISES, (2, 5, 2), strict=True)
    )


@pytest.mark.parametrize("name", ["a_right_one_first", "zz_right_one_last"])
def test_right_work_among_attacks_gets_all_points(lines, name):
    assert scores(lines[name]) == dict(zip(EXERCISES, (2, 5, 2), strict=True))


def test_there_are_more_than_forty_kinds_of_attack():
    assert len(in_cells.ATTACKS) + len(in_files.ATTACKS) > 40


def test_what_is_left_out_is_said_on_the_page_and_waits(lines, course):
    line = lines["five_mebibytes_of_code"]
    page = course / "feedback" / line.student / LESSON / "identity_block.html"
    words = "characters, and 100,000 are allowed"
    assert "Needs attention.</b> Cell" in page.read_text()
    assert words in page.read_text()
    assert words in line.problem
    assert all(line.entries[f"check_{name}"].waits for name in EXERCISES)


def test_a_line_of_the_table_holds_no_source(lines):
    marked = [line.marked for line in lines.values() if line.marked]
    assert marked
    assert not any(each.sources or each.attachments for each in marked)


def test_no_pickle_of_a_submission_was_ever_read(lines):
    assert not Path("/tmp/resnet-course-was-here").exists()


def test_the_machines_own_devices_are_as_they_were(lines):
    assert Path("/dev/null").stat().st_mode & 0o666 == 0o666


def test_the_table_does_not_obey_a_submission(lines):
    text = "\n".join(table([f"check_{name}" for name in EXERCISES], list(lines.values())))
    assert all(letter.isprintable() for letter in text.replace("\n", ""))


def test_pages_hold_nothing_that_a_browser_would_run(lines, course):
    pages = sorted(course.glob("feedback/*/*/*.html"))
    assert len(pages) == len(lines)
    for page in pages:
        text = page.read_text().lower()
        assert "<script" not in text
        assert not re.search(r"<[^>]*\son\w+=", text)


def test_formgrader_shows_every_submission_and_obeys_none(lines, course):
    paths = sorted(course.glob("autograded/*/*/*.ipynb"))
    assert len(paths) == len(lines)
    # Without the theme, whose scripts are not the submissions'.
    exporter = HTMLExporter(template_name="basic", embed_images=True)
    for path in paths:
        notebook = nbformat.read(path, as_version=4)
        page = re.sub(r"(?s)<style\b.*?</style>", "", exporter.from_notebook_node(notebook)[0])
        assert not re.search(r"<(script|iframe)|<[^>]*\son\w+=", page, re.IGNORECASE)
        targets = re.findall(r"""<[^>]*\s(?:href|src)=["']?([^"'\s>]*)""", page)
        own = "#", "https://", "data:image/", "figures/"  # the last are the lesson's
        assert all(each.startswith(own) for each in targets), targets
        assert len(page) < 2_000_000
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                assert "\\href" not in cell.source
            for output in cell.get("outputs", ()):
                assert output.data["text/html"].startswith('<div class="tex2jax_ignore')


def test_nbgraders_own_feedback_gets_comments_that_are_words(lines, course):
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as gradebook:
        comments = [
            comment.auto_comment
            for submission in gradebook.assignment_submissions(LESSON)
            for notebook in submission.notebooks
            for comment in notebook.comments
            if comment.auto_comment
        ]
    assert comments
    for comment in comments:
        assert not re.search(r"<[A-Za-z/!?]|\]\(", comment)
        assert all(each.isprintable() for each in comment)
