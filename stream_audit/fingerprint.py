"""Know a finding again: an id that stays the same while the finding does.

The id is made of what is wrong, not of where it stands: the rule, the
candidate's name, the field, the right and the wrong value, and the chunks of the
recording themselves. A file that is moved, renamed or gets further recordings keeps the
ids of its findings; a candidate that goes wrong in another way gets a new one.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from stream_audit.model import Finding

__all__ = ["Digest", "digest", "identified"]

_CRASH = "candidate-crashed"
_TYPE = re.compile(r"[^\W\d][\w.]*")
_LENGTH = 16
"""Hexadecimal digits of an id: enough that no two of a billion findings meet by chance."""


class Digest:
    """What tells one recording's chunks from all others', wherever they are stored; fed as they are read."""

    def __init__(self) -> None:
        self._running = hashlib.blake2b(digest_size=16)

    def add(self, raws: Iterable[bytes]) -> None:
        """Take further chunks."""
        for raw in raws:
            self._running.update(raw)
            self._running.update(b"\n")

    def __str__(self) -> str:
        return self._running.hexdigest()


def digest(raws: Iterable[bytes]) -> str:
    """The digest of chunks that are all there."""
    running = Digest()
    running.add(raws)
    return str(running)


def identified(findings: Sequence[Finding], content: str) -> list[Finding]:
    """The findings of one recording, each with its id.

    Args:
        findings: In the order in which they are reported; two that are alike are told apart by it.
        content: Digest of the recording's chunks.
    """
    seen: Counter[str] = Counter()
    result = []
    for finding in findings:
        parts = (finding.rule, finding.candidate, finding.field, _wrong(finding), content)
        key = hashlib.blake2b(_text(parts), digest_size=_LENGTH // 2).hexdigest()
        seen[key] += 1
        again = f"-{seen[key]}" if seen[key] > 1 else ""
        result.append(replace(finding, id=f"{key}{again}"))
    return result


def _wrong(finding: Finding) -> Any:
    """What should be and what is: what another reference says otherwise is another finding.

    Of a crash the exception's type, as its words hold lines of code, which move.
    """
    if finding.rule == _CRASH:
        kind = _TYPE.match(finding.message)
        return kind[0] if kind else None
    return (finding.reference, finding.got) if finding.kind == "difference" else None


def _text(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, default=repr, ensure_ascii=True).encode("ascii")
