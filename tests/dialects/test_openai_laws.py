"""Laws of the chat fold: what may be done to a stream without changing what it says."""

from __future__ import annotations

import copy
import dataclasses
import itertools
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects.openai.chat import OPENAI_CHAT
from stream_audit.dialects.openai.completions import OPENAI_COMPLETIONS
from stream_audit.dialects.text import FULL
from stream_audit.model import Folded, Message, Payload, Policies, Response
from tests.dialects.openai_wire import (
    call,
    calls,
    choice,
    chunk,
    completion,
    delta,
    ends,
    fold,
    message,
    reports,
    response,
    says,
)  # fmt: skip

KEYS = [
    "id",
    "object",
    "created",
    "model",
    "choices",
    "usage",
    "error",
    "x_groq",
    "index",
    "delta",
    "finish_reason",
    "logprobs",
    "message",
    "text",
    "role",
    "content",
    "reasoning",
    "reasoning_content",
    "refusal",
    "tool_calls",
    "function_call",
    "audio",
    "annotations",
    "reasoning_details",
    "type",
    "function",
    "name",
    "arguments",
    "prompt_tokens",
    "completion_tokens_details",
    "reasoning_tokens",
    "data",
    "thinking",
    "obfuscation",
    "p",
    "other",
]
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-1, 3),
    st.just(1.5),
    st.sampled_from(["", "a", "ab", "{}", "text", "\ud83d"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.dictionaries(st.sampled_from(KEYS), VALUES, max_size=6)
DELTAS = st.one_of(
    st.fixed_dictionaries({"content": st.sampled_from(["", "a", "ab", "abc", "x"])}),
    st.fixed_dictionaries({"content": st.just("a"), "role": st.sampled_from([None, "assistant", "user"])}),
    st.fixed_dictionaries({"reasoning": st.sampled_from(["r", "s"]), "zone": st.sampled_from([1, 2])}),
    st.builds(
        lambda index, text: {"tool_calls": [call(index, arguments=text)]},
        st.integers(0, 1),
        st.sampled_from(["{", "}", '{"a":1}']),
    ),
    st.just({"content": [{"type": "text", "text": "t"}, {"type": "image"}]}),
    OBJECTS,
)
CHUNKS = st.one_of(
    st.builds(lambda inner: chunk(choice(inner)), DELTAS),
    st.builds(lambda inner, index: chunk(choice(inner, index=index)), DELTAS, st.integers(0, 2)),
    st.builds(lambda inner: chunk(choice(inner), usage={"completion_tokens": 1}, created=2), DELTAS),
    st.builds(lambda inner, filler: chunk(choice(inner), obfuscation=filler), DELTAS, st.text(max_size=2)),
    st.sampled_from(
        [ends(), ends("tool_calls"), chunk(), reports(prompt_tokens=1), chunk(error={"message": "m"})]
    ),
    OBJECTS,
    st.fixed_dictionaries(
        {"choices": st.lists(st.fixed_dictionaries({"delta": OBJECTS}) | VALUES, max_size=2)}
    ),
)
STREAMS = st.lists(st.tuples(CHUNKS, st.integers(1, 3)), max_size=8).map(
    lambda runs: [copy.deepcopy(item) for item, times in runs for _ in range(times)]
)


def parts(text: str, cuts: list[int]) -> list[str]:
    edges = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})
    return [text[begin:end] for begin, end in itertools.pairwise(edges)]


@given(text=st.text(), cuts=st.lists(st.integers(0, 40)), empty=st.booleans())
def test_splitting_content_anywhere_changes_nothing(text: str, cuts: list[int], empty: bool) -> None:
    opening = [says("")] if empty or not text else []
    pieces = [says(part) for part in parts(text, cuts)]
    repeats = len(pieces) >= 4 and all(text.startswith(part) for part in parts(text, cuts))
    if not repeats:  # four pieces that each repeat the last are taken for repetitions, as documented
        assert message(*opening, *pieces) == Message(role="assistant", content=text)


