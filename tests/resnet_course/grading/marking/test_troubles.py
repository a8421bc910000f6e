"""What Python remarks on is said, and obeyed by no terminal."""

import json

from resnet_course.grading.isolation.jobs import Ran
from resnet_course.grading.marking.plan import Plan
from resnet_course.grading.marking.troubles import warnings


def test_what_python_remarks_on_holds_nothing_that_is_obeyed():
    warning = {"type": "SyntaxWarning", "message": "\x1b[2J\u202e", "line": 1}
    result = json.dumps({"outcome": "ran", "warnings": [warning]}).encode()
    (said,) = warnings(Plan({0: ""}, {}), Ran({0: result}, {}))
    assert said.isprintable()
