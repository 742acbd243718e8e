"""A snapshot's file says all that a response says, and nothing that another day or machine would not."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.accepted.changes import differences, field_of
from stream_audit.accepted.document import DamagedFile
from stream_audit.accepted.masks import MASKED, Masks
from stream_audit.accepted.snapshots import Snapshot, parse_snapshot, settled_error, tree
from stream_audit.errors import UsageError
from stream_audit.model import EVERYTHING, FIELDS, Choice, Message, Response, ToolCall, Usage, Varied

TEXTS = st.text(max_size=8) | st.sampled_from(
    ["", "\x1b[2J", "\u202egnp", "\ud83c", "]]>", "</script>", "\x85"]
)
WORDS = st.none() | TEXTS
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=3)
COUNTS = st.none() | st.integers()
USAGES = st.builds(
    Usage,
    input_tokens=COUNTS,
    output_tokens=COUNTS,
    total_tokens=COUNTS,
    cache_read_tokens=COUNTS,
    cache_write_tokens=COUNTS,
    reasoning_tokens=COUNTS,
    raw=st.none() | OBJECTS,
)
CALLS = st.builds(ToolCall, id=WORDS, name=WORDS, arguments=TEXTS, extra=OBJECTS)
MESSAGES = st.builds(
    Message,
    role=WORDS,
    content=WORDS,
    reasoning=WORDS,
    refusal=WORDS,
    tool_calls=st.lists(CALLS, max_size=2).map(tuple),
    parts=st.lists(OBJECTS, max_size=2).map(tuple),
    annotations=st.lists(OBJECTS, max_size=2).map(tuple),
    audio=st.none() | OBJECTS,
    extra=OBJECTS,
)
CHOICES = st.builds(
    Choice,
    index=st.integers(0, 3),
    message=MESSAGES,
    finish_reason=WORDS,
    logprobs=st.none() | OBJECTS,
    extra=OBJECTS,
)
RESPONSES = st.builds(
    Response,
    id=WORDS,
    model=WORDS,
    created=st.none() | st.integers(),
    choices=st.lists(CHOICES, max_size=2).map(tuple),
    usage=st.none() | USAGES,
    system_fingerprint=WORDS,
    service_tier=WORDS,
    error=st.none() | OBJECTS,
    extra=OBJECTS,
)


def kept(response: Response, covered: frozenset[str] = EVERYTHING, **more: Any) -> Snapshot:
    told = {"recording": "a.jsonl", "dialect": "openai-chat", "chunks": 3, "content": "c0ffee", **more}
    return Snapshot(**told, response=tree(response, covered))


def said(content: str = "Hello", **more: Any) -> Response:
    return Response(choices=(Choice(message=Message(role="assistant", content=content, **more)),))


def restored(value: dict[str, Any]) -> Response:
    """The response of which a tree was made."""

    def message(found: dict[str, Any]) -> Message:
        calls = tuple(ToolCall(**call) for call in found.get("tool_calls", ()))
        lists: dict[str, Any] = {
            name: tuple(found[name]) for name in ("parts", "annotations") if name in found
        }
        return Message(**{**found, **lists, "tool_calls": calls})

    choices = tuple(
        Choice(**{**one, "message": message(one.get("message", {}))}) for one in value.get("choices", ())
    )
    usage = Usage(**value["usage"]) if "usage" in value else None
    return Response(**{**value, "choices": choices, "usage": usage})


@given(RESPONSES)
def test_any_response_round_trips_through_a_file(response: Response) -> None:
    snapshot = kept(response)

    again = parse_snapshot(Path("a.json"), snapshot.text)

    assert again == snapshot
    assert again.response is not None
    assert restored(dict(again.response)) == response


@given(RESPONSES, RESPONSES)
def test_two_answers_have_the_same_file_when_and_only_when_nothing_differs(
    one: Response, other: Response
) -> None:
    left, right = kept(one), kept(other)

    assert (left.text == right.text) is (list(differences(left, right)) == [])


@given(RESPONSES)
def test_a_file_sends_nothing_to_a_terminal_and_hides_nothing_from_a_reviewer(response: Response) -> None:
    for line in kept(response).text.splitlines():
        assert not {c for c in line if not c.isprintable()} & set(
            "\x1b\x07\x7f\x85\x9b\u202e\u200b\u2028\ufeff\ud83c"
        )


@given(RESPONSES, st.sets(st.sampled_from(FIELDS)))
def test_what_a_candidate_does_not_claim_is_not_its_answer(response: Response, covered: set[str]) -> None:
    text = json.dumps(tree(response, covered))

    for field in {field for field in FIELDS if "extra" not in field} - covered - {"choices"}:
        for path, _, _ in differences(kept(Response()), kept(response, frozenset(covered))):
            assert field_of(path) != field, text


def test_what_says_nothing_is_left_out_and_an_empty_text_says_something() -> None:
    assert tree(said(), EVERYTHING) == {
        "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hello"}}]
    }
    assert tree(said(""), EVERYTHING)["choices"][0]["message"]["content"] == ""
    assert tree(Response(), EVERYTHING) == {"choices": []}


def test_what_json_has_no_word_for_is_named() -> None:
    odd = Response(extra={"x": float("-inf"), "y": Varied((1, 2), 9, 4)})

    assert tree(odd, EVERYTHING)["extra"] == {
        "x": "(-inf)",
        "y": {"(varied)": {"first": [1, 2], "last": 9, "count": 4}},
    }


def test_a_value_that_nests_without_end_is_still_written_and_still_differs() -> None:
    def nested(core: str) -> Any:
        value: Any = core
        for _ in range(400):
            value = [value]
        return value

    one, other = (kept(Response(extra={"deep": nested(core)})) for core in ("a", "b"))

    assert parse_snapshot(Path("a"), one.text) == one
    assert one.text != other.text


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("id", "id"),
        ("choices[0].message.role", "role"),
        ("choices[12].message.tool_calls[1].arguments", "tool_calls"),
        ("choices[0].finish_reason", "finish_reason"),
        ("choices[1]", "choices"),
        ("choices[1].message", "choices"),
        ("usage.input_tokens", "usage.input_tokens"),
        ("usage.raw.prompt_tokens", "usage"),
        ("extra.citations[0]", "extra"),
        ("choices[0].extra.seed", "choices.extra"),
        ("choices[0].message.extra", "choices.extra"),
        ("choices[0].message.tool_calls[1].extra.extra_content.google", "tool_calls.extra"),
        ("choices[0].message.parts[0].extra.x", "parts"),
    ],
)  # fmt: skip
def test_every_place_belongs_to_a_field(path: str, field: str) -> None:
    assert field_of(path) == field


def test_a_difference_is_the_smallest_place() -> None:
    old = kept(said(tool_calls=(ToolCall(id="a", name="f"), ToolCall(id="b", name="g"))))
    new = kept(said("Hello!", tool_calls=(ToolCall(id="a", name="h"),)))

    assert list(differences(old, new)) == [
        ("choices[0].message.content", "Hello", "Hello!"),
        ("choices[0].message.tool_calls[0].name", "f", "h"),
        ("choices[0].message.tool_calls[1]", {"id": "b", "name": "g"}, None),
    ]


def test_choices_are_paired_by_their_index() -> None:
    second = Choice(index=1, message=Message(content="b"))
    old = kept(Response(choices=(Choice(message=Message(content="a")), second)))

    assert list(differences(old, kept(Response(choices=(second,))))) == [
        ("choices[0]", {"index": 0, "message": {"content": "a"}}, None)
    ]


def test_a_count_is_told_once_and_not_again_in_the_providers_name() -> None:
    old = kept(Response(usage=Usage(output_tokens=4, raw={"completion_tokens": 4, "cost": 1})))
    new = kept(Response(usage=Usage(output_tokens=5, raw={"completion_tokens": 5, "cost": 2})))

    assert [path for path, _, _ in differences(old, new)] == ["usage.output_tokens", "usage.raw.cost"]


def test_other_chunks_are_told_apart_from_another_answer() -> None:
    ((path, old, new),) = differences(kept(said()), kept(said(), content="beef", chunks=4))

    assert (path, old, new) == (
        "recording", "3 chunks of openai-chat, c0ffee", "4 chunks of openai-chat, beef",
    )  # fmt: skip


def test_an_answer_that_became_an_error_is_one_difference() -> None:
    failed = replace(kept(said()), response=None, error="KeyError: 'x'")

    assert list(differences(kept(said()), failed)) == [("response", "an answer", "KeyError: 'x'")]
    assert parse_snapshot(Path("a"), failed.text) == failed


@pytest.mark.parametrize(
    ("error", "kept"),
    [
        ("KeyError: 'x' (app/combine.py:12)", "KeyError: 'x'"),
        ("OSError: no /home/me/app/data.json here", "OSError: no …/data.json here"),
        (r"OSError: no C:\Users\me\data.json", "OSError: no …/data.json"),
        ("TypeError: <object at 0x7f3a5c00e2b0>", "TypeError: <object at 0x…>"),
        ("exited with code 3; its last words: at 12:31", "exited with code 3"),
        (
            "ValueError: see https://example.org/a/b and 1/2/3",
            "ValueError: see https://example.org/a/b and 1/2/3",
        ),
    ],
)
def test_an_error_is_kept_without_what_another_machine_would_say(error: str, kept: str) -> None:
    assert settled_error("crashed", error) == kept


def test_a_time_limit_is_kept_without_its_seconds() -> None:
    assert settled_error("timeout", "no answer within 3 s") == "no answer within the time limit"


GOOD = kept(said()).text


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD[:90], "is damaged: .*line 5 column 12"),
        ("<<<<<<< HEAD\n" + GOOD, "is damaged: .*line 1"),
        (GOOD.replace('"schema_version": 1', '"schema_version": 2'), "newer stream-audit"),
        (GOOD.replace('"schema_version": 1', '"schema_version": true'), "has no schema_version 1"),
        ("[]", "has no schema_version 1"),
        ("NaN", "NaN is no JSON"),
        (GOOD.replace('"chunks": 3', '"chunks": "3"'), "its 'chunks' is missing"),
        (GOOD.replace('"dialect"', '"dialetc"'), "its 'dialect' is missing"),
        (GOOD.replace('"chunks"', '"x": 1, "chunks"'), "unknown key 'x'"),
        (GOOD.replace('"chunks"', '"error": "x", "chunks"'), "needs a 'response' or an 'error'"),
        (GOOD.replace('"chunks": 3', '"chunks": 3, "chunks": 3'), "'chunks' stands there twice"),
        ("[" * 100_000, "is damaged"),
    ],
)
def test_a_damaged_file_is_named_with_what_is_wrong(text: str, complaint: str) -> None:
    with pytest.raises(DamagedFile, match=complaint) as caught:
        parse_snapshot(Path("store/a.json"), text)

    assert "store/a.json" in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_file_that_was_only_written_otherwise_is_the_same() -> None:
    again = json.dumps(json.loads(GOOD)).replace("\n", "\r\n")

    assert parse_snapshot(Path("a"), again).text == GOOD


# --------------------------------------------------------------------------- masks


def test_masks_reach_any_depth_and_those_that_match_nothing_are_known() -> None:
    calls = (ToolCall(id="a", name="f"), ToolCall(id="b", name="g"))
    value = tree(replace(said(tool_calls=calls), id="r1", created=7), EVERYTHING)
    masks = Masks(
        ["id", "created", "choices[*].message.tool_calls[*].id", "choices[1].index", "extra.*", "model"]
    )

    masked = masks.apply(value)

    assert (masked["id"], masked["created"]) == (MASKED, MASKED)
    assert [call["id"] for call in masked["choices"][0]["message"]["tool_calls"]] == [MASKED, MASKED]
    assert [call["name"] for call in masked["choices"][0]["message"]["tool_calls"]] == ["f", "g"]
    assert masks.unused == ("choices[1].index", "extra.*", "model")


@given(RESPONSES)
def test_a_mask_changes_nothing_but_its_field(response: Response) -> None:
    plain, masked = tree(response, EVERYTHING), Masks(["model"]).apply(tree(response, EVERYTHING))

    assert masked == ({**plain, "model": MASKED} if "model" in plain else plain)


@pytest.mark.parametrize("path", ["", ".id", "id.", "choices[", "choices[x]", "a..b", "[-1]"])
def test_what_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(UsageError, match="is no path like created"):
        Masks([path])
