"""The modules that submissions may import: the course's own, without what answers the lesson.

A module that defines an answer, or imports one that does, is cut down to what the lesson's own
cells import from it. All others come whole. Of `checks` comes the half that probes; no reference.
"""

import ast
import shutil
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

import checks
import resnet_course
from resnet_course.grading import sandboxed

COURSE = Path(resnet_course.__file__).parent
CHECKS = Path(checks.__file__).parent
SANDBOXED = Path(sandboxed.__file__).parent

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
    own = folder / "resnet_course" / "grading" / "sandboxed"
    shutil.copytree(SANDBOXED, own, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(SANDBOXED.parent / "__init__.py", own.parent)
    (folder / "checks").mkdir()
    shutil.copy(SANDBOXED / "stand_in_checks.py", folder / "checks" / "__init__.py")
    for name in sorted(_probing_modules()):
        shutil.copy(CHECKS / f"{name}.py", folder / "checks")
    for name, text in _course_modules(answers, imported).items():
        (folder / "resnet_course" / f"{name}.py").write_text(text, encoding="utf-8")


def _probing_modules() -> set[str]:
    """Return the modules of `checks` that the probe needs.

    Raises:
        RuntimeError: If the probe needs the catalogue, which holds the references.
    """
    found: set[str] = set()
    pending = {"probe", "realisation"}
    while pending:
        name = pending.pop()
        if not (CHECKS / f"{name}.py").is_file():
            raise RuntimeError(f"the probe imports checks.{name}, which must not be in a sandbox")
        found.add(name)
        pending |= set(_imports(_parse(CHECKS / f"{name}.py"), "checks")) - found
    return found


def _course_modules(answers: Collection[str], imported: Mapping[str, set[str]]) -> dict[str, str]:
    """Return the text of the course's modules, by name."""
    tainted = _tainted(frozenset(answers))
    whole = {
        path.stem: path.read_text(encoding="utf-8")
        for path in COURSE.glob("*.py")
        if path.stem not in tainted
    }
    return {**_cut_down(tainted, answers, imported), **whole}


def _tainted(answers: frozenset[str]) -> set[str]:
    """Return the modules that define an answer, or import one that does."""
    modules = {path.stem: _parse(path) for path in COURSE.glob("*.py")}
    tainted = {name for name, tree in modules.items() if answers & set(_functions(tree))}
    while True:
        more = {
            name
            for name, tree in modules.items()
            if name not in tainted and tainted & set(_imports(tree, "resnet_course"))
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
        definitions = _definitions(_parse(COURSE / f"{module}.py"))
        if name in kept[module] or name not in definitions:
            continue
        statement = _hidden(name) if name in answers else definitions[name]
        kept[module][name] = statement
        needed = {each.id for each in ast.walk(statement) if isinstance(each, ast.Name)}
        for other in needed & set(definitions):
            pending.append((module, other))
            source = definitions[other]
            if isinstance(source, ast.ImportFrom) and _own(source.module) in tainted:
                pending.append((_own(source.module), other))
    return {
        module: _text(_parse(COURSE / f"{module}.py"), statements)
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


def _imports(tree: ast.AST, package: str) -> dict[str, set[str]]:
    """Return the modules of a package that are imported anywhere, with the names taken."""
    found: dict[str, set[str]] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            first, _, rest = node.module.partition(".")
            names = {each.name for each in node.names}
            if first == package and rest:
                found.setdefault(rest.split(".")[0], set()).update(names)
            elif first == package:
                found.update({name: found.get(name, set()) for name in names})
        elif isinstance(node, ast.Import):
            for each in node.names:
                first, _, rest = each.name.partition(".")
                if first == package and rest:
                    found.setdefault(rest.split(".")[0], set())
    return found


def imports_of_course(source: str) -> dict[str, set[str]]:
    """Return what a cell imports from the course: names by module."""
    try:
        return _imports(ast.parse(source), "resnet_course")
    except SyntaxError:
        return {}


def _own(module: str | None) -> str:
    return (module or "").partition(".")[2]
