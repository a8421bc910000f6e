"""What the package may import."""

import re
import subprocess
import sys
from pathlib import Path

import checks


def test_checks_stand_alone():
    for path in sorted(Path(checks.__file__).parent.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"^\s*(from|import) resnet_course\b", text, re.MULTILINE), path


def test_the_judge_needs_no_keras():
    code = (
        "import sys, checks.judging.judge, checks.catalogue, checks.report; "
        "print(sorted({'keras', 'tensorflow', 'jax', 'torch', 'IPython'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