@given(
    stream=st.lists(st.builds(says, st.sampled_from("abcd")), max_size=6),
    positions=st.lists(st.integers(0, 6)),
)
def test_keep_alive_chunks_change_nothing(stream: list[Payload], positions: list[int]) -> None:
    lively = [*stream]
    for position in positions:
        lively.insert(position, chunk())

    assert response(*lively, chunk()) == response(*stream, chunk())


@given(stream=STREAMS, cuts=st.lists(st.integers(0, 24), max_size=6))
def test_any_partition_into_batches_folds_to_the_same(stream: list[Payload], cuts: list[int]) -> None:
    assert fold(stream, cuts=cuts) == fold(stream)


@given(stream=STREAMS, where=st.integers(0, 24))
def test_a_response_so_far_is_the_response_of_the_prefix(stream: list[Payload], where: int) -> None:
    running = OPENAI_CHAT.fold(Policies())
    running.add(copy.deepcopy(stream[:where]))

    assert running.response() == fold(stream[:where]).response


@given(stream=STREAMS, value=st.sampled_from([1, "x", ["y"], {"z": 1}]))
def test_an_unknown_field_changes_only_extra(stream: list[Payload], value: Any) -> None:
    stream = [item for item in stream if isinstance(item.get("choices"), list)]
    marked = copy.deepcopy(stream)
    for item in marked:
        item["mark"] = value
        for entry in item["choices"]:
            if isinstance(entry, dict):
                entry["mark"] = value
                if isinstance(entry.get("delta"), dict):
                    entry["delta"]["mark"] = value

    assert without_mark(fold(marked)) == without_mark(fold(stream))
    if stream:
        assert fold(marked).response.extra["mark"] == value


def without_mark(folded: Folded) -> Response:
    def clean(extra: Any) -> dict[str, Any]:
        return {key: value for key, value in extra.items() if key != "mark"}

    found = folded.response
    cleaned = tuple(
        dataclasses.replace(
            one,
            extra=clean(one.extra),
            message=dataclasses.replace(one.message, extra=clean(one.message.extra)),
        )
        for one in found.choices
    )
    return dataclasses.replace(found, extra=clean(found.extra), choices=cleaned)


@given(order=st.lists(st.tuples(st.integers(0, 2), st.sampled_from("abc")), min_size=1, max_size=12))
@example(order=[(1, "a"), (0, "b"), (1, "c")])
def test_interleaved_choices_never_mix(order: list[tuple[int, str]]) -> None:
    found = response(*(chunk(choice({"content": text}, index=index)) for index, text in order))

    assert {one.index: one.message.content for one in found.choices} == {
        index: "".join(text for other, text in order if other == index) for index, _ in order
    }
    assert [one.index for one in found.choices] == sorted({index for index, _ in order})


ECHOED = st.sampled_from(
    [
        (lambda text: says(text)),
        (lambda text: delta(content=text, role="assistant", refusal=None)),
        (lambda text: delta(content=None, reasoning_content=text)),
        (lambda text: delta(reasoning=text, channel="analysis")),
        (lambda text: chunk(choice({"content": text}, index=1, filter={"hate": 0}), provider="P")),
        (lambda text: calls(call(0, arguments=text))),
        (lambda text: calls(call(1, None, arguments=text, type="function"))),
        (lambda text: delta(role="user", content=text)),
    ]
)


@given(
    before=STREAMS,
    runs=st.lists(st.tuples(ECHOED, st.lists(st.text(min_size=1), min_size=1, max_size=5)), max_size=4),
    after=STREAMS,
)
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_echoes_equal_the_whole_payloads(
    before: list[Payload], runs: list[Any], after: list[Payload]
) -> None:
    whole: list[Payload | str] = [*before]
    short: list[Payload | str] = [*before]
    for make, texts in runs:
        assert OPENAI_CHAT.echo(make(texts[0])) == texts[0]
        whole += [make(text) for text in texts]
        short += [make(texts[0]), *texts[1:]]

    assert fold([*short, *after]) == fold([*whole, *after])


