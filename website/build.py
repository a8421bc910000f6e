"""Builds the site, from the course to a folder that any file server can serve."""

import json
import shutil
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from resnet_course.desk.website import is_site
from resnet_course.errors import CourseError
from website import lessons as pages
from website.exercises import Lesson, lessons
from website.offline import write_list
from website.parts import HERE, MODULES, install, numpy_wheel, run
from website.python import make_python
from website.reference import DOCUMENTS, document, mistakes, reference, start_page

#: How many lessons are run at once.
AT_ONCE = 2


def build(root: Path, out: Path, with_figures: bool = True) -> None:
    """Build the site.

    Args:
        root: The course's folder.
        out: Where the site goes. What was there is replaced when the new one is complete.
        with_figures: Whether to run the lessons' experiments for what they show.

    Raises:
        CourseError: If something that the site is made of is missing or wrong.
    """
    work = root / "build" / "website"
    _check(out)
    wheel = numpy_wheel()
    install()
    source, new = work / "source", work / "new"
    for folder in (source, new):
        shutil.rmtree(folder, ignore_errors=True)
    source.mkdir(parents=True)
    known = lessons(root)
    _write_sources(root, known, source, work / "executed" if with_figures else None)
    _sphinx(source, new)
    for lesson in known:
        shutil.copy(lesson.released, new / "lessons" / lesson.name)
    static = new / "_static" / "course"
    make_python(root, wheel, static / "python", work / "python")
    _put_together("main.js", static / "course.js")
    _finish(new, static)
    version = json.dumps(write_list(new))
    _put_together("service_worker.js", new / "service_worker.js", f"--define:VERSION={version}")
    if out.exists():
        shutil.rmtree(out)
    out.parent.mkdir(parents=True, exist_ok=True)
    shutil.move(new, out)


def _check(out: Path) -> None:
    """Refuse to replace what is no site."""
    if out.exists() and not is_site(out) and not (out.is_dir() and not any(out.iterdir())):
        raise CourseError(f"{out} holds something else than a site: name another folder.")


def _write_sources(root: Path, known: list[Lesson], source: Path, kept: Path | None) -> None:
    """Write what Sphinx reads."""
    import nbformat

    def run_lesson(lesson: Lesson) -> "nbformat.NotebookNode | None":
        solved = root / "solutions" / lesson.name / lesson.released.name
        return pages.executed(lesson, solved, kept) if kept else None

    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(run_lesson, known))
    for lesson, executed in zip(known, results, strict=True):
        folder = source / "lessons" / lesson.name
        shutil.copytree(lesson.released.parent / "figures", folder / "figures")
        nbformat.write(pages.page(lesson, executed), folder / "index.ipynb")
    for name in DOCUMENTS:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        (source / name).write_text(document(root, name), encoding="utf-8")
    shutil.copytree(root / "docs" / "images", source / "docs" / "images")
    (source / "index.md").write_text(start_page(known), encoding="utf-8")
    (source / "mistakes.md").write_text(mistakes(known), encoding="utf-8")
    (source / "reference.rst").write_text(reference(), encoding="utf-8")


def _sphinx(source: Path, out: Path) -> None:
    from sphinx.cmd.build import build_main

    arguments = ["-q", "-W", "--keep-going", "-c", str(HERE), "-b", "html", "-d"]
    if build_main([*arguments, str(source.parent / "doctrees"), str(source), str(out)]):
        raise CourseError("Sphinx cannot build the pages: what it said above names the place.")


def _put_together(name: str, out: Path, *options: str) -> None:
    """Make one script of a script of the page and what it imports."""
    esbuild = str(MODULES / ".bin" / "esbuild")
    command = [esbuild, f"page/{name}", "--bundle", "--minify", "--target=es2022", *options]
    run([*command, f"--outfile={out}"], f"{name} cannot be put together")


def _finish(site: Path, static: Path) -> None:
    """Render the mathematics of all pages, and bring its fonts."""
    run(["node", "page/finish.mjs", str(site)], "the pages cannot be finished")
    katex = MODULES / "katex" / "dist"
    shutil.copy(katex / "katex.min.css", static)
    fonts = static / "fonts"
    fonts.mkdir()
    for font in katex.glob("fonts/*.woff2"):
        shutil.copy(font, fonts)
