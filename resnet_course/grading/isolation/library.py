"""The modules that submissions may import: the course's own, without what answers the lesson.

A module that defines an answer, or imports one that does, is cut down to what the lesson's own
cells import from it. All others come whole. Of `checks` comes the half that probes; no reference.
"""

import ast
import shutil
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path

import checks
import resnet_course
from resnet_course.grading.isolation import sandboxed

COURSE = Path(resnet_course.__file__).parent
CHECKS = Path(checks.__file__).parent
SANDBOXED = Path(sandboxed.__file__).parent

#: Where `sandboxed` lies in the library.
INSIDE = SANDBOXED.relative_to(COURSE.parent)

#: Parts of `checks` that hold no answer, and parts of the course for those who teach.
_PROBING = ("probing", "graph", "case", "encoding", "evidence")
_FOR_OTHERS = ("authoring", "cli", "commands", "desk", "grading")

#: The exercises that Keras answers in modules of its own.
ANSWERED_ELSEWHERE = frozenset(
    {"stem", "bottleneck_stage", "ResNet50", "identity_block", "convolutional_block"}
)


def write_library(folder: Path, answers: Collection[str], imported: Mapping[str, set[str]]) -> None:
    """Write the modules that submissions of a lesson may import.

    Args:
        folder: An empty folder.
        answers: Names of the functions that learners have to write.
        imported: What the lesson's own cells import: names by module of the course.
    """
    own = folder / INSIDE
    shutil.copytree(SANDBOXED, own, ignore=shutil.ignore_patterns("__pycache__"))
    for package in (SANDBOXED.parent, SANDBOXED.parents[1]):
        shutil.copy(package / "__init__.py", folder / package.relative_to(COURSE.parent))
    for name in sorted(_probing_modules()):
        _write(folder / "checks", CHECKS, name)
    shutil.copy(SANDBOXED / "stand_in_checks.py", folder / "checks" / "__init__.py")
    for name, text in _course_modules(answers, imported).items():
        _write(folder / "resnet_course", COURSE, name, text)


def _write(folder: Path, package: Path, name: str, text: str | None = None) -> None:
    """Write a module of a package into a folder, and the packages around it."""
    source = _modules(package)[name]
    target = folder / source.relative_to(package)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(source.read_text(encoding="utf-8") if text is None else text, "utf-8")
    for above in target.relative_to(folder).parents:
        (folder / above / "__init__.py").touch()


def _probing_modules() -> set[str]:
    """Return the modules of `checks` that the probe needs.

    Raises:
        RuntimeError: If the probe needs what judges, or the catalogue, which holds the references.
    """
    found: set[str] = set()
    pending = {"probing.probe", "probing.realisation"}
    while pending:
        name = pending.pop()
        if name.split(".")[0] not in _PROBING:
            raise RuntimeError(f"the probe imports checks.{name}, which must not be in a sandbox")
        found.add(name)
        pending |= set(_imports(_parse(_modules(CHECKS)[name]), CHECKS)) - found
    return found


@cache
def _modules(package: Path) -> dict[str, Path]:
    """Return the files of a package's modules, by their names without that of the package."""
    paths = {path.relative_to(package).with_suffix(""): path for path in package.rglob("*.py")}
    return {
        ".".join(name.parts).removesuffix("__init__").rstrip("."): paths[name] for name in paths
    }


def _course_modules(answers: Collection[str], imported: Mapping[str, set[str]]) -> dict[str, str]:
    """Return the text of the course's modules, by name."""
    tainted = _tainted(frozenset(answers))
    whole = {
        name: path.read_text(encoding="utf-8")
        for name, path in _of_the_course().items()
        if name not in tainted
    }
    return {**_cut_down(tainted, answers, imported), **whole}


def _of_the_course() -> dict[str, Path]:
    """Return the files of the modules that a submission may have a use for."""
    modules = _modules(COURSE).items()
    return {name: path for name, path in modules if name.split(".")[0] not in _FOR_OTHERS}


def _tainted(answers: frozenset[str]) -> set[str]:
    """Return the modules that define an answer, or import one that does."""
    # The package itself only says where its names are.
    modules = {name: _parse(path) for name, path in _of_the_course().items() if name}
    tainted = {name for name, tree in modules.items() if answers & set(_functions(tree))}
    while True:
        more = {
            name
            for name, tree in modules.items()
            if name not in tainted and tainted & set(_imports(tree, COURSE))
        }
        if not more:
            return tainted
        tainted |= more


