"""The input of a tool, between the JSON text in which it is streamed and the value that answers show."""

from __future__ import annotations

import json
from typing import Any

__all__ = ["parsed_input", "written_input"]


def parsed_input(text: str) -> Any:
    """The value of JSON text: ``{}`` when it is empty, the text itself when it is no JSON."""
    try:
        return STRICT.decode(text) if text else {}
    except (ValueError, RecursionError):
        return text


def written_input(seed: Any) -> str:
    """An input that was sent as an object, as compact JSON text.

    Empty for an empty object, for anything else, and for one that nests too deeply to be written.
    """
    if not isinstance(seed, dict) or not seed:
        return ""
    try:
        return json.dumps(seed, ensure_ascii=False, separators=(",", ":"))
    except RecursionError:
        return ""


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


STRICT = json.JSONDecoder(parse_constant=_no_constant)
"""Python's own decoder takes ``NaN`` and ``Infinity`` for numbers; no other reader of JSON has to."""
