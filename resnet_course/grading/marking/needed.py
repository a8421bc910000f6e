"""Tells which cells define names that later cells use, in a process of its own.

Source is hostile until proven otherwise: a few characters can take Python's parser gigabytes, or
make it warn a thousand times. So the process has limits, and says nothing. It imports nothing
but the standard library: this file is its program.
"""

import json
import resource
import subprocess
import symtable
import sys
import time
from collections.abc import Mapping, Sequence

SECONDS = 3
MEMORY = 256 * 2**20


class TooHard(Exception):
    """The cells cannot be parsed within the limits."""


def needed(
    shown: Sequence[int], running: Sequence[int], sources: Mapping[int, str]
) -> tuple[list[int], float]:
    """Return the cells among `shown` that define a name which a later cell that runs uses.

    Args:
        shown: Numbers of cells that run where they are needed.
        running: Numbers of cells that run in any case.
        sources: The source of each cell, by number.

    Returns:
        The cells, and the seconds of processor time that it took to find them.

    Raises:
        TooHard: If the cells cannot be parsed within the limits.
    """
    if not shown:
        return [], 0.0
    question = [list(shown), [[number, sources[number]] for number in {*shown, *running}]]
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-W", "ignore", __file__],
            input=json.dumps(question).encode(),
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=10 * SECONDS,
        )
        answer, seconds = json.loads(done.stdout)
    except (subprocess.TimeoutExpired, ValueError) as error:
        raise TooHard("the cells cannot be parsed within the limits") from error
    return [number for number in shown if number in answer], seconds


def _needed(shown: Sequence[int], sources: Mapping[int, str]) -> list[int]:
    names = {number: _names(source) for number, source in sources.items()}
    users = {number: used for number, (_, used) in names.items() if number not in shown}
    found = []
    for number in sorted(shown, reverse=True):
        defined, used = names[number]
        if any(defined & later for user, later in users.items() if user > number):
            found.append(number)
            users[number] = used
    return found


def _names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a cell defines and those that it takes from elsewhere."""
    try:
        top = symtable.symtable(source, "cell", "exec")
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return set(), set()
    defined = {each.get_name() for each in top.get_symbols() if each.is_assigned()}
    defined |= {each.get_name() for each in top.get_symbols() if each.is_imported()}
    used: set[str] = set()
    pending = [top]
    while pending:
        table = pending.pop()
        pending += table.get_children()
        for symbol in table.get_symbols():
            if symbol.is_referenced() and (table is top or symbol.is_global()):
                used.add(symbol.get_name())
    return defined, used


def main() -> None:
    """Answer the question that comes over standard input."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    shown, sources = json.load(sys.stdin)
    json.dump([_needed(shown, dict(sources)), time.process_time()], sys.stdout)


if __name__ == "__main__":
    main()
