"""Every Responses stream against its own closing event, which holds the whole answer once more.

That event is read as the answer of a candidate, by tables that share nothing with the fold.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from stream_audit import recordings
from stream_audit.candidates import answers
from stream_audit.compare import compare
from stream_audit.dialects import DIALECTS
from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.model import FIELDS, Batch, Difference, Folded, Payload, Policies, Recording

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "jsonl" / "openai-responses"
FIXTURES = ROOT / "fixtures" / "openai-responses"
HELD = frozenset(FIELDS) - {"extra", "audio", "system_fingerprint"}
"""What the closing event shows: everything but unknown fields, and what this wire has not."""


def streams(folder: Path) -> Iterator[tuple[str, list[Payload]]]:
    """Name and events of each response, as a run would split them."""
    found: dict[Recording, list[Payload]] = {}
    for source in recordings.find([str(folder)]):
        for event in recordings.read(source, DIALECTS):
            if isinstance(event, Batch):
                found.setdefault(event.recording, []).extend(json.loads(raw) for raw in event.raws)
    for recording, events in found.items():
        yield Path(recording.path).name.partition(".jsonl")[0], events


def fold(events: list[Payload]) -> Folded:
    running = OPENAI_RESPONSES.fold(Policies())
    running.add(json.loads(json.dumps(events)))
    return running.finish(done=True)


def closing(events: list[Payload]) -> dict[str, Any] | None:
    """The response of the closing event; ``None`` where there is none or it is a failure's."""
    ends = [one for one in events if one.get("type") in ("response.completed", "response.incomplete")]
    found: dict[str, Any] | None = ends[-1]["response"] if ends else None
    return found


def apart(events: list[Payload], closed: dict[str, Any]) -> list[Difference]:
    answer, _ = answers.read(closed)
    return compare(fold(events).response, answer, HELD)


@cache
def exceptions() -> dict[str, set[str]]:
    """The page's table: recording to the fields in which its closing event says something else."""
    page = (ROOT / "docs" / "folding" / "openai-responses.md").read_text("utf-8")
    section = page.partition("## The stream against its own closing event")[2]
    rows = re.findall(r"^\| `(\S+)` \| ([^|]+) \| [^|]{20,} \|$", section, re.MULTILINE)
    return {name: set(re.findall(r"`([^`]+)`", fields)) for name, fields in rows}


def disagreeing(folder: Path) -> tuple[int, dict[str, set[str]]]:
    """How many responses complete; and of those that disagree, where."""
    checked, found = 0, {}
    for name, events in streams(folder):
        closed = closing(events)
        if closed is not None:
            checked += 1
            if differences := apart(events, closed):
                found[name] = {re.sub(r"\[\d+\]", "[]", one.path) for one in differences}
    return checked, found


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_every_stream_that_completes_agrees_with_its_closing_event_but_for_the_listed() -> None:
    checked, found = disagreeing(CORPUS)

    assert checked == 128
    assert found == exceptions()
