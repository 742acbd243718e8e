"""Pinned chat streams: each a wire oddity that real servers show, and what it must fold into."""

from __future__ import annotations

from typing import Any

import pytest

from stream_audit.dialects.openai.chat import OPENAI_CHAT
from stream_audit.model import Message, Payload, Policies, ToolCall, Varied
from tests.dialects.openai_wire import (
    call,
    calls,
    choice,
    chunk,
    delta,
    ends,
    fold,
    message,
    response,
    rules,
    says,
)  # fmt: skip

USAGE = {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}

# ---------------------------------------------------------------- oddities of real servers


def test_a_message_beside_the_delta_is_never_read() -> None:
    stream = [chunk(choice({"content": text}, message={"content": text}, text=text)) for text in ("a", "b")]

    assert message(*stream) == Message(role="assistant", content="ab")


def test_ids_that_change_on_every_chunk_are_one_response_and_the_first_counts() -> None:
    stream = [says("a", id="1"), says("b", id="2"), says("c", id="stub", x_groq={"usage": USAGE})]
    found = response(*stream)

    assert (found.id, found.choices[0].message.content) == ("1", "abc")
    assert found.usage is not None
    assert found.choices[0].message.role == "assistant"
    assert rules(*stream) == ["id-changes", "id-changes"]


def test_usage_at_the_top_and_in_x_groq_counts_once() -> None:
    found = response(says("a", usage=USAGE, x_groq={"id": "r", "usage": USAGE}))

    assert found.usage is not None
    assert found.usage.total_tokens == 3


def test_a_null_reason_after_the_reason_does_not_reset_it() -> None:
    assert response(says("a"), ends("stop"), chunk(choice(), usage=USAGE)).choices[0].finish_reason == "stop"


def test_the_same_reason_twice_is_one_and_is_not_noted() -> None:
    assert response(ends("stop"), ends("stop")).choices[0].finish_reason == "stop"
    assert rules(ends("stop"), ends("stop")) == []


def test_usage_and_text_beside_an_error_are_kept() -> None:
    stream = [says("a"), ends("length"), says("", error={"code": 400, "message": "limit"}, usage=USAGE)]
    folded = fold(stream)

    assert folded.response.error == {"code": 400, "message": "limit"}
    assert folded.response.usage is not None
    assert folded.response.choices[0].message.content == "a"
    assert not folded.complete
    assert rules(*stream) == ["error-event-ignored", "truncation-undetected"]


def test_a_lone_error_fails_the_stream_and_keeps_what_came_before() -> None:
    folded = fold([says("a"), {"error": "gone"}, {"error": {"message": "later"}}])

    assert folded.response.error == {"message": "gone"}
    assert folded.response.choices[0].message.content == "a"


def test_a_repeated_tool_name_is_not_doubled_and_a_missing_reason_stays_missing() -> None:
    opener = call(0, "a", "version", "", type="function")
    stream = [calls(opener), calls(opener), calls(call(0, arguments="{}"))]
    found = response(*stream).choices[0]

    assert found.message.tool_calls == (ToolCall(id="a", name="version", arguments="{}"),)
    assert found.finish_reason is None
    assert "finish-missing" in {note.rule for note in fold(stream).notes}


def test_an_empty_id_or_name_later_erases_nothing_and_a_stray_index_in_the_delta_is_kept() -> None:
    stream = [
        calls(call(0, "a", "f", "{")),
        chunk({"index": 0, "delta": {"index": 0, "tool_calls": [call(0, "", "", "}")]}}),
    ]
    found = message(*stream)

    assert found.tool_calls == (ToolCall(id="a", name="f", arguments="{}"),)
    assert found.extra == {"index": 0}


def test_a_whole_call_without_index_in_the_finish_chunk_counts_with_reason_and_usage() -> None:
    found = response(
        says(""),
        chunk(choice({"tool_calls": [call(..., "a", "f", "{}")]}, finish_reason="tool_calls"), usage=USAGE),
    )

    assert found.choices[0].message.tool_calls == (ToolCall(id="a", name="f", arguments="{}"),)
    assert found.choices[0].finish_reason == "tool_calls"
    assert found.usage is not None


def test_nulls_in_later_fragments_of_parallel_calls_say_nothing() -> None:
    openers = [calls(call(index, f"c{index}", "f", None, type="function")) for index in range(7)]
    rest = [calls(call(index, None, None, "{}", type=None)) for index in range(7)]

    assert message(*openers, *rest).tool_calls == tuple(
        ToolCall(id=f"c{index}", name="f", arguments="{}") for index in range(7)
    )


def test_an_unknown_chunk_after_the_usage_chunk_hides_neither() -> None:
    found = response(says("a"), ends(), chunk(usage=USAGE), chunk(moderation={"flagged": False}))

    assert found.usage is not None
    assert found.extra == {"moderation": {"flagged": False}}


