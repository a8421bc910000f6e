"""`resnet-course grade --check-host` says what a machine has and lacks, and what mends it."""

import resource
import shutil
import subprocess
import sys
from pathlib import Path

import joblib
import psutil
import pytest

from resnet_course.cli import main
from resnet_course.grading.host import machine, trial
from resnet_course.grading.host.trial import Wanted, check_host
from resnet_course.grading.isolation import bubblewrap, library
from resnet_course.grading.isolation.sandboxed import answers

GIB = 2**30

WITHOUT_A_SANDBOX = pytest.mark.skipif(
    bubblewrap.works() is not None, reason=f"no sandbox here: {bubblewrap.works()}"
)


def by_thing(findings):
    return {each.thing: each for each in findings}


def written(root, **files):
    """Write files below a folder, with __ for / in their names."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@WITHOUT_A_SANDBOX
def test_a_machine_with_all_it_needs_is_fit(tmp_path):
    found = by_thing(check_host(Wanted(course=tmp_path)))
    assert {"system", "bubblewrap", "memory", "cores", "clock", "answers"} <= set(found)
    assert found["isolation"].state == found["submission"].state == found["answers"].state == "ok"


def test_root_is_told_that_limits_on_threads_do_not_bind_it():
    found = machine.account(0)
    assert found.state == "weak"
    assert "sudo adduser" in found.mend
    assert machine.account(1000).state == "ok"


@pytest.fixture
def change_confinement(monkeypatch):
    """Give a function that changes a line of what shuts submissions in, for those without Keras."""
    monkeypatch.setattr(trial, "_MODULES", [])
    monkeypatch.setattr(trial, "_HONEST", "x = 1")
    write = library.write_library

    def change(line, other):
        def write_and_change(folder, *rest):
            write(folder, *rest)
            [path] = folder.rglob("confinement.py")
            text = path.read_text()
            assert text.count(line) == 1
            path.write_text(text.replace(line, other))

        monkeypatch.setattr(library, "write_library", write_and_change)

    return change


@WITHOUT_A_SANDBOX
def test_a_submission_that_is_not_shut_in_is_found_out(change_confinement):
    change_confinement("    if program:\n", "    if False:\n")
    found = by_thing(check_host(Wanted()))
    assert found["isolation"].state == "unfit"
    assert "start a process" in found["isolation"].words
    assert "write to the installed packages" not in found["isolation"].words


@WITHOUT_A_SANDBOX
def test_no_namespaces_inside_a_sandbox_make_it_slower_not_unsafe(change_confinement):
    change_confinement("    user, group = os.getuid(), os.getgid()\n", "    raise OSError\n")
    found = by_thing(check_host(Wanted()))
    assert found["namespaces"].state == "weak"
    assert found["isolation"].state == found["submission"].state == "ok"


@WITHOUT_A_SANDBOX
def test_an_answer_that_can_be_read_is_named(monkeypatch):
    monkeypatch.setattr(answers, "find", lambda *_: iter([]))
    finding = by_thing(check_host(Wanted()))["answers"]
    assert finding.state == "unfit"
    assert "resnet" in finding.words


def test_a_missing_bubblewrap_is_to_be_installed(monkeypatch, capsys):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert main(["grade", "--check-host"]) == 2
    shown = capsys.readouterr()
    assert "unfit  bubblewrap  not installed\n" in shown.out
    assert "mend it: sudo apt install bubblewrap\n" in shown.out
    assert "this machine cannot grade yet" in shown.err


@pytest.mark.parametrize(
    ("version", "state"), [("0.4.1", "weak"), ("0.8.0", "ok"), ("0.11.0", "ok")]
)
def test_an_old_bubblewrap_is_told(version, state, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(bubblewrap, "works", lambda: None)
    said = subprocess.CompletedProcess([], 0, stdout=f"bubblewrap {version}\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: said)
    assert trial._bubblewrap().state == state


@pytest.mark.parametrize(
    ("files", "command"),
    [
        (
            {"proc__sys__kernel__unprivileged_userns_clone": "0\n"},
            "sudo sysctl --write kernel.unprivileged_userns_clone=1",
        ),
        (
            {
                "proc__sys__kernel__unprivileged_userns_clone": "1\n",
                "proc__sys__user__max_user_namespaces": "0\n",
            },
            "sudo sysctl --write user.max_user_namespaces=15000",
        ),
        (
            {"proc__sys__kernel__apparmor_restrict_unprivileged_userns": "1\n"},
            "sudo sysctl --write kernel.apparmor_restrict_unprivileged_userns=0",
        ),
        ({".dockerenv": ""}, "start this container with --privileged"),
        ({"proc__sys__user__max_user_namespaces": "96365\n"}, "use a kernel with user namespaces"),
    ],
)
def test_what_keeps_bubblewrap_from_its_namespaces_is_named(tmp_path, files, command):
    assert machine.namespaces_mend(written(tmp_path, **files)).startswith(command)


@pytest.mark.parametrize(
    ("gib", "workers", "state", "mend"),
    [
        (2.2, 4, "ok", ""),
        (1.8, 4, "weak", "grade with --workers 3"),
        (0.5, 1, "unfit", "free memory"),
    ],
)
def test_memory_is_counted_for_the_workers(gib, workers, state, mend):
    finding = machine.memory(workers, int(gib * GIB))
    assert finding.state == state
    assert finding.mend.startswith(mend)


@pytest.mark.parametrize(
    "files",
    [
        {
            "proc__self__cgroup": "0::/user/grader\n",
            "sys__fs__cgroup__user__memory.max": "max\n",
            "sys__fs__cgroup__user__grader__memory.max": "3000\n",
            "sys__fs__cgroup__user__grader__memory.current": "1000\n",
        },
        {
            "proc__self__cgroup": "4:memory,cpu:/grader\n0::/\n",
            "sys__fs__cgroup__memory__grader__memory.limit_in_bytes": "3000\n",
            "sys__fs__cgroup__memory__grader__memory.usage_in_bytes": "1000\n",
        },
    ],
    ids=["version 2", "version 1"],
)
def test_a_limit_of_a_control_group_counts(tmp_path, files, monkeypatch):
    left = [*machine.cgroup_memory(written(tmp_path, **files))]
    assert left == [2000]
    monkeypatch.setattr(machine, "cgroup_memory", lambda: iter(left))
    assert machine.available_memory() == 2000


@pytest.mark.parametrize(("workers", "measured"), [(1, 0.87), (2, 1.19), (3, 1.56), (4, 1.97)])
def test_workers_take_what_was_measured_and_hardly_less(workers, measured):
    assert machine.memory(workers, int((measured + 0.15) * GIB)).state == "ok"
    assert machine.memory(workers, int(measured * GIB)).state in ("weak", "unfit")


def test_memory_without_control_groups_is_the_machines(monkeypatch, tmp_path):
    assert [*machine.cgroup_memory(tmp_path)] == []
    monkeypatch.setattr(machine, "cgroup_memory", lambda: iter([]))
    assert 0 < machine.available_memory() <= psutil.virtual_memory().total


def test_fewer_cores_than_workers_are_told(monkeypatch):
    monkeypatch.setattr(joblib, "cpu_count", lambda: 3)
    assert machine.cores(3).state == "ok"
    assert (machine.cores(4).state, machine.cores(4).mend) == ("weak", "grade with --workers 3")


def test_a_limit_of_address_space_is_told(monkeypatch):
    monkeypatch.setattr(resource, "getrlimit", lambda _: (GIB, 2 * GIB))
    finding = machine.address_space(6 * GIB)
    assert (finding.state, finding.mend) == ("unfit", "ulimit -v unlimited")


@pytest.mark.parametrize(("answer", "state"), [(0, "ok"), (1, "ok"), (5, "weak"), (-1, "weak")])
def test_a_clock_that_may_be_wrong_is_told(answer, state, monkeypatch):
    class Library:
        def __init__(self, _):
            pass

        def adjtimex(self, _):
            return answer

    monkeypatch.setattr(machine.ctypes, "CDLL", Library)
    assert machine.clock().state == state


@pytest.mark.parametrize(("free", "state"), [(2 * GIB, "ok"), (GIB // 2, "weak"), (0, "unfit")])
def test_room_on_the_disk_is_told(free, state, tmp_path, monkeypatch):
    usage = shutil._ntuple_diskusage(10 * GIB, 10 * GIB - free, free)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage)
    assert machine.disk(tmp_path / "not" / "there").state == state


def test_other_systems_have_no_sandbox():
    assert machine.system("Darwin", "arm64").state == "unfit"
    assert machine.system("Linux", "riscv64").state == "weak"
    assert machine.system("Linux", "aarch64").state == "ok"


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["grade"], "no lesson is named"),
        (["grade", "--check-host", "--trust"], "--check-host tests the sandbox"),
        (["grade", "--check-host", "--sandbox", "chroot"], "--sandbox must be one of"),
    ],
)
def test_words_that_fit_nothing_are_refused(words, sentence, capsys):
    assert main(words) == 2
    assert sentence in capsys.readouterr().err


def test_a_missing_container_runtime_is_to_be_installed(monkeypatch, capsys):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    assert main(["grade", "--check-host", "--sandbox", "podman"]) == 2
    assert "mend it: sudo apt install podman" in capsys.readouterr().out
