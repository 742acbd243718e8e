"""Laws of the writer's dialect: the contract of ``set_usage``, and what changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects.ai_sdk_stream.stream import AI_SDK_STREAM
from stream_audit.model import Folded, Payload, Policies
from tests.strategies_ai_sdk import PIECES, PLAIN, SETS, WRITES, recordings, tidy_calls, wild_calls, writings

FIELDS = {"answer_tokens": "write_text", "reasoning_tokens": "write_reasoning"}
HELLO: list[Payload] = [
    {"op": "write_text", "delta": "hello"},
    {"op": "set_usage", "answer_tokens": 3},
    {"op": "write_text", "delta": " world"},
    {"op": "finish"},
]


def fold(items: list[Any]) -> Folded:
    folding = AI_SDK_STREAM.fold(Policies())
    folding.add(items)
    return folding.finish(done=False)


def raw(items: list[Payload]) -> dict[str, Any]:
    usage = fold(items).response.usage
    assert usage is not None
    assert usage.raw is not None
    return dict(usage.raw)


def echoed(items: list[Payload]) -> list[Payload | str]:
    """The recording as a reader hands it over that has seen each call's likeness before."""
    handed: list[Payload | str] = []
    before: Any = None
    for item in items:
        said = AI_SDK_STREAM.echo(item)
        like = None if said is None else item["op"]
        handed.append(said if said is not None and like == before else item)
        before = like
    return handed


def noted(items: list[Any], rule: str) -> list[tuple[int, str]]:
    """Where a rule was noted: the call's index, and the field."""
    return [(note.index, note.field) for note in fold(items).notes if note.rule == rule]


@given(calls=st.lists(WRITES | PLAIN | SETS, max_size=20))
@example(calls=HELLO)
def test_a_final_count_is_the_last_value_set_or_else_all_that_was_counted(calls: list[Payload]) -> None:
    final = raw(calls)

    for field, op in FIELDS.items():
        was_set = [call[field] for call in calls if call["op"] == "set_usage" and call.get(field) is not None]
        counted = sum(
            len(call["delta"]) if call.get("tokens") is None else call["tokens"]
            for call in calls
            if call["op"] == op and call["delta"] and call.get("collect") is not False
        )
        assert final[field] == (was_set[-1] if was_set else counted)
    prompts = [call["prompt_tokens"] for call in calls if call.get("prompt_tokens") is not None]
    assert final["prompt_tokens"] == (prompts[-1] if prompts else None)


def test_what_is_written_behind_a_set_is_noted_once_for_each_field() -> None:
    behind: list[Payload] = [
        {"op": "new_step"},
        {"op": "write_text", "delta": "!"},
        {"op": "set_usage", "reasoning_tokens": 1},
        {"op": "write_reasoning", "delta": "hm"},
        {"op": "write_reasoning", "delta": "so"},
    ]

    assert noted([*HELLO[:3], *behind, HELLO[3]], "usage-override-then-count") == [
        (2, "usage.output_tokens"),
        (6, "usage.reasoning_tokens"),
    ]


def test_a_write_that_counts_nothing_behind_a_set_is_not_noted_but_the_next_is() -> None:
    silent: list[Payload] = [
        {"op": "write_text", "delta": "a", "collect": False},
        {"op": "write_text", "delta": "b", "tokens": 0},
        {"op": "write_text", "delta": ""},
    ]

    assert noted([*HELLO[:2], *silent], "usage-override-then-count") == []
    assert noted([*HELLO[:2], *silent[:2], HELLO[2]], "usage-override-then-count") == [
        (4, "usage.output_tokens")
    ]


@pytest.mark.parametrize("hand", [list, echoed], ids=["whole", "echoed"])
def test_every_call_behind_the_end_is_noted(hand: Callable[[list[Payload]], list[Any]]) -> None:
    late: list[Payload] = [{"op": "write_text", "delta": delta} for delta in ("a", "b", "c")]

    assert noted(hand([HELLO[0], HELLO[3], *late]), "events-out-of-order") == [(2, ""), (3, ""), (4, "")]


@given(calls=tidy_calls, field=st.sampled_from(sorted(FIELDS)), value=st.integers(0, 50), data=st.data())
def test_a_field_that_is_set_leaves_the_others_as_they_are(
    calls: list[Payload], field: str, value: int, data: st.DataObject
) -> None:
    more = list(calls)
    more.insert(data.draw(st.integers(0, len(calls))), {"op": "set_usage", field: value})

    before, after = raw(calls), raw(more)

    assert {key: count for key, count in after.items() if key != field} == {
        key: count for key, count in before.items() if key != field
    }


@given(calls=recordings(), count=st.integers(1, 3), one=SETS)
def test_setting_the_same_again_changes_nothing(calls: list[Payload], count: int, one: Payload) -> None:
    assert fold([*calls, one]).response == fold([*calls, one, *[one] * count]).response


