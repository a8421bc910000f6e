"""A report: what a check found, which shows itself as text and as HTML."""

from dataclasses import dataclass

from checks.report import page, text
from checks.report.findings import Findings
from checks.report.layout import headline


@dataclass(frozen=True)
class Report(Findings):
    """Everything that a check found about one exercise, see `Findings`."""

    def __str__(self) -> str:
        """Return the report as plain text for a terminal."""
        return text.render(self)

    def _repr_html_(self) -> str:
        return page.render(self)


class CheckFailed(AssertionError):
    """An exercise is not right yet. The report says why."""

    def __init__(self, report: Report) -> None:
        """Keep the report."""
        super().__init__(str(report))
        self.report = report

    def _render_traceback_(self) -> list[str]:
        """Show one line in a notebook, below the report, instead of a traceback."""
        return [f"{type(self).__name__}: {headline(self.report)}"]
