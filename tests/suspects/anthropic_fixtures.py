"""The project's own Anthropic recordings, as parsed events, and the corpus where it is at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from stream_audit.model import Payload

ROOT = Path(__file__).parents[2]
FIXTURES = ROOT / "fixtures" / "anthropic-messages"
CORPUS = ROOT.parent / "shared" / "corpus" / "jsonl" / "anthropic-messages"
CLEAN = ("paused-turn-padded", "plain-answer", "thinking-then-tool", "two-tools", "web-search-with-citations")

RECORDED: list[Any] = sorted(CORPUS.glob("*.jsonl")) or [
    pytest.param(None, marks=pytest.mark.skip(reason="the corpus is not beside the checkout"))
]


def load(path: Path) -> list[Payload]:
    """All events of a recording."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix == ".sse":
        lines = [line.removeprefix("data: ") for line in lines if line.startswith("data: ")]
    return [json.loads(line) for line in lines]


def fixtures() -> dict[str, list[Payload]]:
    """Every fixture by name."""
    return {path.stem: load(path) for path in sorted(FIXTURES.iterdir())}


def split(events: list[Payload]) -> list[list[Payload]]:
    """One list per message: a ``message_start`` with another id begins the next."""
    streams: list[list[Payload]] = [[]]
    running = None
    for event in events:
        if event.get("type") == "message_start" and event["message"]["id"] != running:
            running = event["message"]["id"]
            if streams[-1]:
                streams.append([])
        streams[-1].append(event)
    return streams
