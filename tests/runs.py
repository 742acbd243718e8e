"""Run the corridor in a test and keep everything that a report would see."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from stream_audit.audit import Plan, replay
from stream_audit.dialects import DIALECTS
from stream_audit.model import Audited, Batch, Finding, Run, Summary
from stream_audit.recordings import Source, read

ROOT = Path(__file__).resolve().parent.parent
FIXTURES = ROOT / "fixtures"
CORPUS = ROOT.parent / "shared" / "corpus"


class Kept:
    """A report that keeps what it is told."""

    def __init__(self) -> None:
        self.run: Run | None = None
        self.audited: list[Audited] = []
        self.summary = Summary()

    def begin(self, run: Run) -> None:
        self.run = run

    def add(self, audited: Audited) -> None:
        self.audited.append(audited)

    def end(self, summary: Summary) -> None:
        self.summary = summary

    @property
    def findings(self) -> list[Finding]:
        return [finding for audited in self.audited for finding in audited.findings]

    def about_candidates(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.kind != "wire"]


def audit(*paths: Path | str, candidates: Sequence[str] = (), **options: Any) -> Kept:
    kept = Kept()
    plan = Plan(paths=tuple(str(path) for path in paths), candidates=tuple(candidates), **options)
    kept.summary.exit_code = replay(plan, [kept])
    return kept


def sent(path: Path, body: bytes) -> list[bytes]:
    """The chunks of a recorded stream, as a candidate is given them that reads what was sent."""
    path.write_bytes(body)
    batches = [e for e in read(Source(str(path)), DIALECTS, frames=True) if isinstance(e, Batch)]
    return [raw for batch in batches for raw in batch.raws]


def chunk(delta: dict[str, Any] | None = None, **more: Any) -> dict[str, Any]:
    """One chat chunk; ``finish_reason``, ``usage`` and others as given."""
    choice = {"index": 0, "delta": delta or {}, "finish_reason": more.pop("finish_reason", None)}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1760000000,
        "model": "gpt-4o-mini",
        "choices": [] if delta is None and "usage" in more else [choice],
        **more,
    }


HELLO = [
    chunk({"role": "assistant", "content": ""}),
    chunk({"content": "Hel"}),
    chunk({"content": "lo"}),
    chunk({}, finish_reason="stop"),
    chunk(usage={"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}),
]


def write(path: Path, chunks: Sequence[dict[str, Any]] = HELLO) -> Path:
    path.write_text("".join(json.dumps(item) + "\n" for item in chunks), "utf-8")
    return path


def combiner(folder: Path, body: str, name: str = "mine.py") -> str:
    """Write ``def fold(chunks)`` with this body; returns its candidate spec."""
    path = folder / name
    lines = "".join(f"    {line}\n" for line in body.strip().splitlines())
    path.write_text(f"def fold(chunks):\n{lines}", "utf-8")
    return f"{path}:fold"
