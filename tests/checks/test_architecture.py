"""What the package may import."""

import ast
import subprocess
import sys
from pathlib import Path

import checks


def _imported(path: Path) -> set[str]:
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            modules.add(node.module or "")
    return modules


def test_checks_stand_alone():
    for path in sorted(Path(checks.__file__).parent.rglob("*.py")):
        assert not {name for name in _imported(path) if name.startswith("resnet_course")}, path


def test_the_judge_needs_no_keras():
    code = (
        "import sys, checks.judging.judge, checks.catalogue, checks.report; "
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