def test_an_empty_preamble_names_nothing() -> None:
    preamble = chunk(id="", model="", object="", created=0, prompt_filter_results=[{"prompt_index": 0}])
    stream = [preamble, says("a"), ends()]
    found = response(*stream)

    assert (found.id, found.model, found.created) == ("chatcmpl-1", "model-1", 1700000000)
    assert found.extra == {"prompt_filter_results": [{"prompt_index": 0}]}
    assert rules(*stream) == []


def test_nulls_in_every_delta_erase_nothing() -> None:
    stream = [
        delta(role="assistant", content="", reasoning_content=None, tool_calls=None),
        delta(role=None, content=None, reasoning_content="think", tool_calls=None),
        delta(role=None, content="say", reasoning_content=None, tool_calls=None),
    ]

    assert message(*stream) == Message(role="assistant", content="say", reasoning="think")


def test_an_empty_refusal_and_logprobs_of_nulls_are_absent() -> None:
    inner = choice(
        {"role": "assistant", "content": "a", "refusal": ""}, logprobs={"content": None, "refusal": None}
    )
    folded = fold([chunk(inner, id="", created=0)])
    found = folded.response

    assert found.id is None
    assert found.created is None
    assert found.choices[0].logprobs is None
    assert found.choices[0].message.refusal is None
    assert folded.complete  # the end marker was read: no reason is the provider's way, not a cut


def test_two_equal_chunks_are_two_deltas() -> None:
    assert message(says("-r"), says("-r")).content == "-r-r"


# ---------------------------------------------------------------- text


def test_empty_content_is_text_of_length_zero_and_none_is_none() -> None:
    assert message(says("")).content == ""
    assert message(says(None)).content is None


def test_white_space_is_content() -> None:
    assert message(says("a"), says(" "), says("\n\n"), says("b")).content == "a \n\nb"


def test_content_sent_whole_so_far_in_every_delta_counts_once() -> None:
    stream = [says(text) for text in ("Th", "This", "This is", "This is it")]

    assert message(*stream).content == "This is it"
    assert rules(*stream) == ["content-cumulative-as-delta"]


@pytest.mark.parametrize(
    "texts",
    [
        ("a", "ab", "abc"),
        ("a", "ab", "abc", "abc"),
        ("a", "ab", "abc", "abcd", "x"),
        ("na", "na", "na", "na"),
    ],
)
def test_text_that_merely_repeats_is_never_cut(texts: tuple[str, ...]) -> None:
    assert message(*(says(text) for text in texts)).content == "".join(texts)


def test_a_list_of_parts_counts_whole_and_in_order() -> None:
    stream = [
        says("a"),
        says(
            [{"type": "thinking", "thinking": [{"type": "text", "text": "h"}]}, {"type": "text", "text": "b"}]
        ),
        says("c"),
        says([{"type": "thinking", "thinking": "m"}, {"type": "thinking", "thinking": "m"}]),
        says([{"type": "image_url", "image_url": "u"}, {"type": "image_url", "image_url": "u"}]),
    ]

    assert message(*stream) == Message(
        role="assistant",
        content="abc",
        reasoning="hmm",
        parts=(
            {"type": "text", "text": "a"},
            {"type": "thinking", "thinking": "h"},
            {"type": "text", "text": "bc"},
            {"type": "thinking", "thinking": "mm"},
            {"type": "image_url", "image_url": "u"},
            {"type": "image_url", "image_url": "u"},
        ),
    )


def test_a_thinking_part_with_more_than_text_stands_as_sent_and_its_text_counts() -> None:
    part = {
        "type": "thinking",
        "thinking": [{"type": "reference", "ids": [1]}, {"type": "text", "text": "h"}],
    }

    assert message(says([part])) == Message(role="assistant", reasoning="h", parts=(part,))


def test_strings_among_lists_are_deltas_whatever_they_look_like() -> None:
    stream = [says("a"), says([{"type": "text", "text": "ab"}]), says("abc"), says("abcd"), says("abcde")]

    assert message(*stream).content == "aababcabcdabcde"


@pytest.mark.parametrize("name", ["reasoning", "reasoning_content", "reasoning_text"])
def test_reasoning_is_one_channel_under_any_name(name: str) -> None:
    assert message(delta(**{name: "a"}), delta(reasoning_content="b")).reasoning == "ab"


def test_reasoning_under_two_names_in_one_delta_counts_once() -> None:
    assert message(delta(reasoning="a", reasoning_content="a")).reasoning == "a"
    assert rules(delta(reasoning="a", reasoning_content="a")) == []
    assert message(delta(reasoning="x", reasoning_content="a")).reasoning == "a"
    assert rules(delta(reasoning="x", reasoning_content="a")) == ["reasoning-duplicated"]
    assert message(delta(reasoning="x", reasoning_content="")).reasoning == "x"