@given(calls=st.lists(PLAIN | SETS, max_size=12), data=st.data())
def test_cutting_a_text_in_two_changes_nothing(calls: list[Payload], data: st.DataObject) -> None:
    cut: list[Payload] = []
    for call in calls:
        if "delta" not in call:
            cut.append(call)
            continue
        at = data.draw(st.integers(0, len(call["delta"])))
        cut += [{**call, "delta": piece} for piece in (call["delta"][:at], call["delta"][at:])]

    assert fold(cut).response == fold(calls).response


@given(calls=recordings(), delta=PIECES, data=st.data())
def test_what_is_not_collected_changes_nothing_but_the_steps(
    calls: list[Payload], delta: str, data: st.DataObject
) -> None:
    at = data.draw(st.integers(1, len(calls) + 1))
    more: list[Payload] = [*calls, {"op": "new_step"}]
    less = list(more)
    more.insert(at, {"op": "write_text", "delta": delta, "collect": False})

    one, other = fold(more).response, fold(less).response

    assert (one.choices, one.usage, one.error) == (other.choices, other.usage, other.error)


@given(calls=recordings())
def test_null_is_an_argument_not_passed(calls: list[Payload]) -> None:
    said = [{key: item for key, item in call.items() if item is not None} for call in calls]

    assert fold(said) == fold(calls)


@given(items=writings() | recordings() | wild_calls)
@settings(max_examples=300)
def test_an_echo_says_what_the_whole_call_says(items: list[Payload]) -> None:
    assert fold(echoed(items)) == fold(items)


@given(items=writings() | recordings() | wild_calls, data=st.data())
def test_however_calls_are_batched_and_looked_at_the_fold_is_the_same(
    items: list[Payload], data: st.DataObject
) -> None:
    folding = AI_SDK_STREAM.fold(Policies())
    rest = echoed(items)
    while rest:
        size = data.draw(st.integers(1, len(rest)))
        folding.add(rest[:size])
        folding.response()
        rest = rest[size:]

    assert folding.finish(done=True) == fold(items)


@given(items=wild_calls)
def test_no_json_object_ever_raises(items: list[Payload]) -> None:
    for item in items:
        AI_SDK_STREAM.recognises(item)
        AI_SDK_STREAM.identity(item)
        AI_SDK_STREAM.starts(item)
        AI_SDK_STREAM.ends(item)
        AI_SDK_STREAM.echo(item)
    AI_SDK_STREAM.next_break(items, 0, None)
    fold(items)


@given(items=wild_calls)
def test_an_argument_that_is_not_folded_is_kept(items: list[Payload]) -> None:
    folded = fold(items)

    for note in folded.notes:
        if note.rule == "unknown-event" and items[note.index].get(note.field) is not None:
            assert repr(items[note.index][note.field]) in repr(folded.response.extra)


@pytest.mark.parametrize(
    ("item", "detail"),
    [
        ({"op": "write_text"}, "'write_text' without delta"),
        ({"op": "write_text", "delta": ["a"]}, "'write_text' with list for delta"),
        ({"op": "set_usage", "answer_tokens": -3}, "'set_usage' with -3 for answer_tokens"),
        ({"op": "set_usage", "answer_tokens": True}, "'set_usage' with true for answer_tokens"),
        ({"op": "set_usage", "answer_tokens": -(10**5000)}, "'set_usage' with int for answer_tokens"),
    ],
)
def test_an_argument_that_cannot_be_taken_is_named_with_its_value(item: Payload, detail: str) -> None:
    (note,) = (note for note in fold([item]).notes if note.rule == "unknown-event")

    assert (note.field, note.detail) == (detail.rpartition(" ")[2], detail)


def test_a_recording_is_whole_only_when_it_was_finished() -> None:
    said: list[Payload] = [{"op": "write_text", "delta": "hello"}]
    ends: list[Payload] = [{"op": "finish"}, {"op": "abort"}, {"op": "error", "error_text": "broken"}]

    assert [fold([*said, *end]).complete for end in ([], *([one] for one in ends))] == [
        False,
        True,
        False,
        False,
    ]
    assert fold([*said, ends[2]]).response.error == {"message": "broken"}
    assert fold([*said, ends[1], ends[0]]).complete is False


def test_the_first_end_counts_and_what_a_later_one_was_given_is_kept() -> None:
    late: list[Payload] = [
        {"op": "finish", "finish_reason": "tool-calls"},
        {"op": "error", "error_text": "late"},
    ]

    folded = fold([*late, {"op": "write_text", "delta": "more"}])

    assert folded.response.choices[0].finish_reason == "tool-calls"
    assert folded.response.choices[0].message.content == "more"
    assert folded.response.error is None
    assert folded.response.extra["error_text"] == "late"
    assert [note.index for note in folded.notes if note.rule == "events-out-of-order"] == [1, 2]
