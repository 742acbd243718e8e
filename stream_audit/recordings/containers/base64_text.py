"""Base64 as it stands in files: over several lines, and sometimes cut off."""

from __future__ import annotations

import re
from base64 import b64decode

__all__ = ["unpacked"]

_SPACES = re.compile(r"[ \t\r\n]+")
_VALID = re.compile(r"[A-Za-z0-9+/]*+")


def unpacked(text: str) -> tuple[bytes, str | None]:
    """The bytes, up to where the text stops being base64; and a clause that says so, if it does."""
    text = _SPACES.sub("", text)
    match = _VALID.match(text)
    letters = match[0] if match is not None else ""
    padding = text[len(letters) :]
    whole = len(letters) // 4 * 4
    if padding == "=" * (-len(letters) % 4) and len(letters) % 4 != 1:
        return b64decode(letters + padding), None
    data = b64decode(letters[:whole])
    if not padding:
        return data, "its base64 ends early; what came before was read"
    return data, f"its base64 is none from character {len(letters) + 1:,} on; what came before was read"