def _cut_down(
    tainted: set[str], answers: Collection[str], imported: Mapping[str, set[str]]
) -> dict[str, str]:
    """Return what is left of modules: what is imported, and what that needs."""
    wanted = {name: set(imported.get(name, ())) for name in tainted}
    kept: dict[str, dict[str, ast.stmt]] = {name: {} for name in tainted}
    pending = [(module, name) for module, names in wanted.items() for name in names]
    while pending:
        module, name = pending.pop()
        definitions = _definitions(_parse(_modules(COURSE)[module]))
        if name in kept[module] or name not in definitions:
            continue
        statement = _hidden(name) if name in answers else definitions[name]
        kept[module][name] = statement
        needed = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}
        for other in needed & set(definitions):
            pending.append((module, other))
            source = definitions[other]
            if isinstance(source, ast.ImportFrom):
                where = _within(source.module, COURSE)
                pending += [(each, other) for each in tainted if each == where]
    return {
        module: _text(_parse(_modules(COURSE)[module]), statements)
        for module, statements in kept.items()
        if statements
    }


def _text(tree: ast.Module, kept: Mapping[str, ast.stmt]) -> str:
    """Return a module of the statements that are kept, in the order of the module."""
    order = list(dict.fromkeys(map(id, _definitions(tree).values())))
    originals = {name: id(statement) for name, statement in _definitions(tree).items()}
    statements = sorted(kept, key=lambda name: order.index(originals[name]))
    body = [_narrowed(kept[name], name) for name in statements]
    return ast.unparse(ast.fix_missing_locations(ast.Module(body, [])))


def _narrowed(statement: ast.stmt, name: str) -> ast.stmt:
    """Return an import of one name only."""
    if not isinstance(statement, ast.ImportFrom | ast.Import):
        return statement
    names = [each for each in statement.names if (each.asname or each.name.split(".")[0]) == name]
    if isinstance(statement, ast.Import):
        return ast.Import(names)
    return ast.ImportFrom(statement.module, names, statement.level)


def _hidden(name: str) -> ast.stmt:
    message = f"{name} cannot be imported: it is what this lesson asks for"
    return ast.parse(f"def {name}(*_, **__):\n    raise NotImplementedError({message!r})").body[0]


@cache
def _parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _definitions(tree: ast.Module) -> dict[str, ast.stmt]:
    """Return the statements that give a module's names their values."""
    found: dict[str, ast.stmt] = {}
    for statement in tree.body:
        for name in _defined(statement):
            found[name] = statement
    return found


def _functions(tree: ast.Module) -> Iterator[str]:
    """Yield the names of all functions of a module, methods too."""
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node.name


def _defined(statement: ast.stmt) -> Iterator[str]:
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        yield statement.name
    elif isinstance(statement, ast.Import | ast.ImportFrom):
        for each in statement.names:
            yield each.asname or each.name.split(".")[0]
    else:
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                yield node.id


def _imports(tree: ast.AST, package: Path) -> dict[str, set[str]]:
    """Return the modules of a package that are imported anywhere, with the names taken."""
    modules = _modules(package)
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            module = _within(node.module, package)
            for name in [each.name for each in node.names] if module is not None else []:
                inner = f"{module}.{name}".lstrip(".")
                if inner in modules:
                    found.setdefault(inner, set())
                elif module:
                    found.setdefault(module, set()).add(name)
        elif isinstance(node, ast.Import):
            for each in node.names:
                found |= {name: set() for name in [_within(each.name, package)] if name}
    return found


def imports_of_course(sources: Iterable[str]) -> dict[str, set[str]]:
    """Return what cells import from the course: names by module."""
    found: dict[str, set[str]] = {}
    for source in sources:
        with suppress(SyntaxError):
            for module, names in _imports(ast.parse(source), COURSE).items():
                found.setdefault(module, set()).update(names)
    return found


def _within(module: str | None, package: Path) -> str | None:
    """Return the name of a module without that of its package; None if it is not in there."""
    first, _, rest = (module or "").partition(".")
    return rest if first == package.name else None
