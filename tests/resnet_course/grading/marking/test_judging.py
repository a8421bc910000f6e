"""Evidence is judged in a process of its own, which no evidence can keep busy for ever."""

import contextlib
import json
import resource

import pytest

from checks.evidence import Error, Evidence, Record, Value, written
from resnet_course.grading.marking import judging
from resnet_course.grading.marking.judging import (
    Judge,
    JudgeFailed,
    Question,
    TookTooLong,
    draw_cases,
    seed_for,
)

EXERCISE = "identity_block_parameters"


@pytest.fixture(scope="module")
def judge():
    judge = Judge(seconds=2, total_seconds=1_000)
    yield judge
    judge.close()


def evidence(cases, answer):
    records = [Record("returned", Value("value", answer(**case.arguments))) for case in cases]
    return json.dumps(written(Evidence(True, cases=tuple(records)))).encode()


def right(f, channels, filters):
    a, b, c = filters
    return channels * a + f * f * a * b + b * c + 3 * (a + b + c)


def judged(judge, answer, seed=5):
    cases = draw_cases(EXERCISE, seed)
    return judge.judge(Question(EXERCISE, cases, evidence(cases, answer)))


def test_right_evidence_passes(judge):
    verdict = judged(judge, right)
    assert verdict.passed
    assert verdict.score == 1


def test_a_report_that_would_fill_a_page_for_ever_is_left_out(monkeypatch):
    cases = draw_cases(EXERCISE, 5)
    wrong = Question(EXERCISE, cases, evidence(cases, lambda **_: 1))
    assert judging.TOO_LARGE not in judging._judgement(wrong).html
    monkeypatch.setattr(judging, "MAXIMUM_PAGE", 100)
    monkeypatch.setattr(judging, "MAXIMUM_HEADLINE", 10)
    judgement = judging._judgement(wrong)
    assert judgement.html == judgement.guarded_html == judging.TOO_LARGE
    assert len(judgement.headline) == 10


def test_wrong_evidence_says_why_and_gives_no_probe_away(judge):
    verdict = judged(judge, lambda f, **others: right(f, **others) + (f == 7))
    assert 0 < verdict.score < 1
    assert verdict.failures == ["other kernel sizes"]
    assert "f = 7" in verdict.html
    assert "f = 7" not in verdict.guarded_html


def test_a_line_of_the_learners_code_is_not_shown_where_the_probes_are_secret(judge):
    from keras import layers

    from checks.probing.probe import probe

    cases = draw_cases("conv_bn", 5)

    def conv_bn(X, filters, kernel_size, name, strides=1, use_bias=True):
        return layers.Conv2D(filters, kernel_size, strides=strides, padding="valid")(X)

    said = json.dumps(written(probe(conv_bn, cases))).encode()
    verdict = judge.judge(Question("conv_bn", cases, said))
    line = "return layers.Conv2D(filters, kernel_size"
    assert line in verdict.html
    assert line not in verdict.guarded_html


@pytest.mark.parametrize("content", [b"", b"[]", b"\x80\x04.", b"[" * 1_000_000])
def test_what_is_no_evidence_is_not_judged(judge, content):
    assert judge.judge(Question(EXERCISE, draw_cases(EXERCISE, 5), content)) is None
    assert judged(judge, right).passed


def test_evidence_that_takes_for_ever_is_given_up(judge):
    endless = Question("conv_bn", draw_cases("conv_bn", 5), [0] * 10)
    assert judge.judge(endless) is None
    message = "incompatible shapes" + "(" * 3_900
    cases = draw_cases("conv_bn", 5)
    raised = (Record("raised", error=Error("E", ("E",), message)),) * len(cases)
    content = json.dumps(written(Evidence(True, cases=raised))).encode()
    assert judge.judge(Question("conv_bn", cases, content)).score == 0
    assert judged(judge, right).passed


class Slow:
    """Evidence on which the judge works for ever, where Python hears no signal or where it does."""

    callable, parameters, printed, missing = True, None, "", False

    def __init__(self, deaf):
        self.deaf = deaf

    def __reduce__(self):
        return Slow, (self.deaf,)

    @property
    def cases(self):
        while True:
            # Whoever catches failures must not catch the end of the time.
            with contextlib.suppress(Exception):
                sum(range(10**10 if self.deaf else 10**5))


@pytest.mark.parametrize("deaf", [True, False])
def test_the_time_of_a_judgement_holds_whatever_the_judge_is_busy_with(judge, deaf):
    before = children_seconds()
    with pytest.raises(TookTooLong):
        judge.judge(Question(EXERCISE, draw_cases(EXERCISE, 5), Slow(deaf)))
    assert judged(judge, right).passed
    judge.close()
    # Two seconds, what the kernel counts in, and a new process that imports NumPy.
    assert children_seconds() - before < 12


def children_seconds():
    """Return the processor time of processes that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def test_all_judgements_of_a_submission_share_a_limit():
    judge = Judge(seconds=2, total_seconds=3)
    try:
        slow = Question(EXERCISE, draw_cases(EXERCISE, 5), Slow(False))
        for _ in range(2):
            with pytest.raises(TookTooLong):
                judge.judge(slow)
        with pytest.raises(TookTooLong):
            judged(judge, right)
        judge.begin()
        assert judged(judge, right).passed
    finally:
        judge.close()


def test_a_judge_that_does_not_start_is_not_the_learners_fault(monkeypatch):
    monkeypatch.setattr("sys.executable", "/bin/false")
    with pytest.raises(JudgeFailed):
        judged(Judge(), right)


def test_probes_are_the_same_for_the_same_submission_and_differ_for_others():
    seeds = [seed_for(b"secret", "digest", name) for name in ("a", "b", "a")]
    assert seeds[0] == seeds[2] != seeds[1]
    assert seed_for(b"other", "digest", "a") != seeds[0]
    drawn = [str(draw_cases("conv_bn", seed)) for seed in seeds]
    assert drawn[0] == drawn[2] != drawn[1]
