"""The Python that runs in the page: compiled once, kept as long as nothing changes."""

import gzip
import hashlib
import json
import shutil
import tempfile
from pathlib import Path

from website.exercises import described
from website.parts import HERE, NUMPY_SHA256, PYODIDE, packages, run

#: What Node.js makes of the sources, and what comes as Pyodide has it.
COMPILED = ("course.zip", "numpy.zip", "python_stdlib.zip")
AS_IT_IS = ("pyodide.asm.js", "pyodide.asm.wasm")


def make_python(root: Path, wheel: Path, out: Path, kept: Path) -> None:
    """Write the folder from which the page's worker loads Python, NumPy, Keras and the checks.

    Args:
        root: The course's folder.
        wheel: NumPy's, for Pyodide.
        out: Where to write.
        kept: Folder in which what was compiled is kept for the next time.
    """
    exercises = described(root)
    compiled = kept / _digest(exercises)
    if not compiled.is_dir():
        compiled.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=compiled.parent) as folder:
            _compile(wheel, exercises, Path(folder))
            shutil.copytree(folder, compiled)
    out.mkdir(parents=True)
    for source in (HERE / "runtime" / "worker.js", PYODIDE / "pyodide.mjs"):
        shutil.copy(source, out)
    for name in (*COMPILED, *AS_IT_IS):
        source = (compiled if name in COMPILED else PYODIDE) / name
        (out / f"{name}.gz").write_bytes(gzip.compress(source.read_bytes(), mtime=0))
    sizes = {file.stem: file.stat().st_size for file in sorted(out.glob("*.gz"))}
    (out / "sizes.json").write_text(json.dumps(sizes))
    (out / "lock.json").write_text(json.dumps(_lock_without_packages()))


def _compile(wheel: Path, exercises: str, out: Path) -> None:
    lessons = out / "lessons.json"
    lessons.write_text(exercises)
    folders = json.dumps({name: str(folder) for name, folder in packages().items()})
    script = HERE / "runtime" / "compile.mjs"
    run(
        ["node", str(script), str(PYODIDE), str(wheel), folders, str(lessons), str(out)],
        "the page's Python cannot be compiled",
    )
    lessons.unlink()


def _digest(exercises: str) -> str:
    """Return a digest of all that the compiled files are made of."""
    digest = hashlib.sha256(f"{NUMPY_SHA256} {exercises}".encode())
    folders = [*packages().values(), HERE / "runtime"]
    files = [file for folder in folders for file in sorted(folder.rglob("*.py"))]
    for file in [*files, HERE / "runtime" / "compile.mjs", HERE / "package-lock.json"]:
        digest.update(f"{file.name} {file.stat().st_size} ".encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]


def _lock_without_packages() -> dict[str, object]:
    """Return Pyodide's lock with no packages: the page brings what it needs."""
    lock: dict[str, object] = json.loads((PYODIDE / "pyodide-lock.json").read_text())
    return {**lock, "packages": {}}
