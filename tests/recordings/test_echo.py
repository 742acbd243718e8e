from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects.bedrock_converse.converse import BEDROCK_CONVERSE
from stream_audit.dialects.ollama.stream import OLLAMA
from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.recordings.echo import Echoes, _imagined
from stream_audit.recordings.template import Frame, Template
from tests.recordings.doubles import CHAT, answer, chat, events, jsonl, payloads, sse


def template(line: bytes, *, before: tuple[bytes, ...] = (), after: tuple[bytes, ...] = ()) -> Template:
    frame = Frame((*before, line, *after), len(before), 0)
    found = Echoes(CHAT).template(frame, json.loads(line), [], frame.lines)
    assert found is not None
    return found


PLAIN = template(json.dumps(chat("one")).encode())
PADDED = template(json.dumps(chat("one", obfuscation="abc")).encode())


_STRANGE = st.text(st.sampled_from('"\\,a[]'), max_size=5)


@settings(max_examples=300, deadline=None)
@given(st.lists(_STRANGE | _STRANGE.map('"{}"'.format), min_size=1, max_size=4))
@example(['"a', 'a"', '"a","a"'])
@example(['"a","', '"'])
@example(["[]", '"a"'])
@example(['["a"', '"a"]', '"a","a"'])
def test_texts_are_decoded_all_together_as_one_by_one(pieces: list[str]) -> None:
    for found, others in ((PLAIN, ()), (PADDED, (b'"abc"',))):
        expected = []
        lines = [found.line([piece.encode(), *others], 0) for piece in pieces]
        for line in lines:
            try:
                text = json.loads(line)["choices"][0]["delta"]["content"]
            except json.JSONDecodeError:
                break
            if not isinstance(text, str):
                break
            expected.append(text)
        assert found.run(lines, 0, 9) == expected


def test_a_backslash_at_the_end_cannot_join_two_strings() -> None:
    lines = [PLAIN.line([quoted], 0) for quoted in (b'"a\\"', b'",","')]
    assert PLAIN.run(lines, 0, 2) == []
    lines = [PLAIN.line([quoted], 0) for quoted in (b'"a\\\\"', b'"b"')]
    assert PLAIN.run(lines, 0, 2) == ["a\\", "b"]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from('"\\,a0'), max_size=4),
            st.sampled_from(["", "ab", '"', "a b", "é", '","x":"y']),
        ),
        max_size=4,
    )
)
def test_a_padded_line_is_an_echo_only_if_it_says_what_the_template_says(
    parts: list[tuple[str, str]],
) -> None:
    lines = [PADDED.line([f'"{one}"'.encode() for one in both], 0) for both in parts]
    for line, text in zip(lines, PADDED.run(lines, 0, 10), strict=False):
        value = json.loads(line)
        assert value.pop("obfuscation").isalnum() or b'"obfuscation": ""' in line
        assert value == chat(text)


def test_a_line_without_its_gap_is_no_echo() -> None:
    fake = PADDED.head + b'"x",3141592653589793233,"pad"' + PADDED.tail
    true = PADDED.line([b'"x"', b'"pad"'], 0)
    assert PADDED.run([fake], 0, 1) == []
    assert PADDED.run([true, fake, true], 0, 3) == ["x"]


def test_padding_with_anything_but_letters_and_digits_is_read_in_full() -> None:
    lines = [PADDED.line([b'"x"', pad], 0) for pad in (b'"ok"', b'"a-b"')]
    assert PADDED.run(lines, 0, 2) == ["x"]


@pytest.mark.parametrize("other", [b"event: b", b"data: more", b"junk"])
@pytest.mark.parametrize("place", [0, 2])
def test_the_lines_around_the_data_must_be_the_same(other: bytes, place: int) -> None:
    line = json.dumps(chat("one")).encode()
    events_of = [b"event: a", line, b""]
    found = template(line, before=(b"event: a",), after=(b"",))
    changed = [*events_of]
    changed[place] = other
    assert found.run(events_of * 2 + changed + events_of, 0, 9) == ["one", "one"]
    assert found.run(events_of * 2 + events_of[:2], 0, 9) == ["one", "one"]


def test_a_text_that_stands_twice_is_replaced_in_the_right_place() -> None:
    line = json.dumps({"object": "chat.completion.chunk", "note": "one"} | chat("one")).encode()
    found = template(line)
    assert line.index(b'"content"') < len(found.head)


def test_an_empty_text_has_a_template_too() -> None:
    assert template(json.dumps(chat("", note="")).encode()).run(
        [json.dumps(chat("x", note="")).encode()], 0, 1
    ) == ["x"]


def test_a_shorter_line_whose_ends_overlap_is_no_echo() -> None:
    assert PLAIN.run([PLAIN.head + PLAIN.tail[1:]], 0, 1) == []
    assert PLAIN.run([PLAIN.head + PLAIN.tail], 0, 1) == []
    assert PLAIN.run([PLAIN.line([b'""'], 0)], 0, 1) == [""]


@pytest.mark.parametrize("block", [100, 333, 1000])
@pytest.mark.parametrize("form", [jsonl, sse])
def test_no_batch_begins_with_an_echo(block: int, form: object) -> None:
    assert callable(form)
    rows = answer("a", *(str(number) for number in range(200)))
    with tempfile.TemporaryDirectory() as folder:
        assert list(payloads(events(Path(folder), form(rows), block=block)).values()) == [rows]


def converse(text: str, padding: str, **beside: str) -> bytes:
    event = {"contentBlockIndex": 0, "delta": {"text": text}, "p": padding}
    return json.dumps({"contentBlockDelta": event, **beside}).encode()