@given(stream=STREAMS, texts=st.lists(st.text(min_size=1), min_size=1, max_size=3))
def test_whatever_echo_accepts_may_be_echoed(stream: list[Payload], texts: list[str]) -> None:
    for item in stream:
        first = OPENAI_CHAT.echo(item)
        if first is None:
            continue
        whole = [item, *(put(item, text) for text in texts)]

        assert all(OPENAI_CHAT.echo(again) == text for again, text in zip(whole[1:], texts, strict=True))
        assert fold([*stream, item, *texts]) == fold([*stream, *whole])


def put(payload: Payload, text: str) -> Payload:
    """The payload again with another text in the place where its text is."""
    again = copy.deepcopy(payload)
    inner = again["choices"][0]["delta"]
    for key in ("content", "reasoning_content", "reasoning", "reasoning_text"):
        if inner.get(key) is not None:
            inner[key] = text
            return again
    inner["tool_calls"][0]["function"]["arguments"] = text
    return again


@pytest.mark.parametrize(
    "payload",
    [
        ends(),
        says(""),
        says(None),
        chunk(),
        {"error": {"message": "m"}},
        chunk(choice({"content": "a"}, finish_reason="stop")),
        chunk(choice({"content": "a"}, logprobs={"content": []})),
        chunk(choice({"content": "a"}, index=None)),
        chunk(choice({"content": "a"}, usage={"total_tokens": 1})),
        chunk(choice({"content": "a"}), choice({"content": "a"}, index=1)),
        says("a", usage={"total_tokens": 1}),
        says("a", error="e"),
        says("a", x_groq={"id": "r"}),
        says("a", id=5),
        delta(content="a", reasoning="b"),
        delta(content="a", refusal=""),
        delta(content="a", reasoning_details=[]),
        delta(content="a", role=5),
        calls(call(0, "a", arguments="{")),
        calls(call(0, name="f", arguments="{")),
        calls(call(arguments="{")),
        calls(call(0, arguments="{"), call(1, arguments="{")),
        calls(call(0, arguments="{", extra=1)),
    ],
)
def test_a_chunk_that_says_anything_but_text_is_never_echoed(payload: Payload) -> None:
    assert OPENAI_CHAT.echo(payload) is None


@given(stream=st.lists(st.one_of(OBJECTS, CHUNKS), max_size=6), done=st.booleans())
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_no_json_object_makes_a_fold_raise(stream: list[Payload], done: bool) -> None:
    for dialect in (OPENAI_CHAT, OPENAI_COMPLETIONS):
        for item in stream:
            dialect.recognises(item), dialect.identity(item), dialect.starts(item), dialect.ends(item)
            dialect.echo(item)
        dialect.next_break(stream, 0, "a")
        running = dialect.fold(Policies())
        for item in copy.deepcopy(stream):
            running.add([item])
            running.response()
        running.finish(done=done)


def test_nesting_without_end_is_noted_and_the_fold_goes_on() -> None:
    deep: Any = {}
    for _ in range(5000):
        deep = {"a": deep}
    running = OPENAI_CHAT.fold(Policies())
    running.add([says("x"), says("y", usage=deep)])
    running.add([calls(call(0, "a", "f", deep)), delta(annotations=[deep])])
    running.add([says("z")])

    assert running.finish(done=True).response.choices[0].message.content == "xyz"


@pytest.mark.parametrize("echo", [True, False])
def test_a_long_stream_is_held_in_few_pieces(echo: bool) -> None:
    running = OPENAI_CHAT.fold(Policies())
    for _ in range(60):
        items: list[Payload | str] = [says("ab") for _ in range(500)]
        running.add([items[0], *["ab"] * 499] if echo else items)

    state = running._choices[0]
    assert len(state.content.parts) < 10 * FULL
    assert running.response().choices[0].message.content == "ab" * 30_000


def test_completions_take_echoes_too() -> None:
    stream = [completion("a"), completion("b"), completion("c")]

    assert OPENAI_COMPLETIONS.echo(stream[0]) == "a"
    assert fold([stream[0], "b", "c"], legacy=True) == fold(stream, legacy=True)
