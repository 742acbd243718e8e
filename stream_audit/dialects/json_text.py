"""JSON as text: what is JSON to every reader of it, values written the shortest way, and inputs of tools."""

from __future__ import annotations

import json
from typing import Any, NoReturn

__all__ = ["compact_json", "is_json", "parsed_input", "written_input"]


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


def parsed_input(text: str) -> Any:
    """The input of a tool that was streamed as JSON text: ``{}`` for no text, the text itself for no JSON."""
    try:
        return _STRICT.decode(text) if text else {}
    except (ValueError, RecursionError):
        return text


def written_input(seed: Any) -> str:
    """The input of a tool that was sent as an object, as JSON text.

    Empty for an empty object, for anything else, and for one that nests too deeply to be written.
    """
    return (compact_json(seed) or "") if isinstance(seed, dict) and seed else ""


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


_STRICT = json.JSONDecoder(parse_constant=_refuse)
