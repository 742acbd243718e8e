"""Laws of the textbook fold of Anthropic messages."""

from __future__ import annotations

import copy

from hypothesis import example, given
from hypothesis import strategies as st

from stream_audit.model import Payload, Response, Usage
from stream_audit.suspects import fold
from stream_audit.suspects.anthropic.textbook import TextbookAnthropic
from tests.strategies_anthropic import json_objects, messages, tidy_messages
from tests.suspects.anthropic_fixtures import fixtures


def folded(events: list[Payload]) -> Response:
    return fold(TextbookAnthropic, events)


def message_start(**fields: object) -> Payload:
    return {"type": "message_start", "message": {"id": "msg_1", "type": "message", **fields}}


def delta(index: int, kind: str, **fields: object) -> Payload:
    return {"type": "content_block_delta", "index": index, "delta": {"type": kind, **fields}}


def block(index: int, **fields: object) -> Payload:
    return {"type": "content_block_start", "index": index, "content_block": fields}


def usage(**counts: object) -> Payload:
    return {"type": "message_delta", "delta": {}, "usage": counts}


@given(events=st.lists(json_objects(), max_size=8))
@example(events=[{"type": ["message_start"]}])
@example(events=[{"type": "content_block_delta", "index": [0], "delta": {"type": {}}}])
@example(events=[{"type": "message_start", "message": {"content": [None, "x", {"type": []}]}}])
def test_it_never_raises_whatever_json_comes(events: list[Payload]) -> None:
    folded(events)


@given(events=messages())
def test_it_never_changes_what_it_is_given(events: list[Payload]) -> None:
    before = copy.deepcopy(events)

    folded(events)

    assert events == before


@given(events=messages())
def test_asking_for_the_result_on_the_way_changes_nothing(events: list[Payload]) -> None:
    running = TextbookAnthropic()
    for event in events:
        running.add(event)
        running.result()

    assert running.result() == folded(events)


@given(events=tidy_messages(), data=st.data())
def test_a_ping_anywhere_changes_nothing(events: list[Payload], data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(events)))

    assert folded([*events[:place], {"type": "ping"}, *events[place:]]) == folded(events)


@given(pieces=st.lists(st.text(max_size=3), min_size=1))
@example(pieces=["\ud83d", "\ude42"])
@example(pieces=["na ", "na ", "\n"])
def test_the_text_is_the_deltas_joined_however_it_was_cut(pieces: list[str]) -> None:
    events = [message_start(), block(0, type="text", text="")]
    events += [delta(0, "text_delta", text=piece) for piece in pieces]

    whole = "".join(pieces).encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    assert folded(events).choices[0].message.content == whole


@given(order=st.permutations([0, 0, 1, 1, 2, 2]))
def test_blocks_keep_their_own_input_in_any_order_of_deltas(order: list[int]) -> None:
    events = [message_start()]
    events += [block(i, type="tool_use", id=f"toolu_{i}", name="dim", input={}) for i in range(3)]
    left = {i: [f'{{"n": {i}', "}"] for i in range(3)}
    events += [delta(i, "input_json_delta", partial_json=left[i].pop(0)) for i in order]

    calls = folded(events).choices[0].message.tool_calls
    assert [call.arguments for call in calls] == ['{"n": 0}', '{"n": 1}', '{"n": 2}']


@given(first=st.integers(1, 99), last=st.integers(1, 99))
def test_a_later_count_replaces_the_one_before_and_is_never_added(first: int, last: int) -> None:
    events = [message_start(usage={"output_tokens": first}), usage(output_tokens=last)]

    assert folded(events).usage == Usage(output_tokens=last, raw={"output_tokens": last})


def test_null_and_zero_never_erase_a_count() -> None:
    events = [
        message_start(usage={"input_tokens": 12, "output_tokens": 5}),
        usage(input_tokens=None, output_tokens=None),
        usage(input_tokens=0),
        {"type": "ping", "usage": {"input_tokens": 0, "output_tokens": 0}},
    ]

    response = folded(events)

    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (12, 5)


