"""What the textbooks of chat and completions promise, said once more by example."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import example, given, settings

from stream_audit.model import Message, Response, Varied
from stream_audit.suspects import TEXTBOOKS, fold
from tests import strategies

DIALECTS = ("openai-chat", "openai-completions")


def chat(*payloads: dict[str, Any]) -> Response:
    return fold(TEXTBOOKS["openai-chat"], payloads)


def said(*deltas: dict[str, Any]) -> Message:
    folded = chat(*({"choices": [{"index": 0, "delta": delta}]} for delta in deltas))
    return folded.choices[0].message


def calls(*entries: dict[str, Any]) -> list[tuple[str | None, str | None, str]]:
    message = said(*({"tool_calls": [entry]} for entry in entries))
    return [(call.id, call.name, call.arguments) for call in message.tool_calls]


def parsed(payloads: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Generated values share objects among them; parsed JSON never does."""
    copied: list[dict[str, Any]] = json.loads(json.dumps(payloads))
    return copied


@pytest.mark.parametrize("dialect", DIALECTS)
@given(stream=strategies.wild)
@settings(deadline=None)
def test_a_textbook_never_raises_whatever_the_chunks_are(dialect: str, stream: list[dict[str, Any]]) -> None:
    assert isinstance(fold(TEXTBOOKS[dialect], stream), Response)


@pytest.mark.parametrize("dialect", DIALECTS)
@given(stream=strategies.chat_streams)
@settings(deadline=None)
def test_a_textbook_changes_no_chunk(dialect: str, stream: list[dict[str, Any]]) -> None:
    before = copy.deepcopy(stream)

    fold(TEXTBOOKS[dialect], stream)

    assert stream == before


@given(stream=strategies.chat_streams)
@settings(deadline=None)
def test_asking_for_the_result_changes_nothing(stream: list[dict[str, Any]]) -> None:
    asked = TEXTBOOKS["openai-chat"]()
    for payload in stream:
        asked.add(payload)
        asked.result()

    assert asked.result() == chat(*stream)


@given(stream=strategies.chat_streams)
@settings(deadline=None)
def test_a_chunk_that_says_nothing_changes_nothing(stream: list[dict[str, Any]]) -> None:
    silent: list[dict[str, Any]] = [{"choices": [], "usage": None, "id": None, "obfuscation": "xyz"}]

    assert chat(*silent, *stream, *silent) == chat(*stream)


@given(stream=strategies.wild)
@example(stream=[{"unheard_of": 1}, {"unheard_of": 2}])
@settings(deadline=None)
def test_no_unknown_field_is_lost(stream: list[dict[str, Any]]) -> None:
    sent = [payload["unheard_of"] for payload in parsed(stream) if payload.get("unheard_of") is not None]

    kept = chat(*parsed(stream)).extra.get("unheard_of")

    assert (kept.last if isinstance(kept, Varied) else kept) == (sent[-1] if sent else None)


def test_a_later_null_role_never_erases_the_role() -> None:
    assert said({"role": "assistant"}, {"role": None}, {"role": ""}, {}).role == "assistant"


def test_a_different_later_role_never_replaces_the_first() -> None:
    assert said({"role": "assistant"}, {"role": "tool"}).role == "assistant"


def test_text_that_repeats_itself_is_kept() -> None:
    assert said({"content": "na"}, {"content": " na"}, {"content": " na"}).content == "na na na"


def test_three_growing_texts_are_deltas_and_four_are_snapshots() -> None:
    growing = [{"content": "a"}, {"content": "ab"}, {"content": "abc"}, {"content": "abcd"}]

    assert said(*growing[:3]).content == "aababc"
    assert said(*growing).content == "abcd"


def test_an_emoji_cut_in_two_is_one_character() -> None:
    assert said({"content": "\ud83c"}, {"content": "\udf89"}).content == "🎉"


def test_calls_with_the_same_index_and_different_ids_are_different_calls() -> None:
    assert calls(
        {"index": 0, "id": "a", "function": {"name": "f", "arguments": "{}"}},
        {"index": 0, "id": "b", "function": {"name": "g", "arguments": "[1"}},
        {"index": 0, "function": {"arguments": "]"}},
    ) == [("a", "f", "{}"), ("b", "g", "[1]")]


def test_an_entry_without_index_and_id_belongs_to_the_last_call_touched() -> None:
    assert calls(
        {"id": "a", "function": {"name": "f", "arguments": "["}},
        {"id": "b", "function": {"name": "g"}},
        {"id": "a", "function": {"arguments": "1"}},
        {"function": {"arguments": "]"}},
    ) == [("a", "f", "[1]"), ("b", "g", "")]


@pytest.mark.parametrize(
    ("names", "name"),
    [
        (["get", "get"], "get"),
        (["get", "get_time"], "get_time"),
        (["get_", "time"], "get_time"),
        (["get", "", None], "get"),
    ],
)
def test_a_name_is_resent_extended_or_continued(names: list[str | None], name: str) -> None:
    assert calls(*({"index": 0, "function": {"name": one}} for one in names)) == [(None, name, "")]


def test_usage_takes_the_last_value_of_each_field_and_adds_nothing() -> None:
    usage = chat(
        {
            "usage": {
                "prompt_tokens": 9,
                "completion_tokens": 1,
                "prompt_tokens_details": {"cached_tokens": 4},
            }
        },
        {"usage": {"prompt_tokens": 0, "completion_tokens": 3, "prompt_tokens_details": None}},
    ).usage

    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.cache_read_tokens) == (9, 3, 4)


def test_usage_never_sent_is_unknown_and_not_zero() -> None:
    assert chat({"choices": []}).usage is None


def test_reasoning_outside_the_completion_is_output() -> None:
    counts = {"prompt_tokens": 12, "completion_tokens": 2, "total_tokens": 354}
    usage = chat({"usage": {**counts, "completion_tokens_details": {"reasoning_tokens": 340}}}).usage

    assert usage is not None
    assert (usage.output_tokens, usage.total_tokens) == (342, 354)


def test_reasoning_that_the_total_holds_to_be_inside_is_not_added_however_large() -> None:
    counts = {"prompt_tokens": 43, "completion_tokens": 10, "reasoning_tokens": 11}
    inside, unsaid = chat({"usage": {**counts, "total_tokens": 53}}).usage, chat({"usage": counts}).usage

    assert inside is not None
    assert unsaid is not None
    assert (inside.output_tokens, unsaid.output_tokens) == (10, 21)


def test_a_field_that_changes_keeps_its_first_values_its_last_and_their_number() -> None:
    extra = chat(*({"beat": beat} for beat in [*range(10), 9, 9])).extra

    assert extra == {"beat": Varied(first=tuple(range(8)), last=9, count=10)}
