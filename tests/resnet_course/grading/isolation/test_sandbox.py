"""What answers a lesson cannot be read in the sandbox, wherever it lies."""

import os
from pathlib import Path

import keras
import pytest

from resnet_course.errors import CourseError
from resnet_course.grading.isolation import bubblewrap, preparing
from resnet_course.grading.isolation.bubblewrap import Bubblewrap
from resnet_course.grading.isolation.jobs import Limits
from resnet_course.grading.isolation.library import write_library
from resnet_course.grading.isolation.sandboxed import answers
from resnet_course.grading.isolation.server import Server
from tests.resnet_course.grading.isolation.test_server import ended, job

WITHOUT_A_SANDBOX = pytest.mark.skipif(
    bubblewrap.works() is not None, reason=f"no sandbox here: {bubblewrap.works()}"
)

KERAS = Path(keras.__file__).parent
ANSWERS = [
    "keras/src/applications/resnet.py",
    "keras/src/applications/__pycache__/resnet.cpython-311.pyc",
    "keras/src/applications/__pycache__/resnet_v2.cpython-312.opt-1.pyc",
    "keras/applications/resnet50.py",
    "tf_keras/src/applications/resnet.py",
    "tensorflow/python/keras/applications/resnet_v2.py",
    "keras_applications/resnet_common.py",
    "keras_hub/src/models/resnet/resnet_backbone.py",
    "official/vision/modeling/backbones/resnet.py",
    "tf_models/resnet_v1.py",
    "downloads/keras-3.15.0-py3-none-any.whl",
    "downloads/tf_keras-2.21.0.tar.gz",
    "downloads/resnet_course-0.1.0-py3-none-any.whl",
]
COURSE = ["resnet_course/blocks.py", "checks/catalogue/conv_bn.py", "old/checks/catalogue.py"]
OTHERS = [
    "keras/src/applications/vgg16.py",
    "torchvision/models/resnet.py",
    "numpy/distutils/checks/cpu_avx.c",
    "keras/src/layers/layer.py",
]


@pytest.fixture
def library(tmp_path):
    folder = tmp_path / "library"
    folder.mkdir()
    write_library(folder, {"twice"}, {})
    return folder


@pytest.fixture
def base(tmp_path, monkeypatch):
    """Give a folder of packages, bound as that of the environment's base interpreter is."""
    folder = tmp_path / "base" / "site-packages"
    for name in [*ANSWERS, *COURSE, *OTHERS]:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("def identity_block(): ...")
    before = bubblewrap._interpreter
    top = str(folder.parent)
    monkeypatch.setattr(bubblewrap, "_interpreter", lambda: [*before(), "--ro-bind", top, top])
    return folder


def choose(library, hidden=True):
    return preparing.choose("bubblewrap", False, "", library, hidden, None)


def test_answers_are_found_by_their_names(base):
    found = {Path(each).relative_to(base) for each in answers.find([str(base)], True, ())}
    courses = {Path("resnet_course"), Path("checks"), Path("old/checks")}
    assert found == {*map(Path, ANSWERS), *courses}


def test_keras_answers_only_some_lessons(base):
    found = {Path(each).relative_to(base) for each in answers.find([str(base)], False, ())}
    packed = Path("downloads/resnet_course-0.1.0-py3-none-any.whl")
    assert found == {Path("resnet_course"), Path("checks"), Path("old/checks"), packed}


def test_the_installed_keras_holds_what_is_looked_for():
    assert {Path(each).name for each in answers.find([str(KERAS)], True, ())} >= {
        "resnet.py",
        "resnet_v2.py",
    }


@WITHOUT_A_SANDBOX
def test_nothing_that_answers_can_be_read_in_any_folder(library, base):
    assert choose(library).readable_answers(elsewhere=True) == []


@WITHOUT_A_SANDBOX
def test_what_a_link_leads_to_is_hidden(library, base):
    (base / "keras" / "resnet_linked.py").symlink_to(base / "keras/applications/resnet50.py")
    (base / "keras" / "resnet_outside.py").symlink_to("/etc/hostname")
    assert choose(library).readable_answers(elsewhere=True) == []


@WITHOUT_A_SANDBOX
def test_what_is_not_hidden_is_named(library, base):
    shown = Bubblewrap(library).readable_answers(elsewhere=True)
    assert set(ANSWERS) <= {os.path.relpath(each, base) for each in shown}
    assert str(KERAS / "src" / "applications" / "resnet.py") in shown
    assert str(base / "resnet_course") in shown


@WITHOUT_A_SANDBOX
def test_grading_does_not_begin_where_an_answer_can_be_read(library, base, monkeypatch):
    monkeypatch.setattr(answers, "find", lambda *_: iter([]))
    with pytest.raises(CourseError, match=r"(?s)resnet.*can be read in the sandbox, and so can"):
        choose(library)


@WITHOUT_A_SANDBOX
def test_a_stand_in_takes_the_place_of_kerass_own_networks(library):
    server = Server(choose(library), Limits(), [])
    use = "from keras.src.applications import resnet\nresnet.residual_block_v1(None, 1)"
    try:
        ran = ended(server.run(job("import keras\nkeras.Input((2,))", use)))
    finally:
        server.close(for_good=True)
    assert ran == {0: "ran", 1: "raised"}
