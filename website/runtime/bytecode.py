"""Turns sources into archives of bytecode, which Python imports ten times as fast."""

import importlib.util
import marshal
import re
import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

#: What no lesson needs of the standard library: tests, windows, servers, installers, and modules in
#: plain Python for which there are compiled ones.
NO_STANDARD_LIBRARY = re.compile(
    r"idlelib/|lib2to3/|tkinter/|turtle|test/|unittest/|pydoc_data/|ensurepip/|"
    r"venv/|wsgiref/|curses/|dbm/|xmlrpc/|sqlite3/|distutils/|turtledemo/|_pyrepl/|"
    r"antigravity|imaplib|smtplib|nntplib|ftplib|poplib|telnetlib|cgi|mailbox|pdb|"
    r"doctest|pydoc|webbrowser|pickletools|_pyio|_pydatetime|_pydecimal"
)

#: What no lesson needs of NumPy.
NO_NUMPY = re.compile(
    r"numpy/f2py/|numpy/distutils/|numpy/testing/|numpy/core/include|"
    r"numpy/_core/include|numpy/_core/lib|numpy/_core/_operand_flag_tests|"
    r"numpy/_core/_rational_tests|numpy/_core/_struct_ufunc_tests|"
    r"numpy/_core/_umath_tests|numpy/linalg/lapack_lite\.|numpy/random/lib|"
    r"numpy/random/_examples"
)

#: Levels of optimisation: a quarter of all bytecode is docstrings, which only NumPy needs.
WITH_DOCSTRINGS, WITHOUT_DOCSTRINGS = 0, 2

#: What an archive keeps beside bytecode: compiled modules, and NumPy's version.
KEPT = (".so", "METADATA")


def of_files(root: str, names: Iterable[str], others: Mapping[str, str], archive: str) -> None:
    """Write an archive of modules.

    Args:
        root: Folder of the sources.
        names: Files in it.
        others: Sources of further modules by their file's name.
        archive: Where to write.
    """
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target:
        for name in names:
            _add(target, name, (Path(root) / name).read_bytes())
        for name, source in others.items():
            _add(target, name, source.encode())


def of_archive(
    source: str, left_out: re.Pattern[str], archive: str, level: int = WITHOUT_DOCSTRINGS
) -> None:
    """Write the modules of an archive into another one, as bytecode.

    Args:
        source: An archive of sources, such as a wheel.
        left_out: Matches the beginning of the names of those that are not needed.
        archive: Where to write.
        level: Python's level of optimisation.
    """
    with (
        zipfile.ZipFile(source) as sources,
        zipfile.ZipFile(archive, "w", zipfile.ZIP_STORED) as target,
    ):
        for name in sources.namelist():
            if left_out.match(name) or "/tests/" in name:
                continue
            if name.endswith(".py"):
                _add(target, name, sources.read(name), level)
            elif name.endswith(KEPT):
                target.writestr(zipfile.ZipInfo(name), sources.read(name))


def _add(
    target: zipfile.ZipFile, name: str, source: bytes, level: int = WITHOUT_DOCSTRINGS
) -> None:
    code = compile(source, name, "exec", dont_inherit=True, optimize=level)
    # After the magic number: no flags, no time and no size of a source file.
    data = importlib.util.MAGIC_NUMBER + bytes(12) + marshal.dumps(code)
    target.writestr(zipfile.ZipInfo(f"{name.removesuffix('.py')}.pyc"), data)
