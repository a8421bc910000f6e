"""What a check found, and how it shows itself: in a terminal, in a notebook, as a drawing.

It imports `differences` and `graph`, and knows nothing of how a verdict comes about.
"""

from checks.report.findings import Points, Result
from checks.report.report import CheckFailed, Report

__all__ = ["CheckFailed", "Points", "Report", "Result"]
