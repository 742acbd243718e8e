"""Gemini's answer as a candidate returns it: as its API sends it, as the Python SDK has it, or collected."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from stream_audit.candidates.answers import UnknownShape, read
from stream_audit.candidates.inside import objects
from stream_audit.candidates.inside.google import api_name
from stream_audit.candidates.inside.plain import plain
from stream_audit.compare import compare
from stream_audit.model import Message, ToolCall
from tests.runs import audit
from tests.suspects.recorded import fixtures, payloads

CORE = {"role", "content", "tool_calls", "finish_reason", "choices", "parts", "reasoning"}
MORE = ("partialArgs", "willContinue", "partial_args", "promptFeedback", "error", "response")
WHOLE = [
    path for path in fixtures("gemini") if not any(f'"{key}"' in path.read_text("utf-8") for key in MORE)
]
"""Recordings whose answer is nothing but all their parts, and what was told last."""


def message(*parts: dict[str, Any]) -> Message:
    response, _ = read({"candidates": [{"content": {"parts": list(parts)}}]})
    return response.choices[0].message


def collected(chunks: list[Any]) -> dict[str, Any]:
    """What the usual loop gathers off chunks that are objects."""
    found: dict[int, dict[str, Any]] = {}
    answer: dict[str, Any] = {}
    usage: dict[str, Any] = {}
    for chunk in chunks:
        for entry in chunk.candidates or []:
            index = entry.index or 0
            one = found.setdefault(index, {"index": index, "content": {"role": "model", "parts": []}})
            if entry.content is not None:
                one["content"]["parts"] += entry.content.parts or []
            one["finish_reason"] = entry.finish_reason or one.get("finish_reason")
            one["grounding_metadata"] = entry.grounding_metadata or one.get("grounding_metadata")
        usage |= chunk.usage_metadata.model_dump(exclude_none=True) if chunk.usage_metadata else {}
        answer |= {"response_id": chunk.response_id, "model_version": chunk.model_version}
    return {**answer, "candidates": list(found.values()), "usage_metadata": usage or None}


def in_api_names(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            api_name(key): item if key == "args" else in_api_names(item)
            for key, item in value.items()
            if item is not None
        }
    return [in_api_names(item) for item in value] if isinstance(value, list) else value


@pytest.mark.parametrize("guise", [lambda value: value, in_api_names], ids=["sdk", "api"])
@pytest.mark.parametrize("path", WHOLE, ids=lambda path: path.stem)
def test_what_the_usual_loop_collects_is_the_answer(path: Path, guise: Any) -> None:
    (audited,) = audit(path).audited
    assert audited.reference is not None
    answer = plain(collected([objects.build(one, "gemini") for one in payloads(path)]))

    response, claims = read(guise(answer))

    assert claims >= CORE | {"id", "model"}
    assert compare(audited.reference, response, claims - {"annotations", "logprobs"}) == []


def test_there_are_enough_of_such_recordings() -> None:
    assert len(WHOLE) > 40


def test_neighbouring_texts_are_one_and_thoughts_are_apart() -> None:
    said = message(
        {"text": "Hm", "thought": True},
        {"text": ".", "thought": True},
        {"text": "It "},
        {"text": ""},
        {"text": "is.", "thoughtSignature": "c2ln"},
        {"text": " Yes."},
    )

    assert (said.reasoning, said.content) == ("Hm.", "It is. Yes.")
    assert said.parts == (
        {"text": "Hm.", "thought": True},
        {"text": "It is. Yes.", "thoughtSignature": "c2ln"},
    )


def test_an_empty_text_parts_nothing() -> None:
    thought = {"text": "Hm", "thought": True}

    assert message(thought, {"text": ""}, thought).parts == ({"text": "HmHm", "thought": True},)


def test_texts_with_two_signatures_are_two_and_so_are_texts_around_a_call() -> None:
    call = {"functionCall": {"name": "look"}}
    said = message({"text": "a", "thoughtSignature": "YQ=="}, {"text": "b", "thoughtSignature": "Yg=="})

    assert len(said.parts) == 2
    assert len(message({"text": "a"}, call, {"text": "b"}).parts) == 3


def test_a_call_has_its_arguments_as_json_and_what_stands_beside_it() -> None:
    said = message(
        {"function_call": {"name": "look", "args": {"the_key": [1]}, "id": None}, "thought_signature": "-_8="}
    )

    assert said.tool_calls == (
        ToolCall(id=None, name="look", arguments='{"the_key":[1]}', extra={"thoughtSignature": "+/8="}),
    )
    assert said.parts == (
        {"functionCall": {"args": {"the_key": [1]}, "name": "look"}, "thoughtSignature": "+/8="},
    )


def test_what_is_no_base64_keeps_its_signs() -> None:
    said = message({"text": "a", "thoughtSignature": "not-base_64!"}, {"inlineData": {"data": "-_8="}})

    assert said.parts[0]["thoughtSignature"] == "not-base_64!"
    assert said.parts[1]["inlineData"] == {"data": "+/8="}


def test_an_answer_without_candidates_is_one_when_it_is_googles() -> None:
    blocked = {"promptFeedback": {"blockReason": "SAFETY"}, "candidates": None}
    response, claims = read(blocked)

    assert (response.choices, response.extra) == ((), {"promptFeedback": {"blockReason": "SAFETY"}})
    assert claims >= CORE
    with pytest.raises(UnknownShape, match="candidates holds"):
        read({"candidates": [3]})


def test_sources_are_claimed_where_they_are_told() -> None:
    cited = {"citationMetadata": {"citations": [{"uri": "u"}]}}
    grounded = {"groundingMetadata": {"groundingChunks": [{"web": {"uri": "w"}}]}}
    response, claims = read({"candidates": [{**grounded, **cited, "logprobsResult": {}}]})

    assert response.choices[0].message.annotations == ({"uri": "u"}, {"web": {"uri": "w"}})
    assert {"annotations", "logprobs"} <= claims


class Part:
    """Like a model of google-genai: it knows how to write its bytes."""

    model_config = {"ser_json_bytes": "base64"}  # noqa: RUF012 - as Pydantic has it

    def model_dump(self, *, mode: str = "python") -> dict[str, Any]:
        return {"thought_signature": "c2ln" if mode == "json" else b"sig"}


def test_a_model_that_writes_bytes_as_base64_is_asked_to() -> None:
    assert plain([Part()]) == [{"thought_signature": "c2ln"}]
