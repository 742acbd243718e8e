"""Laws of the comparison."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.accepted.changes import field_of
from stream_audit.compare import compare, expand_fields, same_arguments, uncovered
from stream_audit.errors import UnknownName
from stream_audit.model import FIELDS, Choice, Message, Response, ToolCall, Usage, Varied

ALL = frozenset(FIELDS)


def answer(*, usage: Usage | None = None, finish_reason: str | None = "stop", **message: Any) -> Response:
    said = Message(**{"role": "assistant", "content": "Hello", **message})
    return Response(id="r1", choices=(Choice(message=said, finish_reason=finish_reason),), usage=usage)


def paths(reference: Response, got: Response, fields: frozenset[str] = ALL) -> list[tuple[str, str]]:
    return [(difference.kind, difference.path) for difference in compare(reference, got, fields)]


texts = st.none() | st.text(max_size=5)
extras = st.dictionaries(st.sampled_from(["x", "y"]), st.none() | st.integers(0, 2), max_size=2)
calls = st.builds(
    ToolCall,
    id=st.sampled_from(["a", "b", None]),
    name=texts,
    arguments=st.text(max_size=4),
    extra=extras,
)
responses = st.builds(
    Response,
    id=texts,
    choices=st.lists(
        st.builds(
            Choice,
            index=st.integers(0, 3),
            message=st.builds(
                Message,
                role=texts,
                content=texts,
                tool_calls=st.lists(calls, max_size=3).map(tuple),
                extra=extras,
            ),
            finish_reason=texts,
            extra=extras,
        ),
        max_size=3,
        unique_by=lambda choice: choice.index,
    ).map(tuple),
    usage=st.none() | st.builds(Usage, input_tokens=st.none() | st.integers(0, 9)),
)


@given(responses)
def test_a_response_never_differs_from_itself(response: Response) -> None:
    assert compare(response, response, ALL) == []


@given(responses, responses)
def test_swapping_the_sides_swaps_missing_and_extra(one: Response, other: Response) -> None:
    swapped = {"missing": "extra", "extra": "missing", "changed": "changed"}

    there = {(swapped[kind], path) for kind, path in paths(one, other) if "tool_calls" not in path}
    back = {(kind, path) for kind, path in paths(other, one) if "tool_calls" not in path}

    assert there == back


@given(responses, responses)
def test_each_path_is_reported_once(one: Response, other: Response) -> None:
    found = [path for _, path in paths(one, other)]

    assert len(found) == len(set(found))


@given(responses, responses, st.sets(st.sampled_from(FIELDS)))
def test_only_the_fields_asked_for_are_compared(one: Response, other: Response, fields: set[str]) -> None:
    assert {difference.field for difference in compare(one, other, frozenset(fields))} <= fields


def test_a_lost_role_is_missing_at_its_path() -> None:
    assert paths(answer(), answer(role=None)) == [("missing", "choices[0].message.role")]


@pytest.mark.parametrize("field", ["content", "reasoning", "refusal"])
def test_no_text_and_empty_text_are_the_same_answer(field: str) -> None:
    nothing, empty = answer(**{field: None}), answer(**{field: ""})  # type: ignore[arg-type]

    assert paths(nothing, empty) == []


@pytest.mark.parametrize(
    ("field", "nothing"), [("id", ""), ("model", ""), ("created", 0), ("system_fingerprint", "")]
)
def test_a_name_that_was_never_given_may_be_empty_or_absent(field: str, nothing: object) -> None:
    reference = replace(answer(), **{field: None})  # type: ignore[arg-type]

    assert paths(reference, replace(reference, **{field: nothing})) == []  # type: ignore[arg-type]


def test_log_probabilities_that_say_nothing_are_none() -> None:
    empty = replace(answer().choices[0], logprobs={"content": None, "refusal": None})

    assert paths(answer(), replace(answer(), choices=(empty,))) == []


def test_none_is_not_zero_in_a_count() -> None:
    reference, got = Usage(cache_read_tokens=None), Usage(cache_read_tokens=0)

    assert paths(answer(usage=reference), answer(usage=got)) == [("extra", "usage.cache_read_tokens")]


def test_a_total_that_was_never_sent_may_be_added_up() -> None:
    reference = Usage(input_tokens=3, output_tokens=4)

    assert paths(answer(usage=reference), answer(usage=replace(reference, total_tokens=7))) == []
    assert paths(answer(usage=reference), answer(usage=replace(reference, total_tokens=8))) != []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("", "{}", True),
        ('{"a": 1}', '{"a":1}', True),
        ('{"a":1}', '{"a":2}', False),
        ('{"a":1', '{"a":1}', False),
        ('{"a":1,"b":2}', '{"b":2,"a":1}', True),
        ('{"a":1}', '{"a":true}', False),
        ('{"a":2}', '{"a":2.0}', False),
        ('{"a":7,"a":1}', '{"a":1}', False),
        ("[" * 100_000, "[" * 99_999, False),
    ],
)
def test_arguments_are_the_same_when_they_make_the_same_call(one: str, other: str, same: bool) -> None:
    assert same_arguments(one, other) is same


def test_tool_calls_in_another_order_are_paired_by_id() -> None:
    paris, rome = ToolCall(id="1", name="paris"), ToolCall(id="2", name="rome")

    assert paths(answer(tool_calls=(paris, rome)), answer(tool_calls=(rome, paris))) == []


def test_a_lost_call_is_named_and_the_others_are_not_blamed() -> None:
    paris, rome = ToolCall(id="1", name="paris"), ToolCall(id="2", name="rome")

    assert paths(answer(tool_calls=(paris, rome)), answer(tool_calls=(rome,))) == [
        ("missing", "choices[0].message.tool_calls[0]")
    ]


def test_a_call_that_says_nothing_is_no_call() -> None:
    assert paths(answer(), answer(tool_calls=(ToolCall(name="", arguments=""),))) == []


def test_a_field_that_nobody_knows_must_survive_on_a_tool_call() -> None:
    signed = answer(tool_calls=(ToolCall(id="1", name="paris", extra={"extra_content": {"signature": "s"}}),))
    bare = answer(tool_calls=(ToolCall(id="1", name="paris"),))

    lost = [("missing", "choices[0].message.tool_calls[0].extra.extra_content")]
    assert paths(signed, bare) == paths(signed, bare, frozenset({"tool_calls.extra"})) == lost
    assert paths(signed, bare, ALL - {"tool_calls.extra"}) == []
    assert uncovered(signed, ALL - {"tool_calls.extra"}, ALL) == ("tool_calls.extra",)


def test_a_field_that_a_candidate_adds_to_a_tool_call_is_its_own_affair_but_not_between_equals() -> None:
    bare = answer(tool_calls=(ToolCall(id="1", name="paris"),))
    done = answer(tool_calls=(ToolCall(id="1", name="paris", extra={"done": True}),))
    path = "choices[0].message.tool_calls[0].extra.done"

    assert paths(bare, done) == []
    for sides, kind in (((bare, done), "extra"), ((done, bare), "missing")):
        (found,) = compare(*sides, ALL, both_ways=True)
        assert (found.kind, found.path) == (kind, path)


def test_all_of_a_call_stands_in_its_block_where_there_are_blocks() -> None:
    block = {"type": "tool_use", "id": "1", "name": "paris", "caller": {"type": "direct"}}
    called = ToolCall(id="1", name="paris", extra={"caller": {"type": "direct"}})
    bare = ToolCall(id="1", name="paris")

    whole = answer(tool_calls=(called,), parts=(block,))
    assert paths(whole, answer(tool_calls=(bare,), parts=(block,))) == []
    assert "tool_calls.extra" not in uncovered(whole, frozenset({"parts"}), ALL)
    assert "tool_calls.extra" in uncovered(whole, ALL - {"parts"}, ALL)
    assert uncovered(whole, ALL, frozenset({"tool_calls.extra"})) == ("tool_calls.extra",)


def test_a_call_beside_blocks_of_text_is_compared_whole() -> None:
    block = {"type": "text", "text": "Hello"}
    signed = answer(tool_calls=(ToolCall(id="1", name="f", extra={"signature": "s"}),), parts=(block,))
    bare = answer(tool_calls=(ToolCall(id="1", name="f"),), parts=(block,))

    assert paths(signed, bare) == [("missing", "choices[0].message.tool_calls[0].extra.signature")]
    assert "tool_calls.extra" in uncovered(signed, frozenset(), ALL)


@pytest.mark.parametrize(
    ("got", "lost"), [(None, True), ("started", False), ("done", False), (Varied(("a",), "b", 2), True)]
)
def test_of_a_field_of_a_call_that_changed_on_the_way_something_must_be_left(got: object, lost: bool) -> None:
    varied = Varied(("started", "done"), "done", 2)
    sent = answer(tool_calls=(ToolCall(id="1", name="f", extra={"status": varied}),))
    held = answer(tool_calls=(ToolCall(id="1", name="f", extra={"status": got}),))

    assert bool(paths(sent, held)) is lost


def test_a_call_that_is_lost_loses_what_nobody_knows_of_it() -> None:
    signed = answer(tool_calls=(ToolCall(id="1", name="f", extra={"signature": "s"}),))

    assert paths(signed, answer()) == [("missing", "choices[0].message.tool_calls[0]")]
    assert paths(signed, answer(), frozenset({"tool_calls.extra"})) == [
        ("missing", "choices[0].message.tool_calls[0].extra.signature")
    ]


@pytest.mark.parametrize(
    ("level", "path"),
    [
        (Response(extra={"x": 1}), "extra.x"),
        (Response(choices=(Choice(extra={"x": 1}),)), "choices[0].extra.x"),
        (Response(choices=(Choice(message=Message(extra={"x": 1})),)), "choices[0].message.extra.x"),
        (
            Response(choices=(Choice(message=Message(tool_calls=(ToolCall(extra={"x": 1}),))),)),
            "choices[0].message.tool_calls[0].extra.x",
        ),
    ],
)
def test_a_field_that_nobody_knows_must_survive_on_every_level(level: Response, path: str) -> None:
    got = Response(choices=tuple(Choice() for _ in level.choices))

    assert paths(level, got) == [("missing", path)]
    assert [field for field in uncovered(level, frozenset(), ALL) if "extra" in field] == [field_of(path)]


def without_extra(response: Response) -> Response:
    return replace(
        response,
        choices=tuple(
            replace(
                choice,
                extra={},
                message=replace(
                    choice.message,
                    extra={},
                    tool_calls=tuple(replace(call, extra={}) for call in choice.message.tool_calls),
                ),
            )
            for choice in response.choices
        ),
    )


@given(responses)
def test_no_field_that_nobody_knows_is_lost_in_silence(response: Response) -> None:
    bare = without_extra(response)
    calls = [call for choice in response.choices for call in choice.message.tool_calls]
    extras = [extra for choice in response.choices for extra in (choice.extra, choice.message.extra)]
    kept = {
        "choices.extra": [value for extra in extras for value in extra.values()],
        "tool_calls.extra": [value for call in calls for value in call.extra.values()],
    }
    lost = {field for field, values in kept.items() if any(value is not None for value in values)}

    assert {difference.field for difference in compare(response, bare, ALL)} == lost
    assert lost <= set(uncovered(response, frozenset(), ALL))
    for field in lost:
        told = {difference.field for difference in compare(response, bare, frozenset({field, "choices"}))}
        assert told == {field}


def test_without_every_choice_the_first_and_those_that_both_have_are_compared() -> None:
    two = Response(choices=tuple(Choice(index=n, extra={"x": n}) for n in (0, 1)))
    bare, one = without_extra(two), Response(choices=(Choice(),))

    alone = frozenset({"choices.extra"})
    assert paths(two, bare, alone) == [("missing", "choices[0].extra.x"), ("missing", "choices[1].extra.x")]
    assert paths(two, one, alone) == [("missing", "choices[0].extra.x")]


def test_what_nobody_knows_of_a_choice_that_is_lost_is_lost() -> None:
    level = Response(choices=(Choice(extra={"x": 1}),))

    assert paths(level, Response()) == [("missing", "choices[0].extra.x")]


def test_an_invented_call_is_extra() -> None:
    paris = ToolCall(id="1", name="paris")

    assert paths(answer(), answer(tool_calls=(paris,))) == [("extra", "choices[0].message.tool_calls[0]")]


def test_a_candidate_that_returns_every_choice_must_return_each() -> None:
    second = Choice(index=1, message=Message(content="Servus"))
    two = replace(answer(), choices=(*answer().choices, second))

    assert paths(two, answer()) == [("missing", "choices[1]")]
    assert paths(answer(), two) == [("extra", "choices[1]")]


def test_a_candidate_with_one_choice_is_compared_on_the_first() -> None:
    second = Choice(index=1, message=Message(content="Servus"))
    two = replace(answer(), choices=(*answer().choices, second))

    assert paths(two, answer(), ALL - {"choices"}) == []
    assert uncovered(two, ALL - {"choices"}, ALL) == ("choices",)


def test_an_answer_of_blocks_alone_is_an_answer() -> None:
    search = ({"type": "server_tool_use", "name": "web_search", "input": {"query": "tea"}},)
    reference = answer(content=None, parts=search, finish_reason=None)
    got = answer(content=None, parts=(), finish_reason=None)

    assert paths(reference, got, ALL - {"choices"}) == [("missing", "choices[0].message.parts[0]")]


@pytest.mark.parametrize("kind", [{"type": "text"}, {}])
def test_a_block_is_not_reported_again_when_its_text_was(kind: dict[str, str]) -> None:
    reference = answer(content="Hello", parts=({**kind, "text": "Hello"},))
    got = answer(content="Hell", parts=({**kind, "text": "Hell"},))

    assert paths(reference, got) == [("changed", "choices[0].message.content")]


def test_a_thought_without_a_type_is_not_reported_again_either_but_a_text_beside_it_is() -> None:
    reference = answer(reasoning="Hm", parts=({"text": "Hm", "thought": True}, {"text": "Hi", "mark": 1}))
    got = answer(reasoning="H", parts=({"text": "H", "thought": True}, {"text": "Hi"}))

    assert paths(reference, got) == [
        ("changed", "choices[0].message.reasoning"),
        ("missing", "choices[0].message.parts[1].mark"),
    ]


@pytest.mark.parametrize("kind", ["tool_use", "function_call", "tool-look", "dynamic-tool"])
def test_a_call_with_a_type_is_not_reported_again_when_it_was(kind: str) -> None:
    call = ToolCall(id="a", name="look", arguments="{}")
    reference = answer(tool_calls=(call,), parts=({"type": kind, "id": "a"},))

    assert paths(reference, answer()) == [("missing", "choices[0].message.tool_calls[0]")]


@pytest.mark.parametrize("key", ["functionCall", "toolUse"])
def test_a_call_without_a_type_is_not_reported_again_when_it_was(key: str) -> None:
    call = ToolCall(id="a", name="look", arguments="{}")
    reference = answer(tool_calls=(call,), parts=({key: {"name": "look"}},))

    assert paths(reference, answer()) == [("missing", "choices[0].message.tool_calls[0]")]


def test_a_lost_signature_is_found_inside_its_block() -> None:
    reference = answer(parts=({"type": "thinking", "thinking": "Hm", "signature": "abc"},))
    got = answer(parts=({"type": "thinking", "thinking": "Hm", "signature": None},))

    assert paths(reference, got) == [("missing", "choices[0].message.parts[0].signature")]


def test_what_the_reference_does_not_have_is_not_called_uncovered() -> None:
    assert uncovered(answer(), frozenset({"role", "content", "finish_reason", "id"}), ALL) == ()


def test_a_field_name_that_does_not_exist_is_an_error_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match="content"):
        expand_fields(["contnet"])


@pytest.mark.parametrize("name", sorted(ALL))
def test_every_other_name_stands_for_itself_alone(name: str) -> None:
    assert expand_fields([name]) == {name}


def test_usage_stands_for_all_counts() -> None:
    assert expand_fields(["usage"]) == {field for field in FIELDS if field.startswith("usage.")}
