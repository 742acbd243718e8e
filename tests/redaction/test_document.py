from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.redaction.redacted import redacted

FRAME = (
    "\ufeff: OPENROUTER PROCESSING\r\n"
    "\r\n"
    "event: message_start\r\n"
    'data: {"type":"message_start","message":{"role":"assistant"}}   \r\n'
    "\r\n"
    "retry: 3000\r"
    'data:{"type":"ping"}\n'
    "data: [DONE]\n"
    "\n"
    "[DONE]\n"
    '"[DONE]"\n'
    "data\n"
)


def test_the_framing_of_an_event_stream_stays_as_it_is() -> None:
    assert redacted(FRAME) == FRAME


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (": served by janes-proxy for jane@example.org\n", r": [a-z ]+-[a-z]+ .*@.*\n"),
        ("id: jane-session-1\n", r"id: [a-z]{4}-[a-z]{7}-\d\n"),
        ("event: jane_event\n", r"event: [a-z]{4}_event\n"),
        ("data: not for Jane\n", r"data: [a-z]{3} [a-z]{3} [A-Z][a-z]{3}\n"),
        (" data: for Jane\n", r" data: [a-z]{3} [A-Z][a-z]{3}\n"),
        ("Authorization: Bearer jane\n", r"[A-Z][a-z]{12}: [A-Z][a-z]{5} [a-z]{4}\n"),
    ],
)
def test_what_else_a_line_says_is_replaced(line: str, shown: str) -> None:
    found = redacted(line)

    assert re.fullmatch(shown, found)
    assert not re.search("jane|proxy|Bearer|Authorization", found, re.IGNORECASE)


def test_json_over_several_lines_is_one_text_and_its_lines_stay() -> None:
    text = 'data: {"choices":\ndata: [{"index":0,"delta":\n: comment\ndata: {"content":"Jane"}}]}\n\n'

    shown = redacted(text)

    assert shown.split("\n")[:2] == text.split("\n")[:2]
    assert re.fullmatch(r'data: \{"content":"[A-Z][a-z]{3}"\}\}\]\}', shown.split("\n")[3])
    assert "Jane" not in shown


def test_a_line_that_is_cut_off_stays_so_and_the_next_one_is_read_afresh() -> None:
    text = '{"object":"response","choices":[{"delta":{"content":"Jan\n{"object":"response"}\n'

    shown = redacted(text)

    assert shown.split("\n")[1] == text.split("\n")[1]
    assert shown.split("\n")[0][:-3] == text.split("\n")[0][:-3]
    assert shown.split("\n")[0][-3:] != "Jan"


def test_bytes_that_are_no_utf_8_stay_where_they_are() -> None:
    text = b'{"content":"Jane \xff\xfe"}\n'.decode("utf-8", "surrogateescape")

    shown = redacted(text).encode("utf-8", "surrogateescape")

    assert re.fullmatch(rb'\{"content":"[A-Z][a-z]{3} \xff\xfe"\}\n', shown)


def test_escapes_and_white_space_are_written_as_they_were() -> None:
    text = '{ "content" : "caf\\u00e9\\n\\t\\"\\/\\ud83d\\ude00 \\u00E9" , "p":1.50 }\n'

    shown = redacted(text)

    said = r'[a-z]{3}\\u00[c-f][0-9a-f]\\n\\t\\"\\/\\ud83d\\ude00 \\u00[C-F][0-9A-F]'
    assert re.fullmatch(rf'\{{ "content" : "{said}" , "p":\d\.\d\d \}}\n', shown)


@given(st.text(alphabet=st.sampled_from('{}[]:,"\\ \r\n\tdata:event[DONE]\ufeff01'), max_size=120))
def test_whatever_a_file_holds_its_lines_stay_lines_of_the_same_length(text: str) -> None:
    lines = re.compile(r"\r\n|\r|\n")

    shown = redacted(text)

    assert list(map(len, lines.split(shown))) == list(map(len, lines.split(text)))
    assert lines.findall(shown) == lines.findall(text)


def test_no_digit_of_a_comment_stays() -> None:
    shown = redacted(": 078 051 120 user order 555-123-456 tokens 20250305\n\n")
    assert shown.startswith(": ")
    kept = {"078", "051", "120", "555", "123", "456", "20250305"} & set(re.findall(r"\d+", shown))
    assert kept == set()
