"""Laws that hold for streams of every dialect in any disorder."""

from __future__ import annotations

import copy
import functools
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Batch, Dialect, End, Fold, Payload, Policies
from stream_audit.recordings import Source, find, read
from stream_audit.rules import rule
from tests.runs import FIXTURES

NAMES = [one.name for one in DIALECTS if (FIXTURES / one.name).is_dir()]
MOST = 40
"""Chunks taken of one fixture."""


@functools.cache
def streams(name: str) -> list[list[Payload]]:
    """The chunks of each fixture of a dialect."""
    found = []
    for source in find([str(FIXTURES / name)]):
        raws: list[bytes] = []
        for event in read(source, DIALECTS, echoes=False):
            if isinstance(event, Batch) and event.recording.dialect == name:
                raws += event.raws
        if raws:
            found.append([json.loads(raw) for raw in raws[:MOST]])
    return found


def again(chunk: Payload, times: int) -> list[Payload]:
    """A chunk so many times more, numbered on where it is numbered."""
    number = chunk.get("sequence_number")
    if not isinstance(number, int):
        return [chunk] * times
    return [{**chunk, "sequence_number": number + at} for at in range(1, times + 1)]


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["repeat", "repeat", "drop", "move", "splice"]),
        st.integers(0, MOST),
        st.integers(1, 9),
    ),
    min_size=1,
    max_size=8,
)


def disordered(
    chunks: list[Payload], other: list[Payload], steps: list[tuple[str, int, int]]
) -> list[Payload]:
    """A stream of which chunks are repeated, left out, moved, or of another stream."""
    chunks = [*chunks]
    for kind, place, size in steps:
        if not chunks:
            break
        at = place % len(chunks)
        if kind == "repeat":
            chunks[at + 1 : at + 1] = again(chunks[at], size)
        elif kind == "drop":
            del chunks[at : at + size]
        elif kind == "move":
            chunks.insert(place * size % len(chunks), chunks.pop(at))
        else:
            chunks[at:at] = other[place % len(other) :][:size]
    return chunks


def said(path: Path, reader: Dialect, block: int, *, echoes: bool) -> list[Any]:
    """All that folding the recordings of a file says, and where each chunk of them stands."""
    folds: dict[str, Fold] = {}
    places: dict[str, list[int]] = {}
    ended = []
    for event in read(Source(str(path)), DIALECTS, dialect=reader, block=block, echoes=echoes):
        if isinstance(event, Batch):
            fold = folds.setdefault(event.recording.id, reader.fold(Policies()))
            fold.add(event.items)
            places.setdefault(event.recording.id, []).extend(event.lines)
        elif isinstance(event, End):
            ended.append(event.recording)
    return [(one.id, places[one.id], folds[one.id].finish(done=one.done)) for one in ended]


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data(), steps=STEPS, block=st.sampled_from([300, 2000, 1 << 18]))
@settings(deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_stream_in_disorder_says_the_same_with_echoes_and_without_and_at_every_block(
    name: str, data: st.DataObject, steps: list[tuple[str, int, int]], block: int, tmp_path: Path
) -> None:
    known = streams(name)
    chunks = disordered(data.draw(st.sampled_from(known)), data.draw(st.sampled_from(known)), steps)
    path = tmp_path / "stream.jsonl"
    path.write_text("".join(json.dumps(one) + "\n" for one in chunks))

    with_echoes = said(path, dialect(name), block, echoes=True)

    assert with_echoes == said(path, dialect(name), 1 << 18, echoes=False)


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data(), steps=STEPS)
@settings(deadline=None, max_examples=60)
def test_every_rule_that_a_fold_notes_is_one_of_its_dialect(
    name: str, data: st.DataObject, steps: list[tuple[str, int, int]]
) -> None:
    known = streams(name)
    fold = dialect(name).fold(Policies())
    chunks = disordered(data.draw(st.sampled_from(known)), data.draw(st.sampled_from(known)), steps)
    fold.add(copy.deepcopy(chunks))  # A fold takes them apart.
    rules = {note.rule for note in fold.finish(done=False).notes}
    assert {one for one in rules if name not in (rule(one).dialects or (name,))} == set()


@pytest.mark.parametrize("name", NAMES)
def test_a_dialect_knows_every_chunk_that_it_recognises(name: str) -> None:
    chunks = [chunk for stream in streams(name) for chunk in stream]
    recognised = [chunk for chunk in chunks if dialect(name).recognises(chunk)]
    assert recognised
    assert all(map(dialect(name).knows, recognised))