def test_the_output_of_a_delta_may_be_zero_and_its_filler_erases_nothing() -> None:
    events = [
        message_start(usage={"input_tokens": 12, "cache_read_input_tokens": 40, "output_tokens": 5}),
        usage(input_tokens=0, cache_read_input_tokens=0, output_tokens=0),
    ]

    response = folded(events)

    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (52, 0)


def test_a_delta_with_input_restates_the_request_zeros_and_all() -> None:
    lifetimes = {"ephemeral_5m_input_tokens": 40}
    events = [
        message_start(usage={"input_tokens": 12, "cache_read_input_tokens": 40, "cache_creation": lifetimes}),
        usage(input_tokens=30, cache_read_input_tokens=0, cache_creation={"ephemeral_5m_input_tokens": 0}),
    ]

    response = folded(events)

    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.cache_read_tokens) == (30, 0)
    assert response.usage.raw is not None
    assert response.usage.raw["cache_creation"] == {"ephemeral_5m_input_tokens": 0}


def test_the_cache_stands_beside_input_tokens_and_belongs_to_the_input() -> None:
    counts = {"input_tokens": 3, "cache_read_input_tokens": 40, "cache_creation_input_tokens": 500}

    response = folded([message_start(usage=counts)])

    assert response.usage is not None
    assert response.usage.input_tokens == 543


def test_a_stream_without_usage_has_none_and_not_zero() -> None:
    assert folded([message_start(), {"type": "message_stop"}]).usage is None


def test_an_input_that_is_cut_off_stays_as_it_was_sent() -> None:
    events = [
        message_start(),
        block(0, type="tool_use", id="toolu_1", name="rm", input={}),
        delta(0, "input_json_delta", partial_json='{"path": "/ho'),
    ]

    message = folded(events).choices[0].message

    assert message.tool_calls[0].arguments == '{"path": "/ho'
    assert message.parts[0]["input"] == '{"path": "/ho'


def test_an_input_spelt_nan_is_no_json() -> None:
    events = [
        message_start(),
        block(0, type="tool_use", id="toolu_1", name="plot", input={}),
        delta(0, "input_json_delta", partial_json='{"y": NaN}'),
    ]

    assert folded(events).choices[0].message.parts[0]["input"] == '{"y": NaN}'


def test_a_repeated_start_keeps_the_content_and_folds_its_usage() -> None:
    events = [
        message_start(usage={"input_tokens": 3}),
        block(0, type="text", text="Hi"),
        message_start(usage={"input_tokens": 4}, content=[{"type": "text", "text": "again"}]),
    ]

    response = folded(events)

    assert response.choices[0].message.content == "Hi"
    assert response.usage == Usage(input_tokens=4, raw={"input_tokens": 4})


def test_two_blocks_under_one_index_are_two_blocks() -> None:
    events = [message_start(), block(0, type="text", text="one "), block(0, type="text", text="two")]

    assert folded(events).choices[0].message.content == "one two"


def test_the_tools_of_the_provider_are_parts_and_no_calls() -> None:
    message = folded(fixtures()["web-search-with-citations"]).choices[0].message

    assert message.tool_calls == ()
    assert [part["type"] for part in message.parts] == [
        "text",
        "server_tool_use",
        "web_search_tool_result",
        "text",
        "text",
        "text",
    ]
    assert (
        message.content
        == "I'll check the opening hours.The museum is open from ten to six, Mondays included."
    )
    assert [citation["title"] for citation in message.annotations] == ["Hours"]


def test_thinking_text_and_tool_of_one_message_each_go_to_their_place() -> None:
    response = folded(fixtures()["thinking-then-tool"])
    message = response.choices[0].message

    assert message.reasoning == "The user wants the weather. I need the tool."
    assert message.content == "Let me look."
    assert [(call.id, call.name, call.arguments) for call in message.tool_calls] == [
        ("toolu_weather_1", "get_weather", '{"city": "Paris"}')
    ]
    assert message.parts[0]["signature"] == "c2lnbmVk"
    assert response.choices[0].finish_reason == "tool_use"
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (2460, 58)
