"""Sphinx's settings. The sources are made by `website.build`."""

from html import escape
from typing import Any

import resnet_course

project = "Residual networks, built by hand"
author = "the contributors"
version = release = resnet_course.__version__
html_title = project
language = "en"
exclude_patterns = ["**/.ipynb_checkpoints"]
default_role = "code"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
nb_execution_mode = "off"
nb_number_source_lines = False
nb_remove_code_outputs = False
myst_enable_extensions = ["dollarmath", "deflist", "attrs_inline"]
myst_heading_anchors = 4
autodoc_typehints = "signature"
autodoc_member_order = "bysource"
napoleon_google_docstring = True
#: Code with an ellipsis in place of the answer is no Python, and means to be none.
suppress_warnings = ["misc.highlighting_failure"]

html_theme = "furo"
html_static_path = ["page/static"]
html_css_files = ["course/katex.min.css", "course.css"]
html_js_files = [("course/course.js", {"defer": "defer"})]
html_favicon = "page/static/favicon.svg"
html_copy_source = False
html_show_sourcelink = False
html_show_copyright = False
html_show_sphinx = False
html_theme_options: dict[str, Any] = {"top_of_page_buttons": []}
templates_path = ["page/templates"]
html_math_renderer = "tex"


def _inline(writer: Any, node: Any) -> None:
    """Write mathematics as it stands in the source; `page/finish.mjs` renders it."""
    from docutils.nodes import SkipNode

    writer.body.append(f'<span class="course-tex">{escape(node.astext())}</span>')
    raise SkipNode


def _block(writer: Any, node: Any) -> None:
    from docutils.nodes import SkipNode

    writer.body.append(f'<div class="course-tex">{escape(node.astext())}</div>')
    raise SkipNode


def setup(app: Any) -> None:
    """Register the renderer of mathematics."""
    app.add_html_math_renderer("tex", (_inline, None), (_block, None))
