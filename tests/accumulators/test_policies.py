"""What each accumulator promises, over any reports and texts."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit import accumulators
from stream_audit.dialects import DIALECTS
from stream_audit.errors import UnknownName
from stream_audit.model import Policies
from stream_audit.model.trail import Sighting
from tests.accumulators.streams import reports, sightings, total, usage

COUNTS = st.integers(0, 50)
NO_COUNTS = st.sampled_from([-3, 2.5, True, "7", [1], {"a": 1}])
NAMES = [one.name for one in accumulators.ACCUMULATORS if not one.dialects]
KEY = ("completion_tokens",)


def report(index: int, value: Any) -> Sighting:
    return Sighting(index, ("usage",), KEY, value)


def text(index: int, value: int) -> Sighting:
    return Sighting(index, ("delta",), KEY, value, "counted", "write_text")


def one(name: str, sighted: list[Sighting]) -> Any:
    return (total(name, sighted) or {}).get("completion_tokens")


STEPS = st.lists(st.tuples(st.booleans(), COUNTS)).map(
    lambda steps: [(report if said else text)(index, value) for index, (said, value) in enumerate(steps)]
)
REPORTS = st.lists(COUNTS, min_size=1).map(
    lambda counts: [report(index, value) for index, value in enumerate(counts)]
)


@given(sighted=REPORTS)
def test_the_names_say_which_report_wins(sighted: list[Sighting]) -> None:
    values = [sighting.value for sighting in sighted]

    assert one("first-wins", sighted) == values[0]
    assert one("last-wins", sighted) == values[-1]
    assert one("sum", sighted) == sum(values)
    assert one("max", sighted) == max(values) >= one("last-wins", sighted)
    assert one("sum", sighted) >= one("max", sighted)


@given(sighted=REPORTS)
def test_a_final_report_sent_twice_changes_only_the_sum(sighted: list[Sighting]) -> None:
    again = [*sighted, report(len(sighted), sighted[-1].value)]

    for name in ("union", "last-wins", "first-wins", "max", "authoritative", "advisory"):
        assert one(name, again) == one(name, sighted)
    assert one("sum", again) == one("sum", sighted) + sighted[-1].value


@given(sighted=STEPS)
def test_authoritative_is_the_last_value_reported_or_else_what_was_counted(sighted: list[Sighting]) -> None:
    said = [sighting.value for sighting in sighted if sighting.kind == "reported"]
    counted = [sighting.value for sighting in sighted if sighting.kind == "counted"]

    expected = said[-1] if said else sum(counted) if counted else None
    assert one("authoritative", sighted) == expected


@given(sighted=STEPS)
def test_advisory_is_authoritative_unless_something_is_counted_behind_a_report(
    sighted: list[Sighting],
) -> None:
    first = next((at for at, sighting in enumerate(sighted) if sighting.kind == "reported"), len(sighted))
    late = [at for at in range(first, len(sighted)) if sighted[at].kind == "counted" and sighted[at].value]

    if not late:
        assert one("advisory", sighted) == one("authoritative", sighted)
        return
    with pytest.raises(accumulators.Refused, match=f"write_text in chunk {late[0] + 1} adds") as refusal:
        one("advisory", sighted)
    assert refusal.value.index == late[0]


@given(sighted=STEPS)
def test_counted_never_looks_at_a_report(sighted: list[Sighting]) -> None:
    assert one("counted", sighted) == one("counted", [s for s in sighted if s.kind == "counted"])


@given(sighted=STEPS, more=COUNTS)
def test_add_after_override_adds_every_text_to_whatever_stands_there(
    sighted: list[Sighting], more: int
) -> None:
    before = one("add-after-override", sighted) or 0

    assert one("add-after-override", [*sighted, text(len(sighted), more)]) == before + more
    assert one("add-after-override", [*sighted, report(len(sighted), more)]) == more


def test_the_four_meanings_of_a_set_count() -> None:
    stream: list[dict[str, Any]] = [
        {"op": "write_text", "delta": "hello"},
        {"op": "set_usage", "answer_tokens": 3},
        {"op": "write_text", "delta": " world"},
    ]
    sighted = sightings("ai-sdk-stream-python", stream)

    counted = {
        name: (total(name, sighted) or {})["answer_tokens"]
        for name in ("authoritative", "counted", "add-after-override")
    }
    assert counted == {"authoritative": 3, "counted": 11, "add-after-override": 9}
    with pytest.raises(
        accumulators.Refused, match="write_text in chunk 3 adds to answer_tokens after set_usage"
    ):
        total("advisory", sighted)


@pytest.mark.parametrize("name", NAMES)
@given(sighted=STEPS, odd=NO_COUNTS)
def test_what_is_no_count_is_never_added_compared_or_counted(
    name: str, sighted: list[Sighting], odd: Any
) -> None:
    kept_out = ("sum", "counted", "authoritative", "add-after-override")

    if name == "max":
        before = one(name, sighted)
        kept = odd if before is None else before
        assert one(name, [*sighted, report(len(sighted), odd)]) == kept
    elif name in kept_out:
        assert one(name, [*sighted, report(len(sighted), odd)]) == one(name, sighted)
    elif name in ("union", "last-wins"):
        assert one(name, [*sighted, report(len(sighted), odd)]) == odd
    if name in ("max", "union", "last-wins"):
        stream = [{"choices": [], "usage": {"completion_tokens": odd}}]
        found = usage(name, "openai-chat", stream)
        assert found is not None
        assert found.output_tokens is None


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("dialect", [one.name for one in DIALECTS if one.name != "ai-sdk-stream-python"])
def test_without_usage_and_text_there_is_no_usage(name: str, dialect: str) -> None:
    assert usage(name, dialect, [{"choices": []}, {"type": "ping"}]) is None


def test_a_place_the_dialect_does_not_read_is_sighted_and_not_totalled() -> None:
    chunk = {
        "choices": [{"index": 0, "delta": {}, "usage": {"completion_tokens": 8}}],
        "usage": {"completion_tokens": 5},
        "x_groq": {"usage": {"completion_tokens": 6}},
    }
    sighted = sightings("openai-chat", [chunk])

    assert [(s.path, s.value, bool(s.unread)) for s in sighted] == [
        ("usage.completion_tokens", 5, False),
        ("x_groq.usage.completion_tokens", 6, True),
        ("choices[0].usage.completion_tokens", 8, True),
    ]
    assert one("sum", sighted) == 5


def test_every_choice_is_counted() -> None:
    chunk = {"choices": [{"index": n, "delta": {"content": "abc"}} for n in range(3)]}

    assert total("counted", sightings("openai-chat", [chunk])) == {"completion_tokens": 9}


def test_reasoning_counts_as_output_and_as_reasoning() -> None:
    chat = [{"choices": [{"index": 0, "delta": {"reasoning": "abc", "content": "de"}}]}]
    events: list[dict[str, Any]] = [
        {"type": "content_block_delta", "index": 0, "delta": {"type": kind, key: "abc"}}
        for kind, key in (("thinking_delta", "thinking"), ("text_delta", "text"))
    ]

    twice = [
        {
            "choices": [
                {"index": 0, "delta": {"reasoning": "abc", "reasoning_content": "abc", "content": "de"}}
            ]
        }
    ]
    assert total("counted", sightings("openai-chat", twice)) == total(
        "counted", sightings("openai-chat", chat)
    )
    assert total("counted", sightings("openai-chat", chat)) == {
        "completion_tokens": 5,
        "completion_tokens_details": {"reasoning_tokens": 3},
    }
    assert total("counted", sightings("anthropic-messages", events)) == {
        "output_tokens": 6,
        "output_tokens_details": {"thinking_tokens": 3},
    }


def test_a_report_beside_a_text_includes_it() -> None:
    assert one("advisory", sightings("openai-chat", reports(None, 4))) == 4


def test_numbers_inside_a_list_are_sighted_and_not_read() -> None:
    event = {"type": "message_delta", "usage": {"output_tokens": 4, "iterations": [{"output_tokens": 3}]}}
    sighted = sightings("anthropic-messages", [event])

    assert [(s.path, s.unread[:13]) for s in sighted if s.kind == "reported"] == [
        ("usage.output_tokens", ""),
        ("usage.iterations[0].output_tokens", "inside a list"),
    ]
    assert total("sum", sighted) == {"output_tokens": 4}


def test_metrics_of_a_gateway_are_sighted_and_not_read() -> None:
    metrics = {"inputTokenCount": 9, "outputTokenCount": 4}
    event = {"type": "message_stop", "amazon-bedrock-invocationMetrics": metrics}
    sighted = sightings("anthropic-messages", [event])

    assert [s.value for s in sighted] == [9, 4]
    assert all(s.unread.startswith("metrics of the gateway") for s in sighted)


def test_a_text_that_a_block_starts_with_is_counted() -> None:
    event = {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": "abc"}}

    assert total("counted", sightings("anthropic-messages", [event])) == {"output_tokens": 3}


def test_a_later_zero_is_said_to_be_kept_out() -> None:
    running = accumulators.accumulator("union")(Policies())
    for sighting in (report(0, 5), report(1, 0)):
        running.add(sighting)

    (award,) = running.awards()
    assert (award.value, award.why) == (5, "a later 0 does not replace it")
    assert [winner.index for winner in award.winners] == [0]


def test_an_unknown_accumulator_is_offered_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean last-wins"):
        accumulators.accumulator("last-win")


@pytest.mark.parametrize("policy", accumulators.ACCUMULATORS)
def test_every_accumulator_says_what_it_does_and_where_it_is_the_reference(
    policy: type[accumulators.Accumulator],
) -> None:
    about = policy.__doc__ or ""

    assert len(about.splitlines()) > 2
    assert "wrong" in about
    for dialect in policy.reference_of:
        assert dialect in about or "The reference of most dialects" in about