def test_details_are_reasoning_only_where_there_is_no_other() -> None:
    details = [delta(reasoning_details=[{"text": "a"}]), delta(reasoning_details=[{"text": "b"}])]

    assert message(*details).reasoning == "ab"
    assert message(*details, delta(reasoning="c")).reasoning == "c"
    assert message(*details).extra["reasoning_details"] == Varied(
        ([{"text": "a"}], [{"text": "b"}]), [{"text": "b"}], 2
    )


def test_all_fields_of_one_delta_count() -> None:
    stream = [
        delta(role="assistant", content="a", reasoning="b", refusal="c", tool_calls=[call(0, "i", "f", "{}")])
    ]

    assert message(*stream) == Message(
        role="assistant",
        content="a",
        reasoning="b",
        refusal="c",
        tool_calls=(ToolCall(id="i", name="f", arguments="{}"),),
    )


# ---------------------------------------------------------------- role, reason, identity


def test_a_later_null_role_never_erases_the_role() -> None:
    assert message(delta(role="tool"), delta(role=None), delta(role="")).role == "tool"


def test_a_role_in_every_chunk_is_set_once() -> None:
    assert message(*[delta(role="assistant", content="a")] * 3).role == "assistant"
    assert rules(*[delta(role="assistant", content="a")] * 3) == []


def test_another_role_mid_stream_is_noted_once_and_not_taken() -> None:
    stream = [delta(role="assistant"), delta(role="user", content="a"), delta(role="user", content="b")]

    assert message(*stream).role == "assistant"
    assert rules(*stream) == ["role-changes-mid-stream"]


@pytest.mark.parametrize(
    ("reasons", "held"),
    [
        (("stop", "tool_calls"), "tool_calls"),
        (("tool_calls", "stop"), "tool_calls"),
        (("length", "tool_calls"), "length"),
        (("stop", "length"), "stop"),
    ],
)
def test_of_two_reasons_the_first_counts_but_tool_calls_beat_stop(
    reasons: tuple[str, ...], held: str
) -> None:
    stream = [ends(reason) for reason in reasons]

    assert response(*stream).choices[0].finish_reason == held
    assert rules(*stream) == ["finish-emitted-twice"]


def test_an_empty_reason_is_none() -> None:
    stream = [ends(""), ends("tool_calls")]

    assert response(*stream).choices[0].finish_reason == "tool_calls"
    assert rules(*stream) == ["finish-empty-string"]


def test_identity_is_the_first_or_the_last_as_the_policy_says() -> None:
    stream = [says("a"), says("b", id="2", model="n", created=5)]
    first, last = response(*stream), response(*stream, policies=Policies(identity="last"))

    assert (first.id, first.model, first.created) == ("chatcmpl-1", "model-1", 1700000000)
    assert (last.id, last.model, last.created) == ("2", "n", 5)
    assert rules(*stream) == ["created-changes", "id-changes", "model-changes"]


def test_fingerprint_and_tier_survive_from_wherever_they_stand() -> None:
    found = response(says("a"), says("b", system_fingerprint="fp", service_tier="flex"), says("c"))

    assert (found.system_fingerprint, found.service_tier) == ("fp", "flex")


# ---------------------------------------------------------------- beside the text


def test_log_probabilities_are_joined() -> None:
    stream = [
        chunk(choice({"content": "a"}, logprobs={"content": [{"token": "a"}], "refusal": None, "tier": 1})),
        chunk(choice({"content": "b"}, logprobs={"content": [{"token": "b"}], "refusal": [], "tier": 2})),
        chunk(choice({}, logprobs=None)),
    ]

    assert response(*stream).choices[0].logprobs == {
        "content": [{"token": "a"}, {"token": "b"}],
        "refusal": [],
        "tier": 2,
    }


def test_log_probabilities_taken_before_do_not_grow_afterwards() -> None:
    running = OPENAI_CHAT.fold(Policies())
    running.add([chunk(choice(logprobs={"content": [{"token": "a"}]}))])
    before = running.response().choices[0].logprobs
    running.add([chunk(choice(logprobs={"content": [{"token": "b"}]}))])

    assert before == {"content": [{"token": "a"}]}


def test_audio_is_joined() -> None:
    stream = [
        delta(audio={"id": "a", "transcript": "he"}),
        delta(audio={"id": "b", "data": "AA", "transcript": "llo", "expires_at": 1}),
        delta(audio={"data": "BB", "expires_at": 2}),
    ]

    assert message(*stream).audio == {"id": "a", "data": "AABB", "transcript": "hello", "expires_at": 2}


def test_an_annotation_sent_again_is_one() -> None:
    first, second = {"url": {"at": [1, 2]}}, {"url": {"at": [1, 3]}}

    assert message(delta(annotations=[first, second]), delta(annotations=[first])).annotations == (
        first,
        second,
    )


