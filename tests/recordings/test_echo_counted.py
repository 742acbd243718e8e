"""Echoes of chunks that count: the number that is due is no difference, any other is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS
from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.model import Batch, Payload
from stream_audit.recordings import Source, read
from stream_audit.recordings.echo import Echoes
from stream_audit.recordings.template import Frame, Template


def delta(number: object, text: str = "a", **more: object) -> Payload:
    place = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    counted = {} if number is None else {"sequence_number": number}
    return {"type": "response.output_text.delta", **counted, **place, "delta": text, **more}


def lines(*payloads: Payload) -> list[bytes]:
    return [json.dumps(payload).encode() for payload in payloads]


def template(first: Payload, following: Payload) -> Template | None:
    own, behind = lines(first, following)
    return Echoes(OPENAI_RESPONSES).template(Frame((own,), 0, 0), first, [], [behind])


def handed(folder: Path, payloads: list[Payload], block: int = 1 << 18) -> list[Payload | str]:
    """What reading the chunks as JSON lines hands on."""
    path = folder / "r.jsonl"
    path.write_bytes(b"".join(line + b"\n" for line in lines(*payloads)))
    found = list(read(Source(str(path)), DIALECTS, block=block))
    return [item for event in found if isinstance(event, Batch) for item in event.items]


@pytest.mark.parametrize("first", [0, 8, 9, 99, 998, 10**12])
def test_chunks_that_count_on_are_echoes_however_many_digits_the_number_gets(first: int) -> None:
    found = template(delta(first), delta(first + 1))
    assert found is not None
    run = lines(*(delta(number, str(number)) for number in range(first + 1, first + 200)))
    assert found.run(run, 0, 500, first + 1) == [str(number) for number in range(first + 1, first + 200)]


def test_a_number_that_no_integer_of_64_bits_holds_ends_the_echoes() -> None:
    first = 2**64 - 4
    found = template(delta(first), delta(first + 1))
    assert found is not None
    run = lines(*(delta(number, "x") for number in range(first + 1, first + 9)))
    assert len(found.run(run, 0, 500, first + 1)) == 3


@pytest.mark.parametrize("number", [5, 6, 8, 70, -7, 7.0, "7", True, None, [7]])
def test_a_number_that_is_not_due_ends_the_echoes(number: object) -> None:
    found = template(delta(5), delta(6))
    assert found is not None
    run = lines(delta(6, "b"), delta(number, "c"), delta(8, "d"))
    assert found.run(run, 0, 9, 6) == ["b"]


@pytest.mark.parametrize("key", ["type", "delta", "obfuscation"])
def test_the_number_may_stand_anywhere_in_the_line(key: str) -> None:
    def placed(number: int, text: str) -> Payload:
        event = delta(None, text, obfuscation="abc")
        keys = list(event)
        keys.insert(keys.index(key) + 1, "sequence_number")
        return {one: number if one == "sequence_number" else event[one] for one in keys}

    found = template(placed(9, "one"), placed(10, "two"))
    assert found is not None
    assert found.run(lines(placed(10, "two"), placed(11, "three")), 0, 9, 10) == ["two", "three"]


def test_what_looks_like_the_number_inside_the_text_is_text() -> None:
    fake = '"sequence_number": 6'
    found = template(delta(5, "one"), delta(6, "two"))
    assert found is not None
    assert found.run(lines(delta(6, fake), delta(7, '{"sequence_number": 7}')), 0, 9, 6) == [
        fake,
        '{"sequence_number": 7}',
    ]
    behind = {"type": "response.output_text.delta", "delta": fake, "output_index": 0, "content_index": 0}
    after = template({**behind, "sequence_number": 6}, {**behind, "sequence_number": 7})
    assert after is None or after.run(lines({**behind, "sequence_number": 7}), 0, 9, 7) in ([], [fake])


def test_numbers_that_stand_still_or_are_missing_are_told_apart(tmp_path: Path) -> None:
    still = [delta(3, str(at)) for at in range(9)]
    assert handed(tmp_path, still) == still
    plain = [delta(None, str(at)) for at in range(9)]
    assert handed(tmp_path, plain) == [plain[0], *(str(at) for at in range(1, 9))]


NUMBERS = st.lists(st.sampled_from([1, 1, 1, 1, 1, 1, 0, 2, -1, 90]), min_size=2, max_size=40)
TEXTS = st.text(st.sampled_from('a"\\,:6 7é'), max_size=4) | st.sampled_from(['"sequence_number": 1', "}"])


@given(steps=NUMBERS, data=st.data(), block=st.sampled_from([100, 1000, 1 << 18]))
@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_echoes_spelt_out_are_what_was_recorded(
    steps: list[int], data: st.DataObject, block: int, tmp_path: Path
) -> None:
    number, events = 0, []
    for step in steps:
        number = max(number + step, 0)
        more = {"obfuscation": data.draw(st.sampled_from(["", "xy"]))} if data.draw(st.booleans()) else {}
        events.append(delta(number, data.draw(TEXTS), **more))
    last: Payload = {}
    for item, event in zip(handed(tmp_path, events, block), events, strict=True):
        if isinstance(item, str):
            last = {**last, "delta": item, "sequence_number": last["sequence_number"] + 1}
            padded = {"obfuscation": event["obfuscation"]} if "obfuscation" in event else {}
            assert {**last, **padded} == event
        else:
            assert item == event
            last = item
