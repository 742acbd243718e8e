"""Each trigger shape: a stream that has it is told, one that has not is not."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from stream_audit.model.tag import Tagged
from stream_audit.tags import TAGS
from tests.runs import HELLO, audit, chunk, write
from tests.tags.written import LOGS, RESPONSES

Chunks = Sequence[dict[str, Any]]

USAGE = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
PLAIN = [
    chunk({"role": "assistant", "content": "Hi"}),
    chunk({"content": " there"}),
    chunk({}, finish_reason="stop"),
]


def call(index: int | None = 0, arguments: Any = None, **more: Any) -> dict[str, Any]:
    function = {key: more.pop(key) for key in ("name",) if key in more}
    if arguments is not None or "null" in more:
        function["arguments"] = arguments
        more.pop("null", None)
    return {**({} if index is None else {"index": index}), **more, "function": function}


def calling(*calls: dict[str, Any], **more: Any) -> dict[str, Any]:
    return chunk({"tool_calls": list(calls)}, **more)


def opens(index: int = 0, **more: Any) -> dict[str, Any]:
    return call(index, more.pop("arguments", ""), id=f"c{index}", name=f"f{index}", **more)


def event(kind: str, **more: Any) -> dict[str, Any]:
    return {"type": kind, **more}


SIGNED = [
    event("message_start", message={"id": "m", "role": "assistant", "content": []}),
    event("content_block_start", index=0, content_block={"type": "thinking", "thinking": ""}),
    event("content_block_delta", index=0, delta={"type": "signature_delta", "signature": "s"}),
    event("message_stop"),
]
CONVERSED: list[dict[str, Any]] = [
    {"messageStart": {"role": "assistant"}},
    {"contentBlockDelta": {"contentBlockIndex": 0, "delta": {"reasoningContent": {"redactedContent": "c"}}}},
    {
        "contentBlockStart": {
            "contentBlockIndex": 1,
            "start": {"toolUse": {"toolUseId": "t", "name": "web_search", "type": "server_tool_use"}},
        }
    },
    {"messageStop": {"stopReason": "end_turn"}},
    {"metadata": {"usage": {"inputTokens": 2, "outputTokens": 1, "cacheReadInputTokenCount": 4}}},
]
LEAF = {"name": "look", "partialArgs": [{"jsonPath": "$.city", "stringValue": "Oslo"}]}


def generated(*parts: Any, **more: Any) -> dict[str, Any]:
    content = {"parts": list(parts), "role": "model"}
    return {"candidates": [{"content": content}], "modelVersion": "g", "responseId": "r", **more}


GENERATED = [
    generated({"text": "Hm.", "thought": True}, {"text": "Look:", "thoughtSignature": "c2ln"}),
    generated({"inlineData": {"data": "AAA="}}),
    generated({"functionCall": LEAF}, {"functionCall": {}}),
    generated({"text": ""}, usageMetadata={"promptTokenCount": 2, "toolUsePromptTokenCount": 3}),
]
SHOWN = [
    event("start", messageId="m", messageMetadata={"model": "x"}),
    event("data-plan", id="p", data=1),
    event("data-note", data=1, transient=True),
    event("tool-input-start", toolCallId="a", toolName="f", dynamic=True),
    event("tool-input-available", toolCallId="a", toolName="f", input={"x": 1}),
    event("tool-input-available", toolCallId="s", toolName="web_search", input={}, providerExecuted=True),
    event("tool-output-available", toolCallId="s", output=1, preliminary=True, providerExecuted=True),
    event("reset-step"),
    event("finish-step"),
    event("finish", finishReason="stop"),
]
PLANNED = [
    event("message-start", id="m", delta={"message": {"role": "assistant"}}),
    event("tool-plan-delta", delta={"message": {"tool_plan": "I look."}}),
    event(
        "tool-call-start",
        index=0,
        delta={"message": {"tool_calls": {"id": "c", "function": {"name": "f", "arguments": ""}}}},
    ),
    event("tool-call-delta", index=0, delta={"message": {"tool_calls": {"function": {"arguments": "{}"}}}}),
    event(
        "message-end",
        delta={
            "finish_reason": "TOOL_CALL",
            "usage": {"billed_units": {"input_tokens": 2}, "tokens": {"input_tokens": 9}},
        },
    ),
]
CALLED = {"function": {"index": 0, "name": "f", "arguments": {"x": 1}}}
CHATTED = [
    {"model": "m", "message": {"role": "assistant", "content": "", "tool_calls": [CALLED]}, "done": False},
    {"model": "m", "message": {"role": "assistant", "content": ""}, "done": True, "eval_duration": 7},
]
START, END = PLAIN[0], PLAIN[-1]

STREAMS: dict[str, tuple[Chunks, int, int | None]] = {
    **RESPONSES,
    **LOGS,
    "role-repeated": ([START, chunk({"role": "assistant", "content": "x"}), END], 2, 1),
    "role-silent": ([START, chunk({"role": None, "content": "x"}), END], 2, 1),
    "role-late": ([chunk({"content": "x"}), START, END], 2, 1),
    "role-absent": ([chunk({"content": "x"}), END], 1, None),
    "text-blank": ([START, chunk({"content": " \n"}), END], 2, 1),
    "text-starts-empty": ([chunk({"role": "assistant", "content": ""}), *PLAIN[1:]], 1, 1),
    "text-null": ([START, chunk({"content": None}), END], 2, 1),
    "text-repeated": ([START, chunk({"content": "na"}), chunk({"content": "na"}), END], 3, 1),
    "text-in-parts": ([chunk({"content": [{"type": "text", "text": "Hi"}]}), END], 1, 1),
    "text-whole-beside": (
        [{**START, "choices": [{**START["choices"][0], "message": {"content": "Hi"}}]}, END],
        1,
        1,
    ),
    "text-not-ascii": ([START, chunk({"content": "gr\u00fcn"}), END], 2, 1),
    "character-cut": ([START, chunk({"content": "\ud83d"}), chunk({"content": "\ude00"}), END], 2, 2),
    "think-tag": ([chunk({"content": "<thi"}), chunk({"content": "nk>so"}), END], 2, 1),
    "mixed-delta": ([chunk({"content": "x", "reasoning": "y"}), END], 1, 1),
    "reasoning": ([chunk({"reasoning_content": "y"}), chunk({"reasoning": "z"}), END], 1, 2),
    "reasoning-and-text": ([chunk({"reasoning": "y"}), chunk({"content": "x"}), END], 2, 1),
    "signature": (SIGNED, 3, 1),
    "tool-call": ([calling(opens()), calling(call(0, "{}")), END], 1, 2),
    "tool-calls-parallel": ([calling(opens()), calling(opens(1)), END], 2, 1),
    "tool-calls-in-one-chunk": ([calling(opens(), opens(1)), END], 1, 1),
    "tool-calls-interleaved": (
        [calling(opens()), calling(opens(1)), calling(call(0, "{}")), calling(call(1, "{}")), END],
        3,
        2,
    ),
    "tool-index-not-in-order": ([calling(opens(1)), END], 1, 1),
    "tool-opens-with-arguments": ([calling(opens(arguments='{"a"')), calling(call(0, ":1}")), END], 1, 1),
    "tool-arguments-null": ([calling(call(0, id="c", name="f", null=True)), END], 1, 1),
    "tool-id-silent": ([calling(opens()), calling(call(0, "{}", id="")), END], 2, 1),
    "tool-without-arguments": ([START, calling(opens()), END], 2, None),
    "tool-arguments-unfinished": ([calling(opens(arguments='{"a"')), END], 1, None),
    "tool-in-finish-chunk": ([START, calling(opens(), finish_reason="tool_calls")], 2, 1),
    "tool-call-and-text": ([START, calling(opens()), END], 2, 1),
    "text-in-finish-chunk": ([START, chunk({"content": "!"}, finish_reason="stop")], 2, 1),
    "chunks-behind-finish": ([*PLAIN, chunk(usage=USAGE)], 4, 1),
    "finish-repeated": ([*PLAIN, END], 4, 1),
    "finish-at-a-limit": ([START, chunk({}, finish_reason="length")], 2, 1),
    "done-absent": (PLAIN, 3, None),
    "stream-cut-off": (PLAIN[:2], 2, None),
    "choices-empty": ([*PLAIN, chunk(usage=USAGE)], 4, 1),
    "choices-empty-first": ([{**START, "choices": []}, *PLAIN], 1, 1),
    "choices-several": (
        [START, {**START, "choices": [{"index": 1, "delta": {"content": "B"}}]}, END],
        2,
        1,
    ),
    "choice-not-in-order": ([{**START, "choices": [{"index": 1, "delta": {"content": "B"}}]}, *PLAIN], 1, 2),
    "choice-without-delta": ([*PLAIN[:2], {**END, "choices": [{"index": 0, "finish_reason": "stop"}]}], 3, 1),
    "id-starts-empty": ([{**START, "id": "", "model": "", "choices": []}, *PLAIN], 2, 1),
    "names-repeated": (PLAIN, 2, 2),
    "tier-or-fingerprint": ([{**START, "service_tier": "flex"}, END], 1, None),
    "logprobs": ([{**START, "choices": [{**START["choices"][0], "logprobs": {"content": [{}]}}]}, END], 1, 1),
    "refusal": ([chunk({"refusal": "No"}), chunk({"refusal": "."}), END], 1, 2),
    "audio": ([chunk({"audio": {"id": "a"}}), END], 1, 1),
    "citations": ([chunk({"annotations": [{"url": "u"}]}), END], 1, 1),
    "citation-repeated": ([chunk({"annotations": [{"url": "u"}, {"url": "u"}]}), END], 1, 1),
    "unknown-fields": ([{**START, "provider": "x"}, END], 1, None),
    "equal-chunks": ([START, chunk({"content": "na"}), chunk({"content": "na"}), END], 3, 1),
    "usage": ([*PLAIN, chunk(usage=USAGE)], 4, 1),
    "usage-in-several-chunks": (
        [START, chunk({}, usage=USAGE), chunk({}, finish_reason="stop", usage=USAGE)],
        3,
        1,
    ),
    "usage-in-several-places": ([*PLAIN, {**chunk(usage=USAGE), "x_groq": {"usage": USAGE}}], 4, 1),
    "usage-in-parts": ([chunk({}, usage={"prompt_tokens": 9}), *PLAIN, chunk(usage=USAGE)], 1, None),
    "usage-zero": ([*PLAIN, chunk(usage={**USAGE, "completion_tokens": 0})], 4, 1),
    "usage-zero-behind-count": (
        [*PLAIN, chunk(usage=USAGE), chunk(usage={**USAGE, "completion_tokens": 0})],
        5,
        1,
    ),
    "usage-behind-finish": ([*PLAIN, chunk(usage=USAGE)], 4, 1),
    "usage-before-text": ([chunk({}, usage=USAGE), *PLAIN], 1, None),
    "usage-before-last-chunk": ([chunk({}, usage=USAGE), *PLAIN], 1, None),
    "usage-with-choices": ([START, chunk({}, finish_reason="stop", usage=USAGE)], 2, 1),
    "usage-details": (
        [*PLAIN, chunk(usage={**USAGE, "prompt_tokens_details": {"audio_tokens": 1}})],
        4,
        1,
    ),
    "cached-tokens": ([*PLAIN, chunk(usage={**USAGE, "prompt_tokens_details": {"cached_tokens": 4}})], 4, 1),
    "cache-writes": (
        [SIGNED[0], event("message_delta", delta={}, usage={"cache_creation_input_tokens": 3}), SIGNED[-1]],
        2,
        1,
    ),
    "reasoning-tokens": (
        [*PLAIN, chunk(usage={**USAGE, "completion_tokens_details": {"reasoning_tokens": 1}})],
        4,
        1,
    ),
    "total-tokens": ([*PLAIN, chunk(usage=USAGE)], 4, 1),
    "usage-timings": ([*PLAIN, {**chunk(usage=USAGE), "timings": {"predicted_n": 2}}], 4, 1),
    "server-tool": (CONVERSED, 3, 1),
    "cache-spelt-otherwise": (CONVERSED, 5, 1),
    "parts-in-one-chunk": (GENERATED, 1, 2),
    "part-not-text": (GENERATED, 2, 1),
    "arguments-in-leaves": (GENERATED, 3, 1),
    "tool-result-tokens": (GENERATED, 4, 1),
    "prompt-blocked": ([{"promptFeedback": {"blockReason": "SAFETY"}, "modelVersion": "g"}], 1, 1),
    "chunk-wrapped": ([{"response": generated({"text": "Hi"}), "traceId": "t"}], 1, 1),
    "usage-and-choices-several": (
        [START, {**START, "choices": [{"index": 1, "delta": {"content": "B"}}]}, chunk(usage=USAGE)],
        3,
        None,
    ),
    "message-metadata": (SHOWN, 1, 1),
    "data-with-id": (SHOWN, 2, 1),
    "data-transient": (SHOWN, 3, 1),
    "dynamic-tool": (SHOWN, 4, 1),
    "tool-input-whole": (SHOWN, 5, 2),
    "provider-tool": (SHOWN, 6, 1),
    "output-preliminary": (SHOWN, 7, 1),
    "step-reset": (SHOWN, 8, 1),
    "step-end": (SHOWN, 9, 1),
    "tool-plan": (PLANNED, 2, 1),
    "billed-units-differ": (PLANNED, 5, 1),
    "arguments-object": (CHATTED, 1, 1),
    "call-without-id": (CHATTED, 1, 1),
    "prompt-uncounted": (CHATTED, 2, 1),
    "durations": (CHATTED, 2, 1),
    "context": ([{"model": "m", "response": "x", "done": True, "context": [1]}], 1, 1),
    "write-uncollected": (
        [{"op": "StreamContext"}, {"op": "write_text", "delta": "x", "collect": False}, {"op": "finish"}],
        2,
        1,
    ),
}
"""Shape -> a stream that has it, the line of the first chunk that has it, and how many have it."""

BODY = b"".join(b"data: " + json.dumps(one).encode() + b"\n\n" for one in PLAIN)
FIRST = b"data: " + json.dumps(START).encode()

FRAMES: dict[str, tuple[bytes, int, int]] = {
    "sse-comment": (BODY.replace(b"\n\ndata", b"\n\n: ping\n\ndata", 1), 5, 1),
    "sse-crlf": (BODY.replace(b"\n", b"\r\n"), 1, 3),
    "sse-no-space": (BODY.replace(b"data: ", b"data:"), 1, 3),
    "sse-multiline-data": (BODY.replace(b', "choices"', b',\ndata: "choices"', 1), 1, 1),
    "sse-empty-data": (b"data:\n\n" + BODY, 3, 1),
    "sse-bom": (b"\xef\xbb\xbf" + BODY, 1, 1),
}
"""The same of event streams, as bytes."""


def tagged(path: Path) -> dict[str, Tagged]:
    (audited,) = audit(path, subject="streams", tags=True).audited
    assert audited.tags is not None
    return {one.name: one for one in audited.tags}


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_that_has_a_shape_is_told_with_the_place_and_the_number_of_chunks(
    name: str, tmp_path: Path
) -> None:
    chunks, line, number = STREAMS[name]

    found = tagged(write(tmp_path / "a.jsonl", chunks))

    assert found[name] == Tagged(name, line, number)


@pytest.mark.parametrize("name", FRAMES)
def test_a_shape_of_event_stream_text_is_told(name: str, tmp_path: Path) -> None:
    body, line, number = FRAMES[name]
    (tmp_path / "a.sse").write_bytes(body)

    assert tagged(tmp_path / "a.sse")[name] == Tagged(name, line, number)


def test_there_is_a_stream_for_every_shape() -> None:
    assert {*STREAMS, *FRAMES} == {tag.name for tag in TAGS}


def test_a_plain_stream_has_none_of_the_shapes_but_those_that_any_has(tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(BODY + b"data: [DONE]\n\n")

    assert set(tagged(tmp_path / "a.sse")) == {"names-repeated", "usage-absent"}


def test_what_stands_behind_the_last_chunk_belongs_to_its_frame(tmp_path: Path) -> None:
    (tmp_path / "a.sse").write_bytes(BODY + b": bye\n\n")

    assert tagged(tmp_path / "a.sse")["sse-comment"] == Tagged("sse-comment", 5, 1)


def test_a_tool_of_the_servers_is_no_tool_call(tmp_path: Path) -> None:
    block = {"type": "server_tool_use", "id": "s", "name": "web_search", "input": {}}
    chunks = [
        SIGNED[0],
        event("content_block_start", index=0, content_block=block),
        event("content_block_delta", index=0, delta={"type": "input_json_delta", "partial_json": "{}"}),
        SIGNED[-1],
    ]

    assert "tool-call" not in tagged(write(tmp_path / "a.jsonl", chunks))


def test_a_tool_that_bedrock_ran_itself_is_no_tool_call(tmp_path: Path) -> None:
    piece = {"contentBlockDelta": {"contentBlockIndex": 1, "delta": {"toolUse": {"input": "{}"}}}}

    assert "tool-call" not in tagged(write(tmp_path / "a.jsonl", [*CONVERSED[:3], piece, *CONVERSED[3:]]))


def test_a_nameless_call_is_more_of_the_one_before_and_a_named_one_another(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", GENERATED))
    twice = tagged(write(tmp_path / "b.jsonl", [*GENERATED, *GENERATED]))

    assert "tool-calls-parallel" not in found
    assert twice["tool-calls-parallel"] == Tagged("tool-calls-parallel", 7, 1)


def test_chunks_in_the_names_of_googles_sdk_have_the_same_shapes(tmp_path: Path) -> None:
    dumped = json.loads(re.sub(r'"(\w+)":', _snake, json.dumps(GENERATED)))

    found = tagged(write(tmp_path / "a.jsonl", GENERATED))

    assert {"reasoning", "reasoning-and-text", "signature", "tool-call", "names-repeated"} <= {*found}
    assert {*tagged(write(tmp_path / "b.jsonl", dumped))} == {*found}


def _snake(name: re.Match[str]) -> str:
    return re.sub(r"[A-Z]", lambda letter: f"_{letter[0].lower()}", name[0])


def test_what_opens_a_call_of_a_message_is_one_call_with_its_input(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", SHOWN))

    assert found["tool-call"] == Tagged("tool-call", 4, 2)
    assert "tool-calls-parallel" not in found
    assert "tool-calls-interleaved" not in found


def test_a_rule_that_the_fold_noted_is_a_shape_by_its_name(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", [calling({"id": "c", "function": {"name": "f"}}), END]))

    assert found["tool-index-missing"] == Tagged("tool-index-missing", 1, 1)


def test_a_note_that_says_what_a_shape_says_is_not_listed_beside_it(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", HELLO[:2]))

    assert "stream-cut-off" in found
    assert "truncation-undetected" not in found


def test_pieces_of_a_call_of_cohere_are_of_the_call_that_their_index_names(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", PLANNED))

    assert found["tool-call"] == Tagged("tool-call", 3, 2)
    assert not {"tool-calls-parallel", "tool-calls-interleaved", "tool-call-and-text"} & {*found}


def test_reasoning_that_bedrock_sealed_is_told(tmp_path: Path) -> None:
    assert tagged(write(tmp_path / "a.jsonl", CONVERSED))["reasoning-sealed"].line == 2


def test_every_call_of_ollama_is_another_one(tmp_path: Path) -> None:
    found = tagged(write(tmp_path / "a.jsonl", [CHATTED[0], *CHATTED]))

    assert found["tool-calls-parallel"] == Tagged("tool-calls-parallel", 2, 1)
    assert found["tool-index-not-in-order"] == Tagged("tool-index-not-in-order", 2, 1)
    assert "role-repeated" in found
