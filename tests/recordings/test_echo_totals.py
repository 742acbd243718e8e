"""Echoes of chunks that carry running totals: those that the chunk behind replaces need not be read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.gemini.stream import GEMINI
from stream_audit.model import Batch, Folded, Note, Payload, Policies
from stream_audit.recordings import Source, read

Report = dict[str, Any] | None


def chunk(text: str, report: Report, **beside: Any) -> Payload:
    parts: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    usage = {} if report is None else {"usageMetadata": report}
    return {"candidates": [parts], **usage, "modelVersion": "gemini-x", "responseId": "r", **beside}


def counted(candidates: Any, total: Any) -> Report:
    return {"promptTokenCount": 7, "candidatesTokenCount": candidates, "totalTokenCount": total}


def handed(
    folder: Path, chunks: list[Payload], *, echoes: bool = True, block: int = 1 << 18, sse: bool = False
) -> list[Payload | str]:
    path = folder / "r.jsonl"
    before, behind = (b"data: ", b"\n\n") if sse else (b"", b"\n")
    path.write_bytes(b"".join(before + json.dumps(one).encode() + behind for one in chunks))
    found = read(Source(str(path)), DIALECTS, dialect=GEMINI, echoes=echoes, block=block)
    return [item for event in found if isinstance(event, Batch) for item in event.items]


def folded(items: list[Payload | str], policies: Policies) -> tuple[list[Note], Folded]:
    fold = GEMINI.fold(policies)
    fold.add(items)
    notes = [*fold.notes]
    return notes, fold.finish(done=False)


def test_the_last_of_a_run_is_read_in_full_and_so_are_the_first_two(tmp_path: Path) -> None:
    chunks = [chunk(f"t{at}", counted(at + 1, at + 8)) for at in range(40)]
    chunks.append(chunk("end", counted(41, 48), finish=True))
    items = handed(tmp_path, chunks)
    assert items == [chunks[0], chunks[1], *(f"t{at}" for at in range(2, 39)), chunks[39], chunks[40]]


def test_totals_that_never_grew_are_read_in_full(tmp_path: Path) -> None:
    chunks = [chunk(f"t{at}", counted(90 - at, 97 - at)) for at in range(40)]
    assert handed(tmp_path, chunks) == chunks


@pytest.mark.parametrize("odd", [0, -1, 2.0, "9", None, True, 2**70, [3]])
def test_a_total_that_is_no_count_is_read_in_full(odd: Any, tmp_path: Path) -> None:
    chunks = [chunk(f"t{at}", counted(at + 1, at + 8)) for at in range(60)]
    chunks[30] = chunk("odd", counted(odd, 38))
    items = handed(tmp_path, chunks)
    assert [type(item) for item in items[25:32]] == [str] * 4 + [dict] * 3
    assert "t50" in items


REPORTS = st.one_of(
    st.integers(1, 40).map(lambda grown: ("grow", grown)),
    st.sampled_from([("grow", 1)] * 6 + [("fall", 3), ("zero", 0), ("none", 0), ("more", 0), ("odd", 0)]),
)


@given(
    steps=st.lists(st.tuples(st.text(st.sampled_from('a"\\,:1é'), max_size=3), REPORTS), max_size=30),
    policy=st.sampled_from(["keep", "honour"]),
    block=st.sampled_from([300, 2000, 1 << 18]),
    sse=st.booleans(),
)
@example(steps=[("a", ("grow", 1))] * 9 + [("b", ("fall", 3))] * 3, policy="keep", block=1 << 18, sse=False)
@settings(deadline=None, max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_what_is_folded_with_echoes_is_what_is_folded_without(
    steps: list[tuple[str, tuple[str, int]]], policy: Any, block: int, sse: bool, tmp_path: Path
) -> None:
    count, chunks = 5, []
    for text, (kind, by) in steps:
        count = max(count + by, 1) if kind == "grow" else max(count - by, 1) if kind == "fall" else count
        report = counted(0 if kind == "zero" else count, count + 7)
        if kind == "more":
            report = {**(report or {}), "thoughtsTokenCount": count}
        if kind == "odd":
            report = counted(str(count), None)
        chunks.append(chunk(text, None if kind == "none" else report))
    policies = Policies(later_zero=policy)
    quick = handed(tmp_path, chunks, block=block, sse=sse)
    assert len(quick) == len(chunks)
    assert folded(quick, policies) == folded(handed(tmp_path, chunks, echoes=False), policies)
