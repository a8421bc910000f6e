"""The list of files with which the service worker makes the site work without a network."""

import hashlib
import json
from pathlib import Path

#: What is not kept: Sphinx's own notes, and what search engines read.
LEFT_OUT = (".buildinfo", ".doctrees", "objects.inv", "service_worker.js", "_sources")


def write_list(site: Path) -> str:
    """Write `files.json`, the names of all files.

    Returns:
        The site's version: a digest of all files. The service worker is told, so that it is a new
        one, and loads all files again, when any of them has changed.
    """
    files = []
    digest = hashlib.sha256()
    for file in sorted(site.rglob("*")):
        name = file.relative_to(site).as_posix()
        if file.is_file() and not name.startswith(LEFT_OUT):
            digest.update(name.encode())
            digest.update(file.read_bytes())
            files.append(name)
    (site / "files.json").write_text(json.dumps(files))
    return digest.hexdigest()[:16]
