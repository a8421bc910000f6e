"""What learners write is shown and does nothing, where Markdown and TeX are rendered."""

import re
import time
from html.parser import HTMLParser

import pytest
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

from resnet_course.grading.untrusted import harmless

PNG = {"image/png": "iVBORw0KGgo="}


class Found(HTMLParser):
    """Collects the tags, attributes and text of a page."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.text = set(), [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


def page(source, attachments=()):
    """Render an answer as formgrader does."""
    text, pictures = harmless.answer(source, dict(attachments))
    renderer = IPythonRenderer(escape=False, embed_images=True, attachments=pictures)
    return Found(MarkdownWithMath(renderer=renderer).render(text))


HOSTILE = [
    "[x](javascript:alert(1))",
    "[x](  javascript:alert(1))",
    "[x](<javascript:alert(1)>)",
    "[x](JaVaScRiPt&colon;alert(1))",
    "[x](javascript&#58;alert(1))",
    "[x](\njavascript:alert(1))",
    "[x](\x01javascript:alert(1))",
    "[x](vbscript:msgbox)",
    "[x](data:text/html,<script>alert(1)</script>)",
    "[x](//evil.example)",
    "[x](gradebook.db)",
    "[x](https://a.example 'title' onclick=alert(1))",
    "[x][y]\n\n[y]: javascript:alert(1)",
    "[y]\n\n> [y]:\n> javascript:alert(1)",
    "[y][]\n\n1. [y]: <javascript:alert(1)>",
    "<javascript:alert(1)>",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "<a href='javascript:alert(1)'>x</a>",
    "<svg/onload=alert(1)>",
    "<!-- --><iframe src=//evil.example>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "</div></div><style>*{display:none}</style>",
    "![x](https://evil.example/seen.png)",
    "![x](//evil.example/seen.png)",
    "![x](gradebook.db)",
    "![x](.grading/secret)",
    "![x](README.md)",
    "[![x](https://evil.example/seen.png)](https://evil.example)",
    "![x][y]\n\n[y]: https://evil.example/seen.png",
    "![x](data:image/svg+xml;base64,PHN2Zz48L3N2Zz4=)",
    "![x](data:text/html;base64,PHN2Zz48L3N2Zz4=)",
    "| a |\n|---|\n| [x](javascript:alert(1)) |",
    "# [x](javascript:alert(1))",
    '```mermaid\ngraph TD; A-->B; click A href "javascript:alert(1)"\n```',
    "~~~ mermaid\nclick A\n~~~",
    "````mermaid\nclick A\n````",
]


@pytest.mark.parametrize("source", HOSTILE)
def test_nothing_hostile_comes_to_life(source):
    found = page(source)
    assert not found.tags & {"script", "img", "iframe", "svg", "style"}
    assert not any(name.startswith("on") or name == "src" for name, _ in found.attributes)
    targets = [value for name, value in found.attributes if name == "href"]
    assert all(value.startswith(("https://", "#")) for value in targets)
    assert not any("mermaid" in value for name, value in found.attributes if name == "class")
    assert found.text.strip()


TEX = [
    r"$\href{javascript:alert(1)}{x}$",
    r"$$\href{javascript:alert(1)}{x}$$",
    r"\\(\href{javascript:alert(1)}{x}\\)",
    r"\begin{align}\href{javascript:alert(1)}{x}\end{align}",
    r"$\unicode[any;background:url(//evil.example)]{65}$",
    r"$\style{position:fixed}{x}$",
    r"$\class{btn}{x}\cssId{save}{x}$",
    r"$\let\x\href \x{javascript:alert(1)}{x}$",
    r"$\def\x{\href}\newcommand{\y}{\href}\csname href\endcsname$",
    r"$\require{html}\bbox[position:fixed]{x}\rule{99em}{99em}\Rule{9em}{9em}{9em}$",
    r"&#36;\h&#114;ef{javascript:alert(1)}{x}&#36;",
    r"&dollar;&bsol;href{javascript:alert(1)}{x}&dollar;",
    r"\\href \\\href $\\href{x}{y}$",
    r"$\mathtip{x}{y}\texttip{x}{y}\toggle{x}{y}\endtoggle\enclose{circle}[style=x]{x}$",
]
LIVE = re.compile(
    r"\\(href|unicode|style|class|cssId|let|def|newcommand|csname|require|bbox|rule|Rule|mathtip"
    r"|texttip|toggle|enclose)(?![A-Za-z])"
)


@pytest.mark.parametrize("source", TEX)
def test_tex_gets_no_command_that_does_more_than_a_formula(source):
    found = page(source)
    assert not LIVE.search(found.text)
    assert found.text.strip()


@pytest.mark.parametrize(
    "source",
    [
        "A plain sentence, with *emphasis*, `code` and a list:\n\n- one\n- two",
        r"The block computes $F(x) + x$ and $\frac{a}{b} \le \text{ReLU}(z_1)$.",
        r"$$\begin{pmatrix} a & b \\ c & d \end{pmatrix}$$",
        "See [the paper](https://arxiv.org/abs/1512.03385?a=1&b=2) or https://arxiv.org.",
        "```python\nX = layers.Add()([X, Y])\n```",
        "Größe 5 × 7, عربى, 漢字 and 😀\tare words",
        "if a < b and c > d: a && b",
    ],
)
def test_what_an_honest_learner_writes_is_as_it_was(source):
    assert harmless.answer(source, {}) == (source, {})


def test_comparisons_stay_readable_in_words_code_and_formulas():
    found = page("x<y, `x<y` and $x<y$")
    assert found.text.strip() == "x< y, x< y and $x< y$"


def test_line_ends_of_windows_are_line_ends():
    assert harmless.answer("one\r\ntwo\rthree", {})[0] == "one\ntwo\nthree"


def test_pictures_that_were_pasted_are_shown_whatever_their_names():
    attachments = {"a.png": PNG, "b c.webp": {"image/webp": "UklGRg=="}}
    found = page("![a](attachment:a.png) ![b](attachment:b%20c.webp)", attachments)
    sources = [value for name, value in found.attributes if name == "src"]
    assert sources == ["data:image/png;base64,iVBORw0KGgo=", "data:image/webp;base64,UklGRg=="]


def test_a_picture_within_the_text_is_shown_and_does_not_count_as_text():
    data = "iVBORw0KGgo" + "A" * 100_001
    found = page(f"before ![](data:image/png;base64,{data}) after")
    assert ("src", f"data:image/png;base64,{data}") in found.attributes
    assert "after" in found.text
    assert "Cut here" not in found.text


def test_a_picture_that_is_shown_again_is_kept_and_looked_at_once():
    class Counted(dict):
        asked = 0

        def get(self, *names):
            Counted.asked += 1
            return super().get(*names)

    text, pictures = harmless.answer(
        "![a](attachment:a.png)" * 1000, Counted({"a.png": PNG}), 10**5
    )
    assert text.count("attachment:picture-1)") == 1000
    assert len(pictures) == 1
    assert Counted.asked <= 2


def test_only_as_many_pictures_are_shown_as_a_person_pastes():
    many = "".join(f"![](data:image/png;base64,iVBO{n})" for n in range(1000))
    text, pictures = harmless.answer(many, {}, 10**5)
    assert len(pictures) == 20
    assert text.count("not shown") == 980
    large = "".join(f"![](data:image/png;base64,{letter * 3 * 2**20})" for letter in "ABC")
    assert [*harmless.answer(large, {})[1]] == ["picture-1", "picture-2"]


@pytest.mark.parametrize(
    ("source", "attachments"),
    [
        ("![x](attachment:missing.png)", {}),
        ("![x](attachment:x.svg)", {"x.svg": {"image/svg+xml": "<svg onload=alert(1)/>"}}),
        ("![x](attachment:x.png)", {"x.png": {"image/png": '"><script>'}}),
        ("![x](attachment:x.png)", {"x.png": {}}),
        ("![x](attachment:x.png)", {"x.png": ["image/png"]}),
        ("![picture-1](attachment:picture-1)", {}),
        ("[x]: attachment:y\n\n![x]", {}),
        ("![x](attachment:)", {}),
        ("![x]( attachment:y )", {}),
        ("![a\nb](attachment:y)", {}),
        ("![a [b] c](attachment:y)", {"z": PNG}),
        ("![x](<attachment:y>)", {}),
    ],
)
def test_a_picture_that_is_not_there_makes_no_error_of_the_page(source, attachments):
    found = page(source, attachments)
    assert "img" not in found.tags
    assert found.text.strip()


@pytest.mark.parametrize("bomb", ["[a](", "![", "*a **", "<a", "`", "> ", "$", "&a", "a;", "| a "])
def test_a_long_answer_is_cut_says_so_and_is_shown_in_no_time(bomb):
    begun = time.process_time()
    found = page(bomb * (2_000_000 // len(bomb)))
    assert "2,000,000 characters, and 10,000 are shown" in found.text
    assert time.process_time() - begun < 2


def test_long_code_is_cut_and_says_so_in_a_comment():
    text = harmless.code("a;" * 200_000)
    assert len(text) < 11_000
    assert text.splitlines()[-1].startswith("# Cut here: there are 400,000 characters")
    assert harmless.code("a = 1\n") == "a = 1\n"


@pytest.mark.parametrize("sign", ["\x1b", "\x07", "\x00", "\x9b", "\u202e", "\u2066", "\u2028"])
def test_characters_that_are_obeyed_are_not_shown(sign):
    for text in (
        harmless.plain(f"a{sign}b"),
        harmless.line(f"a{sign}b"),
        harmless.code(f"a{sign}b"),
        harmless.answer(f"a{sign}b", {})[0],
    ):
        assert sign not in text
        assert text[0] + text[-1] == "ab"


def test_a_line_is_one_line_of_some_length():
    assert harmless.line("a\n\n<img src=x onerror=alert(1)>") == "a < img src=x onerror=alert(1)>"
    assert len(harmless.line("a" * 10**6)) == 501


def test_a_picture_that_is_shown_again_and_again_is_looked_at_once():
    begun = time.process_time()
    attachments = {"a": {"image/png": "A" * 2**22}}
    text, pictures = harmless.answer("![](attachment:a)\n" * 100_000, attachments)
    assert pictures == {"picture-1": attachments["a"]}
    assert len(text) < 11_000
    assert time.process_time() - begun < 2


def test_pictures_without_end_are_looked_at_as_far_as_they_are_shown():
    begun = time.process_time()
    source = "".join(f"![](data:image/png;base64,{at:08d})" for at in range(100_000))
    assert len(harmless.answer(source, {})[1]) < 1_000
    assert time.process_time() - begun < 2
