"""Redact lines in a test."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from stream_audit.redaction import Keeping, Redactor, Tally

__all__ = ["chunks", "redacted", "tallied"]


def tallied(text: str, *, key: bytes = b"key", **keeping: Any) -> tuple[str, Tally]:
    """A file's text with stand-ins, and what was replaced."""
    tally = Tally()
    document = Redactor(key, Keeping(**keeping)).document(tally, lambda line: None)
    out: list[str] = []
    parts = re.split(r"(\r\n|\r|\n)", text)
    for line, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        if line or end:
            out += document.line(line, end)
    return "".join((*out, *document.finish())), tally


def redacted(text: str, **keeping: Any) -> str:
    """A file's text with stand-ins."""
    return tallied(text, **keeping)[0]


def chunks(payloads: Iterable[Any], **keeping: Any) -> list[Any]:
    """Payloads, redacted as the lines of one file."""
    text = "".join(json.dumps(payload) + "\n" for payload in payloads)
    return [json.loads(line) for line in redacted(text, **keeping).splitlines()]
