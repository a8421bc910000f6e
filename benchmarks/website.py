"""How long the page takes, what it loads and holds, and whether it judges as Python here does.

    make site
    python benchmarks/website.py speed [--runs 3]
    python benchmarks/website.py reports [--each 10]

`speed` opens lesson 2 in a browser without a memory ("cold"), then again ("warm"), presses Check at
once and waits for the verdict; then it checks every exercise's solution in one worker. `reports`
compares verdict, title and points of attempts at every exercise in the page and here.
"""

import argparse
import statistics
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402

from resnet_course.desk.website import serving  # noqa: E402

CHECK = "#exercise-conv_bn .course-check"


def first_verdict(page: Any, address: str) -> float:
    """Return the seconds from the page's address to the first verdict."""
    begun = time.perf_counter()
    page.goto(f"{address}lessons/02_identity_block/")
    page.locator(CHECK).click()
    page.locator("#exercise-conv_bn .course-report div").first.wait_for()
    return time.perf_counter() - begun


def loads(browser: Any, address: str, runs: int) -> None:
    """Print the seconds to the first verdict, and what came over the wire for it."""
    cold, warm, loaded = [], [], 0
    for _ in range(runs):
        context = browser.new_context()
        context.set_default_timeout(120_000)
        page = context.new_page()
        sizes: dict[str, int] = {}
        page.on(
            "response", lambda response, sizes=sizes: sizes.update({response.url: _size(response)})
        )
        cold.append(first_verdict(page, address))
        loaded = sum(sizes.values())
        page.evaluate("navigator.serviceWorker.ready")
        warm.append(first_verdict(page, address))
        context.close()
    print(f"first verdict, cold: {_shown(cold)} s; over the wire {loaded / 1e6:.1f} MB")
    print(f"first verdict, warm: {_shown(warm)} s")


def _size(response: Any) -> int:
    """Return the bytes of an answer's body; none for what the page made itself."""
    if not response.url.startswith("http"):
        return 0
    return int(response.headers.get("content-length", 0))


def solutions(browser: Any, address: str, runs: int) -> None:
    """Print the milliseconds of a check of every exercise's solution, and the memory they need."""
    from tests.website.test_page import HERE, LESSONS, check, import_notebook, solved

    times: dict[str, list[float]] = {}
    for lesson in LESSONS.values():
        page = browser.new_page()
        page.set_default_timeout(120_000)
        page.goto(f"{address}lessons/{lesson.name}/")
        import_notebook(page, solved(lesson))
        page.get_by_text("Python is ready.").wait_for()
        for name in [name for name in lesson.solutions if name in HERE]:
            place = page.locator(f"#exercise-{name}")
            for _ in range(runs + 1):
                check(page, name)
                spent = place.locator(".course-output").get_attribute("data-milliseconds")
                times.setdefault(name, []).append(float(spent))
            assert "passed" in place.locator(".course-status").inner_text(), name
        held = page.locator(".course-output[data-megabytes]").last.get_attribute("data-megabytes")
        print(f"{lesson.name}: {held} MB of Python's memory")
        page.close()
    for name, (first, *later) in times.items():
        print(f"{name:28s}{first:6.0f} ms at first, then {statistics.median(later):5.0f} ms")


def reports(browser: Any, address: str, each: int) -> None:
    """Print the attempts whose verdict, title or points differ between the page and here."""
    from resnet_course.quiet import import_keras

    import_keras()
    from tests.website.test_page import asked, comparable, natively, requests

    page = browser.new_page()
    page.goto(f"{address}mistakes.html")
    attempts, differing = requests(each), 0
    for name, request in attempts:
        here, there = natively(request["exercise"], request["cells"]), asked(page, request)
        one = (here.passed, comparable(here.cause), here.earned)
        other = (there["passed"], comparable(there["cause"]), there["earned"])
        if one != other:
            differing += 1
            print(f"{name}\n  here     {one}\n  the page {other}")
    print(f"{differing} of {len(attempts)} attempts differ")


def _shown(seconds: list[float]) -> str:
    return f"{statistics.median(seconds):.1f} ({min(seconds):.1f} to {max(seconds):.1f})"


def main() -> None:
    """Measure, or compare."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("what", choices=["speed", "reports"])
    parser.add_argument("--site", type=Path, default=ROOT / "build" / "site")
    parser.add_argument("--chromium", default="/usr/bin/chromium", help="the browser's program")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--each", type=int, default=10, help="attempts at each exercise")
    words = parser.parse_args()
    with serving(words.site) as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=words.chromium, args=["--no-sandbox"])
        if words.what == "speed":
            loads(browser, address, words.runs)
            solutions(browser, address, words.runs)
        else:
            reports(browser, address, words.each)
        browser.close()


if __name__ == "__main__":
    main()
