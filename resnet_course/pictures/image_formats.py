"""The image files that Pillow reads here, by the endings of their names."""

import contextlib
from functools import cache
from importlib import import_module

from PIL import Image

#: Formats that Pillow knows and reads with the help of other programs only.
WITH_HELP = {"BUFR", "EPS", "GRIB", "HDF5", "MPEG", "WMF"}

#: Endings that need another package than Pillow, and its name.
PACKAGES = {
    ".heic": "pillow-heif",
    ".heif": "pillow-heif",
    ".hif": "pillow-heif",
    ".avif": "pillow-avif-plugin",
}


@cache
def register_plug_ins() -> None:
    """Let Pillow know of packages that read more formats, where they are installed."""
    Image.init()
    with contextlib.suppress(ImportError):
        import_module("pillow_heif").register_heif_opener()
    if ".avif" not in Image.registered_extensions():
        with contextlib.suppress(ImportError):
            import_module("pillow_avif")


def endings() -> set[str]:
    """Return the endings of image files, in lower case."""
    register_plug_ins()
    return {
        ending
        for ending, name in Image.registered_extensions().items()
        if (name in Image.OPEN and name not in WITH_HELP) or name == "MPO"  # read as JPEG
    }
