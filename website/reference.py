"""The pages besides the lessons: start page, documents, reference, catalogue of mistakes."""

import re
from collections.abc import Iterator
from pathlib import Path

from checks.catalogue import EXERCISES
from checks.exercise import Exercise, NumericExercise
from website.exercises import Lesson

#: The documents that the site shows, in the places that they have in the repository.
DOCUMENTS = (
    "docs/learning.md",
    "docs/grading.md",
    "docs/training.md",
    "docs/authoring.md",
    "docs/checks.md",
    "docs/decisions.md",
    "docs/experiments.md",
    "benchmarks/README.md",
    "CONTRIBUTING.md",
    "SECURITY.md",
    "CHANGELOG.md",
    "README.md",
)

MISTAKES = """\
# Mistakes that the checks name

{count} mistakes, exercise by exercise, with the reason. A check finds them by computing: it changes
the reference network as the mistake would, and compares. What a check accepts, and how it judges,
is in [docs/checks.md](docs/checks.md). Reading on may give an answer away.
"""


def document(root: Path, name: str) -> str:
    """Return a document in which every link leads to a page of the site.

    Args:
        root: The course's folder.
        name: One of `DOCUMENTS`. A link to a file that is no page becomes plain text.
    """
    folder = (root / name).parent

    def link(found: re.Match[str]) -> str:
        text, target = found[1], found[2]
        path = target.partition("#")[0]
        if "://" in target or not path:
            return found[0]
        place = (folder / path).resolve()
        known = [(root / each).resolve() for each in DOCUMENTS]
        return found[0] if place in known or place.suffix in (".png", ".svg") else text

    text = (root / name).read_text(encoding="utf-8")
    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)


def mistakes(lessons: list[Lesson]) -> str:
    """Return the catalogue of mistakes as a page in Markdown."""
    sections = []
    count = 0
    for lesson in lessons:
        title = lesson.notebook().cells[0].source.partition("\n")[0]
        sections.append(f"#{title}\n")
        for name in lesson.solutions:
            known = dict(_explained(EXERCISES[name]))
            count += len(known)
            lines = [
                f"**{title}**\n: {explanation or 'The title says it all.'}\n"
                for title, explanation in known.items()
            ]
            sections.append(f"### `{name}`\n\n" + "\n".join(lines))
    return MISTAKES.format(count=count) + "\n" + "\n".join(sections)


def _explained(exercise: Exercise) -> Iterator[tuple[str, str]]:
    """Yield titles and explanations of the mistakes that an exercise knows."""
    for mistake in exercise.mistakes:
        yield mistake.title, mistake.explanation
    if isinstance(exercise, NumericExercise):
        for slip in exercise.variations.slips:
            yield slip.title, slip.explanation


def start_page(lessons: list[Lesson]) -> str:
    """Return the start page in Markdown."""
    parts = []
    for lesson in lessons:
        title = lesson.notebook().cells[0].source.partition("\n")[0].removeprefix("# ")
        exercises = " ".join(lesson.solutions)
        parts.append(
            f'<li class="course-lesson" data-lesson="{lesson.name}" data-exercises="{exercises}">'
            f'<a href="lessons/{lesson.name}/index.html">{title}</a></li>'
        )
    tree = "\n".join(f"lessons/{lesson.name}/index" for lesson in lessons)
    return START.format(lessons="\n".join(parts), tree=tree)


START = """\
# Residual networks, built by hand

Five lessons that take you from a deep network that will not train to a ResNet50 that reads
handwritten digits. You write the networks yourself. A check tells you what is wrong and why, and
draws your network beside the expected one.

<p><a class="course-begin" href="lessons/01_deep_network_problem/index.html">Begin with lesson 1</a>
</p>

Everything runs in this browser tab: there is nothing to install and no account, and your answers
stay on this computer. Python (11 MB) is loaded once, while you read; after that the course works
without a network. For training networks, take your answers along to JupyterLab:
[](docs/learning.md) says how.

## The lessons

<ol class="course-map">
{lessons}
</ol>

## Everything else

- [](docs/learning.md), also on your own computer
- [](docs/grading.md): for instructors
- [](mistakes.md)
- [](reference.rst): the reference solutions and the checks, as Python sees them
- [](docs/training.md) on real data, and [what was measured](docs/experiments.md)
- [](CONTRIBUTING.md)

```{{toctree}}
:hidden:
:caption: Lessons

{tree}
```

```{{toctree}}
:hidden:
:caption: Guides

docs/learning
docs/grading
docs/training
mistakes
reference
```

```{{toctree}}
:hidden:
:caption: Inside

CONTRIBUTING
docs/authoring
docs/checks
docs/decisions
docs/experiments
benchmarks/README
SECURITY
CHANGELOG
README
```
"""

REFERENCE = """\
Reference
=========

The course
----------

.. automodule:: resnet_course
   :no-members:

{modules}

Checks
------

.. automodule:: checks
   :no-members:

.. autofunction:: checks.run

.. autofunction:: checks.exercise_names

.. autoclass:: checks.Report
   :members: passed, cause, score, earned

.. autoclass:: checks.CheckFailed
"""

#: The modules of the course that the reference documents.
COURSE = ("plain", "blocks", "resnet", "transfer_learning")


def reference() -> str:
    """Return the reference of the course's functions and of the checks, in reStructuredText."""
    modules = "\n".join(
        f"``resnet_course.{name}``\n{'~' * (len(name) + 18)}\n\n"
        f".. automodule:: resnet_course.{name}\n   :members:\n"
        for name in COURSE
    )
    return REFERENCE.format(modules=modules)
