"""JSON as text: what is JSON to every reader of it, and values written the shortest way."""

from __future__ import annotations

import json
from typing import Any, NoReturn

__all__ = ["compact_json", "is_json"]


def is_json(text: str) -> bool:
    """True when any reader takes ``text`` for JSON; Python's own would take ``NaN`` and ``Infinity`` too."""
    try:
        _STRICT.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def compact_json(value: Any) -> str | None:
    """``value`` as compact JSON text; ``None`` when it nests too deeply to be written."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return None


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_STRICT = json.JSONDecoder(parse_constant=_refuse)
