"""Renders a report as HTML for a notebook."""

from checks.report import Report


def render(report: Report) -> str:
    """Return the report as HTML."""
    from html import escape

    return f"<pre>{escape(str(report))}</pre>"
