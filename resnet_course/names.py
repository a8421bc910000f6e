"""Names that people read as the same are the same."""

import unicodedata


def one_form(name: str) -> str:
    """Return a name in the one Unicode form in which names are compared, NFC.

    macOS writes an é in a file name as two characters, Linux and Windows mostly as one.
    """
    return unicodedata.normalize("NFC", name)
