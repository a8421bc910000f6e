"""The list of files with which the service worker makes the site work without a network."""

import hashlib
import json
from pathlib import Path

#: What is not kept: Sphinx's own notes, and what search engines read.
LEFT_OUT = (".buildinfo", ".doctrees", "objects.inv", "service_worker.js", "_sources")


def write_list(site: Path) -> None:
    """Write `files.json`: a version, and every file with its size.

    The page's Python is marked apart: it is loaded, and kept, when it is first needed.
    """
    files = {}
    digest = hashlib.sha256()
    for file in sorted(site.rglob("*")):
        name = file.relative_to(site).as_posix()
        if file.is_file() and not name.startswith(LEFT_OUT):
            digest.update(name.encode())
            digest.update(file.read_bytes())
            files[name] = file.stat().st_size
    version = digest.hexdigest()[:16]
    (site / "files.json").write_text(json.dumps({"version": version, "files": files}))
    worker = site / "service_worker.js"
    worker.write_text(f"/* {version} */\n{worker.read_text(encoding='utf-8')}", encoding="utf-8")
