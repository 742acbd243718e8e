"""Ollama's two endpoints: what is recognised, what a chunk means, and what is noted about odd ones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from stream_audit.dialects.ollama.stream import OLLAMA
from stream_audit.model import Message, Payload, Policies, Response
from tests.dialects.ollama_wire import COUNTS, MODEL, calls, chat, choice, done, fold, generate, rules, said

NESTED: Any = {}
for _ in range(5000):
    NESTED = {"deeper": NESTED}


def test_chunks_of_both_endpoints_are_recognised() -> None:
    clockless, modelless = dict(chat("a")), dict(generate("a"))
    del clockless["created_at"], modelless["model"]

    assert all(OLLAMA.recognises(one) for one in (chat("a"), generate("a"), done(), clockless, modelless))


@pytest.mark.parametrize(
    "stranger",
    [
        {"error": "no memory"},
        {**MODEL, "done": False},
        {**MODEL, "message": "a", "done": False},
        {**MODEL, "message": {"content": "a"}},
        {**MODEL, "message": {"content": "a"}, "done": "false"},
        {**MODEL, "response": {"text": "a"}, "done": False},
        {"message": {"content": "a"}, "done": True},
        {"response": "a", "done": True},
        {"model": 1, "response": "a", "done": True},
        {"model": "m", "object": "chat.completion.chunk", "choices": [{"message": {}}]},
        {},
    ],
)
def test_what_could_be_somebody_else_s_is_not(stranger: Payload) -> None:
    assert not OLLAMA.recognises(stranger)


def test_an_answer_ends_where_it_is_done_and_whatever_follows_starts_another() -> None:
    stream = [chat("a"), chat("b"), done()]

    assert [OLLAMA.ends(one) for one in stream] == [False, False, True]
    assert all(OLLAMA.starts(one) for one in stream)
    assert not OLLAMA.starts({"error": "no memory"})
    assert {OLLAMA.identity(one) for one in stream} == {None}


@pytest.mark.parametrize(("begin", "found"), [(0, 3), (1, 3), (3, 3), (4, 6), (6, 6)])
def test_the_next_answer_begins_behind_the_chunk_that_is_done(begin: int, found: int) -> None:
    stream: list[Payload | str] = [chat("a"), "b", done(), chat("c"), "d", done()]

    assert OLLAMA.next_break(stream, begin, None) == found


def test_an_echo_is_a_chunk_that_does_nothing_but_append() -> None:
    assert OLLAMA.echo(chat("a")) == "a"
    assert OLLAMA.echo(chat("", thinking="b")) == "b"
    assert OLLAMA.echo(generate("c")) == "c"
    assert OLLAMA.echo(generate("", thinking="d")) == "d"
    others: list[Payload] = [
        chat(""),
        chat("a", thinking="b"),
        chat("a", tool_calls=[]),
        chat("a", role=None),
        chat(["a"]),
        done(),
        {**chat("a"), "done": True},
        {**chat("a"), "model": None},
        {**chat("a"), "created_at": 1},
        {**chat("a"), "eval_count": 1},
        {**chat("a"), "response": "b"},
        {**chat("a"), "message": "b"},
        generate("a", context=[1]),
        generate("a", thinking="b"),
        {},
    ]
    assert [OLLAMA.echo(one) for one in others] == [None] * len(others)


def test_a_chat_is_folded_whole() -> None:
    stream = [
        chat("", thinking="Let "),
        chat("", thinking="me see."),
        chat("Hel"),
        chat("lo"),
        done(total_duration=7, **COUNTS),
    ]
    folded = fold(stream)

    assert (folded.complete, folded.notes) == (True, ())
    response = folded.response
    assert (response.id, response.model, response.created, response.error) == (None, "qwen3", None, None)
    assert response.extra == {"created_at": MODEL["created_at"], "total_duration": 7}
    assert response.choices[0].finish_reason == "stop"
    assert response.choices[0].message == Message(role="assistant", content="Hello", reasoning="Let me see.")
    usage = response.usage
    assert usage is not None
    assert (usage.input_tokens, usage.output_tokens, usage.raw) == (26, 3, COUNTS)


def test_a_generated_answer_is_folded_whole() -> None:
    stream = [
        generate("", thinking="Hm."),
        generate("Hel"),
        generate("lo"),
        {**generate(), "done": True, "done_reason": "length", "context": [1, 2], "eval_count": 9},
    ]
    folded = fold(stream)

    assert (folded.complete, folded.notes) == (True, ())
    assert folded.response.choices[0].message == Message(role="assistant", content="Hello", reasoning="Hm.")
    assert folded.response.choices[0].finish_reason == "length"
    assert folded.response.extra == {"created_at": MODEL["created_at"], "context": [1, 2]}


def test_an_empty_text_is_a_text_and_none_is_none() -> None:
    assert said(calls()).content == ""
    assert said(chat(None)).content is None
    assert (said(generate("a")).reasoning, said(generate("a", thinking="")).reasoning) == (None, "")


def test_a_chunk_with_both_texts_adds_to_both_and_the_message_comes_first() -> None:
    both = said(chat("a", thinking="t"), chat("b", thinking="u"))
    places = said({**chat("a", thinking="t"), "response": "b", "thinking": "u"})

    assert (both.content, both.reasoning) == (places.content, places.reasoning) == ("ab", "tu")


def test_the_role_is_one_however_often_it_comes_and_the_model_s_where_none_comes() -> None:
    assert said(chat("a"), chat("b")).role == said(generate("a")).role == "assistant"
    assert said(chat("a", role="tool")).role == "tool"
    assert rules(chat("b", role="tool")) == ["role-changes-mid-stream"]


def test_another_model_is_noted_and_the_policy_says_which_one_counts() -> None:
    stream = [chat("a"), {**chat("b"), "model": "llama3.2"}, done()]
    last = replace(Policies(), identity="last")

    assert rules({**chat("b"), "model": "llama3.2"}) == ["model-changes"]
    assert fold(stream).response.model == "qwen3"
    assert fold(stream[:2], last).response.model == "llama3.2"


def test_the_first_clock_that_says_anything_is_when_the_answer_began() -> None:
    clocks = ["", "2026-03-01T08:00:01Z", "2026-03-01T08:00:02Z"]

    found = fold([{**chat("a"), "created_at": clock} for clock in clocks]).response
    assert found.extra == {"created_at": clocks[1]}
    assert found.created is None


def test_the_first_reason_counts_and_odd_ones_are_noted() -> None:
    load = {**chat(), "done_reason": "load"}

    assert choice(load, done("stop")).finish_reason == "load"
    assert rules(load) == ["finish-emitted-twice"]
    assert rules({**chat(), "done_reason": ""}) == ["finish-empty-string"]


def test_an_old_server_that_gives_no_reason_has_said_that_it_is_done() -> None:
    folded = fold([chat("a"), done(None)])

    assert folded.complete
    assert [note.rule for note in folded.notes] == ["finish-missing"]


def test_a_stream_that_is_never_done_is_cut_off() -> None:
    folded = fold([chat("a")])

    assert not folded.complete
    assert [note.rule for note in folded.notes] == ["finish-missing", "truncation-undetected"]


@pytest.mark.parametrize("error", ["no memory", {"message": "no memory"}])
def test_an_error_ends_the_answer_and_what_came_before_it_is_kept(error: Any) -> None:
    folded = fold([chat("a"), {"error": error}])

    assert not folded.complete
    assert folded.response.error == {"message": "no memory"}
    assert folded.response.choices[0].message.content == "a"
    assert folded.notes[0].rule == "error-event-ignored"
    assert not fold([chat("a"), {"error": error}, done()]).complete


def test_the_first_error_counts() -> None:
    assert fold([{"error": "one"}, {"error": "two"}]).response.error == {"message": "one"}


def test_chunks_behind_the_end_are_folded_and_noted() -> None:
    folded = fold([chat("a"), done(), chat("b"), "c"])

    assert folded.response.choices[0].message.content == "abc"
    assert [(note.rule, note.index) for note in folded.notes] == [
        ("events-out-of-order", 2),
        ("events-out-of-order", 3),
    ]


def test_log_probabilities_of_all_chunks_are_one_list() -> None:
    entries = [{"token": token, "logprob": -0.5} for token in "abc"]
    stream = [{**chat("a"), "logprobs": entries[:1]}, chat("b"), {**chat("c"), "logprobs": entries[1:]}]

    assert choice(*stream).logprobs == {"content": entries}
    assert choice(chat("a")).logprobs is None


def test_fields_that_nobody_knows_are_kept_where_they_stood() -> None:
    found = fold([{**chat("a", images=["i"]), "remote_model": "big"}, done(load_duration=4)]).response

    assert found.extra == {"remote_model": "big", "load_duration": 4, "created_at": MODEL["created_at"]}
    assert found.choices[0].message.extra == {"images": ["i"]}


WRONG = [
    ({"model": 1}, {"model": 1}),
    ({"created_at": 2}, {"created_at": 2}),
    ({"message": "m"}, {"message": "m"}),
    ({"response": 3}, {"response": 3}),
    ({"thinking": [4]}, {"thinking": [4]}),
    ({"tool_calls": {}}, {"tool_calls": {}}),
    ({"tool_calls": ["c"]}, {"tool_calls": "c"}),
    ({"done": "no"}, {"done": "no"}),
    ({"done_reason": 5}, {"done_reason": 5}),
    ({"logprobs": {}}, {"logprobs": {}}),
    ({"logprobs": [6]}, {"logprobs": 6}),
    ({"error": 7}, {"error": 7}),
]


@pytest.mark.parametrize(("odd", "kept"), WRONG)
def test_a_known_field_of_a_wrong_type_is_noted_and_kept(odd: Payload, kept: Payload) -> None:
    assert rules(odd) == ["unknown-event"]
    assert fold([odd]).response == replace(fold([]).response, extra=kept)


@pytest.mark.parametrize("odd", ["text", 1, True, [], None])
def test_a_message_of_a_wrong_type_is_no_text_wherever_it_stands(odd: Any) -> None:
    stream = [chat("a"), {**chat("b"), "message": odd}, chat("c"), done()]
    found = fold(stream)
    assert found.response.choices[0].message.content == "ac"
    assert found.response.extra.get("message") == odd


@pytest.mark.parametrize(
    "odd", [{"role": 1}, {"content": [2]}, {"thinking": 3}, {"tool_calls": 4}, {"tool_calls": [5]}]
)
def test_a_field_of_the_message_of_a_wrong_type_is_too(odd: Payload) -> None:
    value = next(iter(odd.values()))

    assert said({"message": odd}).extra == {next(iter(odd)): 5 if value == [5] else value}
    assert rules({"message": odd}) == ["unknown-event"]


@pytest.mark.parametrize("chunk", [{}, {"novelty": 1}, {"message": None, "done": None, "load_duration": 1}])
def test_a_chunk_in_which_nothing_is_known_is_noted(chunk: Payload) -> None:
    assert rules(chunk) == ["unknown-event"]


def test_a_chunk_that_nests_too_deeply_takes_nothing_else_along() -> None:
    deep = {**chat("b"), "novelty": NESTED}

    assert said(chat("a"), deep, chat("c"), done()).content == "abc"


def test_a_stream_of_nothing_is_a_response_of_nothing() -> None:
    folded = fold([])

    assert folded.response == Response(choices=(choice(),))
    assert choice().message == Message(role="assistant")
    assert not folded.complete
