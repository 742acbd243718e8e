"""One JSON text, as strictly as the wire should be and as lossless as it is.

orjson does the work. What it refuses, and long integers, which it quietly
turns into floats, go through the standard library: a value that can be kept
exactly is kept and complained about, everything else is only complained about.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

__all__ = ["DEEPEST", "NOTHING", "Flaw", "objects", "parse"]

DEEPEST = 200
"""Levels of nesting. No dialect needs twenty; deeper ones would exhaust the stack of code that walks them."""

NOTHING: Any = object()
"""Stands for the value of a text that could not be read."""

_DIGITS = bytes.maketrans(b"123456789", b"000000000")
_NUMBERS = bytes.maketrans(b"123456789-:[ \t\r\n", b"0000000000,,,,,,")
_LONG = b"," + b"0" * 20
"""The shortest integer that orjson may turn into a float has 20 digits, or 19 and a sign. A string's
digits stand behind its quote."""
_STRING = re.compile(rb'"[^"]*+"?')
"""A string whose escaped quotes were taken out."""
_SMALLEST, _LARGEST = -(2**63), 2**64 - 1
_SURROGATE = re.compile(rb"\\u[dD][89abAB]|\\u[dD][c-fC-F]")


@dataclass(frozen=True, slots=True)
class Flaw:
    """Why a text is not clean JSON."""

    rule: str
    message: str
    unended: bool = False
    """The text stops in the middle of a value."""


def parse(text: bytes) -> tuple[Any, Flaw | None]:
    """Parse one JSON text.

    Returns:
        The value, or ``NOTHING``; and what is wrong with the text, if anything.
    """
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError:
        return _salvage(text)
    if _may_be_long(text):
        return _salvage(text)
    if len(text) > 2 * DEEPEST and _deep(text):
        return NOTHING, _too_deep()
    return value, None


def objects(texts: Sequence[bytes]) -> list[dict[str, Any]] | None:
    """Parse JSON objects all at once; ``None`` when one of the texts needs a careful look of its own."""
    try:
        values = list(map(orjson.loads, texts))
    except orjson.JSONDecodeError:
        return None
    if set(map(type, values)) != {dict} or _may_be_long(b"\n".join(texts)):
        return None
    if max(map(len, texts)) > 2 * DEEPEST and any(map(_deep, texts)):
        return None
    return values


def _may_be_long(text: bytes) -> bool:
    """Whether something looks like an integer that orjson would turn into a float.

    Every sixth byte settles for most texts, at a third of the cost, that no 19 digits stand in a row.
    """
    return b"000" in text[::6].translate(_DIGITS) and _LONG in text.translate(_NUMBERS)


def _too_deep() -> Flaw:
    return Flaw("nesting-too-deep", f"JSON nested more than {DEEPEST} levels deep")


def _deep(text: bytes) -> bool:
    """Whether brackets nest deeper than allowed. Counting them is quick and settles nearly every text."""
    if text.count(b"{") + text.count(b"[") <= DEEPEST:
        return False
    depth = 0
    text = text.replace(b"\\\\", b"").replace(b'\\"', b"")
    for byte in _STRING.sub(b"", text):
        if byte in b"[{":
            depth += 1
            if depth > DEEPEST:
                return True
        elif byte in b"]}":
            depth -= 1
    return False


class _Numbers:
    """Parses numbers exactly and remembers the first that JSON readers disagree about."""

    def __init__(self) -> None:
        self.flaw: Flaw | None = None

    def _note(self, rule: str, message: str) -> None:
        if self.flaw is None:
            self.flaw = Flaw(rule, message)

    def constant(self, text: str) -> float:
        self._note("number-not-json", f"{text} is not JSON")
        return float(text)

    def integer(self, text: str) -> int | str:
        try:
            value = int(text)
        except ValueError:  # Python reads no integer beyond some thousand digits.
            self._note("integer-too-large", f"an integer of {len(text)} digits, kept as text")
            return text
        if not _SMALLEST <= value <= _LARGEST:
            message = f"the integer {_short(text)} does not fit into 64 bits"
            self._note("integer-too-large", message)
        return value

    def real(self, text: str) -> float:
        value = float(text)
        if math.isinf(value):
            self._note("number-too-large", f"the number {_short(text)} is larger than a float can be")
        return value


def _short(text: str) -> str:
    return text if len(text) <= 40 else f"{text[:40]}… ({len(text)} digits)"


def _salvage(text: bytes) -> tuple[Any, Flaw | None]:
    """Read what orjson refused or may have read inexactly, with the standard library."""
    if _deep(text):
        return NOTHING, _too_deep()
    try:
        string = text.decode()
    except UnicodeDecodeError as error:
        return NOTHING, Flaw("invalid-utf8", f"not UTF-8 at byte {error.start + 1} of the line")
    numbers = _Numbers()
    try:
        value = json.loads(
            string, parse_constant=numbers.constant, parse_int=numbers.integer, parse_float=numbers.real
        )
    except json.JSONDecodeError as error:
        unended = error.pos >= len(string.rstrip()) or error.msg.startswith("Unterminated string")
        place = f"at column {error.colno}" if error.lineno == 1 else f"in its line {error.lineno}"
        where = "ends in the middle" if unended else f"{error.msg.lower().removesuffix(' at')} {place}"
        return NOTHING, Flaw("line-not-json", f"not JSON: {where}", unended)
    except RecursionError:
        return NOTHING, _too_deep()
    if numbers.flaw is None and _SURROGATE.search(text) and _lone_surrogate(value):
        return value, Flaw("lone-surrogate", "half of a surrogate pair, which is no character")
    return value, numbers.flaw


def _lone_surrogate(value: Any) -> bool:
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False