def test_unknown_fields_stay_on_their_level() -> None:
    found = response(chunk(choice({"content": "a", "deep": 1}, inner=2), outer=3), says("b", outer=4))

    assert found.extra == {"outer": Varied((3, 4), 4, 2)}
    assert found.choices[0].extra == {"inner": 2}
    assert found.choices[0].message.extra == {"deep": 1}


def test_every_run_of_an_unknown_field_counts_also_between_chunks_that_look_alike() -> None:
    inner = [delta(content="a", zone=zone) for zone in (1, 1, 2, 1)]
    outer = [says("a", zone=zone) for zone in (1, 1, 2, 1)]

    assert message(*inner).extra == response(*outer).extra == {"zone": Varied((1, 2, 1), 1, 3)}


def test_a_choice_without_delta_gives_its_other_fields() -> None:
    late = chunk({"index": 0, "finish_reason": None, "content_filter_results": {"hate": 0}})

    assert response(says("a"), late).choices[0].extra == {"content_filter_results": {"hate": 0}}


def test_a_chunk_with_nothing_known_is_noted_and_kept() -> None:
    assert response({"ping": 1}).extra == {"ping": 1}
    assert rules({"ping": 1}) == ["unknown-event"]


@pytest.mark.parametrize(
    "payload",
    [
        chunk(choices=5),
        chunk(choices=[5]),
        chunk(usage=[]),
        chunk(created="now"),
        chunk(id=7),
        chunk(object=7),
        chunk(x_groq=[1]),
        chunk(error=7),
    ],
)
def test_a_value_of_no_allowed_type_is_noted_and_kept(payload: Payload) -> None:
    (key,) = [key for key, value in payload.items() if value != chunk().get(key)]
    value = payload[key][0] if key == "choices" and isinstance(payload[key], list) else payload[key]

    assert response(payload).extra == {key: value}
    assert "unknown-event" in rules(payload)


@pytest.mark.parametrize(
    "key", ["role", "content", "reasoning", "refusal", "tool_calls", "function_call", "audio"]
)
def test_a_delta_field_of_no_allowed_type_is_noted_and_kept(key: str) -> None:
    assert message(delta(**{key: 5})).extra == {key: 5}
    assert rules(delta(**{key: 5})) == ["unknown-event"]


def test_a_value_of_no_allowed_type_is_noted_each_time() -> None:
    assert rules(*[says("a", object=7)] * 3) == ["unknown-event"] * 3


def test_a_number_that_equals_another_type_is_told_apart() -> None:
    assert response(says("a", created=1), says("b", created=True)).extra == {"created": True}
    assert response(chunk(choice(index=0)), chunk(choice(index=False))).choices[0].extra == {"index": False}


# ---------------------------------------------------------------- the end


@pytest.mark.parametrize(
    ("stream", "done", "optional", "required"),
    [
        ([says("a"), ends()], False, True, False),
        ([says("a"), ends()], True, True, True),
        ([says("a")], True, True, True),
        ([says("a")], False, False, False),
        ([chunk(choice(finish_reason="stop"), choice(index=1))], False, False, False),
        ([chunk(usage=USAGE)], False, True, False),
        ([chunk()], False, False, False),
        ([ends(), chunk(error="e")], True, False, False),
    ],
)
def test_complete_is_what_the_dialect_and_the_policy_say(
    stream: list[Payload], done: bool, optional: bool, required: bool
) -> None:
    for policies, complete in ((Policies(), optional), (Policies(done_marker="required"), required)):
        folded = fold(stream, done=done, policies=policies)

        assert folded.complete is complete
        assert ("truncation-undetected" in {note.rule for note in folded.notes}) is not complete


def test_a_stream_without_any_choice_has_none() -> None:
    assert response(chunk(usage=USAGE)).choices == ()


def test_notes_name_their_chunk_across_batches_and_echoes() -> None:
    running = OPENAI_CHAT.fold(Policies())
    running.add([says("a"), "b"])
    running.add(["c", says("d", id="2"), ends("")])

    assert [(note.rule, note.index) for note in running.notes] == [
        ("id-changes", 3),
        ("finish-empty-string", 4),
    ]


def test_notes_that_were_collected_are_not_handed_over_again() -> None:
    running = OPENAI_CHAT.fold(Policies())
    running.add([ends(""), ends("stop")])
    running.notes.clear()

    assert [note.rule for note in running.finish(done=True).notes] == ["usage-absent"]


def test_a_choice_without_an_index_is_the_first_and_noted_each_time() -> None:
    stream: list[Any] = [chunk(choice({"content": "a"}, index=index)) for index in (None, None, 0)]

    assert message(*stream).content == "aaa"
    assert rules(*stream) == ["choices-index-drifts"] * 2