def test_padding_inside_the_one_event_of_a_chunk_is_padding_too() -> None:
    lines = [converse("one", "abc"), converse("two", "a"), converse("", "abcdef"), converse("x", "a-b")]
    frame = Frame((lines[0],), 0, 0)
    found = Echoes(BEDROCK_CONVERSE).template(frame, json.loads(lines[0]), [], lines[1:])
    assert found is not None
    assert found.run(lines, 0, 9) == ["one", "two", ""]


def test_what_looks_like_padding_in_an_object_beside_others_is_compared() -> None:
    lines = [json.dumps(chat("one", more={"p": padding})).encode() for padding in ("abc", "abd")]
    frame = Frame((lines[0],), 0, 0)
    assert Echoes(CHAT).template(frame, json.loads(lines[0]), [], lines[1:]) is None
    same = Echoes(CHAT).template(frame, json.loads(lines[0]), [], lines[:1])
    assert same is not None
    assert same.run(lines, 0, 9) == ["one"]


def clocked(text: str, clock: str, **beside: Any) -> bytes:
    message = {"role": "assistant", "content": text}
    return json.dumps(
        {"model": "m", "created_at": clock, "message": message, "done": False, **beside}
    ).encode()


def test_chunks_that_tell_the_time_are_echoes_whatever_time_it_is() -> None:
    rows = [
        ("one", "08:00:00.25Z"),
        ("two", "08:00:01Z"),
        ("", "08:00:01.5+00:00"),
        ('say "', "2"),
        ("x", "3"),
    ]
    lines = [clocked(text, clock) for text, clock in rows]
    frame = Frame((lines[0],), 0, 0)
    found = Echoes(OLLAMA).template(frame, json.loads(lines[0]), [], lines[1:])
    assert found is not None
    assert found.run(lines, 0, 9) == [text for text, _ in rows]


@pytest.mark.parametrize(
    "odd",
    [
        clocked("x", ""),
        clocked("x", "noon"),
        clocked("x", '1"'),
        clocked("x", "é"),
        clocked("x", "1", done=True),
        clocked("x", "1", more=1),
        clocked("x", "1").replace(b'"role"', b'"r0le"'),
        clocked("x", "1").replace(b'"x"', b"1"),
        clocked("x", "1").replace(b'"created_at"', b'"created_on"'),
        clocked("x", "1").replace(b'"1"', b"1"),
        clocked("x", "1")[:-1],
    ],
)
def test_a_clock_that_shows_no_time_is_read_in_full(odd: bytes) -> None:
    lines = [clocked("one", "1"), clocked("two", "2"), odd, clocked("three", "3")]
    frame = Frame((lines[0],), 0, 0)
    found = Echoes(OLLAMA).template(frame, json.loads(lines[0]), [], lines[1:])
    assert found is not None
    assert found.run(lines, 0, 9) == ["one", "two"]
    assert found.run(lines, 2, 9) == []


def test_the_first_clock_of_an_answer_is_never_taken_for_an_echo() -> None:
    lines = [clocked("one", ""), clocked("two", "1"), clocked("three", "2")]
    frame = Frame((lines[0],), 0, 0)
    assert Echoes(OLLAMA).template(frame, json.loads(lines[0]), [], lines[1:]) is None


def test_a_chunk_that_does_not_say_where_its_text_goes_has_no_echoes() -> None:
    echoes = Echoes(OLLAMA)
    lines = [clocked(text, "1") for text in ("one", "", "two")]
    for first, found in ((0, True), (1, False)):
        frame = Frame((lines[first],), 0, 0)
        assert (echoes.template(frame, json.loads(lines[first]), [], lines[first + 1 :]) is not None) is found


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.text(st.sampled_from('"\\,a0:{} '), max_size=4)
            | st.sampled_from(['", "message": {"role": "assistant", "content": "', "created_at"]),
            st.text(st.sampled_from('0:Z"\\é '), max_size=2),
        ),
        max_size=4,
    )
)
def test_a_line_with_a_clock_is_an_echo_only_if_it_says_what_the_template_says(
    parts: list[tuple[str, str]],
) -> None:
    first = clocked("one", "1")
    found = Echoes(OLLAMA).template(Frame((first,), 0, 0), json.loads(first), [], [first])
    assert found is not None
    lines = [found.line([f'"{clock}"'.encode(), f'"{text}"'.encode()], 0) for text, clock in parts]
    told = found.run(lines, 0, 10)
    for line, text in zip(lines, told, strict=False):
        value = json.loads(line)
        assert value["created_at"]
        assert value == json.loads(clocked(text, value["created_at"]))
    usual = [(text, clock) for text, clock in parts if clock and not clock.strip("0:Z")]
    assert found.run([clocked(*one) for one in usual], 0, 10) == [text for text, _ in usual]


def test_a_line_that_repeats_its_keys_without_end_costs_no_more_than_its_length() -> None:
    def line(number: int, times: int) -> bytes:
        numbers = b'"sequence_number":%d,' % number * times
        place = b'"item_id":"m","output_index":0,"content_index":0,"delta":"w%d"' % number
        return b'{"type":"response.output_text.delta",%b%b%b}' % (numbers, place, b',"p":"a"' * times)

    tried = []
    for times in (4, 400):
        echoes = Echoes(OPENAI_RESPONSES)
        first = line(1, times)
        made = [*_imagined(Frame((first,), 0, 0), json.loads(first), "w1", line(2, times), echoes)]
        tried.append(len(made))
    assert tried[1] <= 4 * tried[0]
    long = line(1, 4)[:-1] + b',"item":"%b"}' % (b"x" * 70_000)
    assert Echoes(OPENAI_RESPONSES).template(Frame((long,), 0, 0), json.loads(long), [], [long]) is None
