"""How much memory a submission may take: what the lesson's own answers take tells.

Limits on address space do not help: Keras reserves gigabytes that it never touches.
"""

from resnet_course.grading.course.assignment import Assignment
from resnet_course.grading.handed_in.notebook import SubmittedCell
from resnet_course.grading.handed_in.submission import Submission
from resnet_course.grading.isolation.jobs import Job
from resnet_course.grading.isolation.server import SandboxFailed, Server
from resnet_course.grading.marking.judging import arguments_only, draw_cases
from resnet_course.grading.marking.plan import make_plan
from resnet_course.grading.untrusted.evidence import read_probe

#: Besides twice what the lesson's answers take.
MARGIN = 160 * 2**20

#: Where that cannot be measured.
ENOUGH = 2**30

_BEFORE = """
def memory_taken():
    import resource
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory_before
memory_before = 0
memory_before = memory_taken()
"""


def memory_for(assignment: Assignment, server: Server) -> int:
    """Run the lesson's own answers, and return how many bytes a submission may take.

    Args:
        assignment: The lesson.
        server: Runs them as it runs submissions, with no limit on memory but that on addresses.
    """
    from checks.case import Case

    cells = [
        SubmittedCell(cell.kind, cell.source, cell.identifier, cell.grade_id)
        for cell in assignment.cells
    ]
    cases = {
        name: arguments_only(draw_cases(str(cell.exercise)))
        for name, cell in assignment.checks.items()
    }
    answers = make_plan(assignment, Submission(cells)).steps(cases, assignment)
    before = {"name": "the memory before", "source": _BEFORE}
    after = {"function": "memory_taken", "cases": [Case("", {})]}
    steps = [before, *(step for _, step in sorted(answers.items())), after]
    try:
        ran = server.run(Job(dict(enumerate(steps))))
        record = read_probe(ran.results.get(len(steps) - 1, b""), 1).cases[0]
        return MARGIN + 2 * 1024 * int(record.result.value)
    except (SandboxFailed, IndexError, TypeError, ValueError):
        return ENOUGH
