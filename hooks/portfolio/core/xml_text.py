"""Characters that a document may hold."""

from __future__ import annotations

import re

# XML 1.0, section 2.2.
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def printable(text: str) -> str:
    """A text without the characters that no XML can hold: controls, halves of characters, U+FFFE, U+FFFF."""
    return _NOT_XML.sub("", text)
