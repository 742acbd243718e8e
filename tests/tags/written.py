"""Streams of ``openai-responses`` and lines of session logs, each with the shapes that it has."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Chunks = Sequence[dict[str, Any]]


def on(kind: str, index: int = 0, **more: Any) -> dict[str, Any]:
    """An event about the item of that index."""
    return {"type": f"response.{kind}", "output_index": index, "item_id": f"i{index}", **more}


def text(piece: str, index: int = 0, content: int = 0, **more: Any) -> dict[str, Any]:
    """A piece of a message's text."""
    return on("output_text.delta", index, content_index=content, delta=piece, **more)


def added(index: int = 0, **item: Any) -> dict[str, Any]:
    """An item begins."""
    return {"type": "response.output_item.added", "output_index": index, "item": {"id": f"i{index}", **item}}


def done(index: int = 0, **item: Any) -> dict[str, Any]:
    """An item is done."""
    return {"type": "response.output_item.done", "output_index": index, "item": {"id": f"i{index}", **item}}


def message(*texts: str, **more: Any) -> dict[str, Any]:
    """A message of texts, as it is shown."""
    content = [{"type": "output_text", "text": one} for one in texts]
    return {"type": "message", "role": "assistant", "content": content, **more}


def function(arguments: Any, number: int = 0) -> dict[str, Any]:
    """A function call, as it is shown."""
    return {"type": "function_call", "call_id": f"c{number}", "name": f"f{number}", "arguments": arguments}


def pieces(*arguments: str, index: int = 0) -> list[dict[str, Any]]:
    """Pieces of a function call's arguments."""
    return [on("function_call_arguments.delta", index, delta=one) for one in arguments]


def completed(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The closing event."""
    held = {"id": "r", "model": "m", "status": "completed", "output": list(items), **more}
    return {"type": "response.completed", "response": held}


CREATED: dict[str, Any] = {"type": "response.created", "response": {"id": "r", "model": "m", "output": []}}
OPEN = added(**message())
THOUGHT: dict[str, Any] = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]}
SPOKEN = [
    CREATED,
    OPEN,
    on("content_part.added", content_index=0, part={"type": "output_text", "text": ""}),
    text("Green"),
    text(" tea"),
    on("output_text.done", content_index=0, text="Green tea"),
    on("content_part.done", content_index=0, part={"type": "output_text", "text": "Green tea"}),
    done(**message("Green tea")),
    completed(message("Green tea")),
]
CALLED = [
    CREATED,
    added(**function("")),
    *pieces('{"a"', ":1}"),
    on("function_call_arguments.done", arguments='{"a":1}'),
    done(**function('{"a":1}')),
    completed(function('{"a":1}')),
]
CUSTOM = [
    CREATED,
    added(type="custom_tool_call", call_id="c", name="sing", input=""),
    on("custom_tool_call_input.delta", delta="la la"),
    done(type="custom_tool_call", call_id="c", name="sing", input="la la"),
    completed(),
]
SEALED: dict[str, Any] = {"type": "reasoning", "summary": [], "encrypted_content": "c2Vh"}
BOTH: dict[str, Any] = {**THOUGHT, "content": [{"type": "reasoning_text", "text": "Hm, tea."}]}

RESPONSES: dict[str, tuple[Chunks, int, int | None]] = {
    "text-only-whole": ([CREATED, OPEN, done(**message("Tea")), completed(message("Tea"))], 3, 2),
    "reasoning-only-whole": ([CREATED, done(**THOUGHT), completed(THOUGHT)], 2, 2),
    "reasoning-sealed": ([CREATED, added(**SEALED), completed(SEALED)], 2, 2),
    "texts-several": ([CREATED, OPEN, text("a"), text("b", content=1), completed()], 4, 1),
    "parts-interleaved": (
        [CREATED, OPEN, added(1, **message()), text("a"), text("b", 1), text("c"), text("d"), completed()],
        6,
        1,
    ),
    "tool-arguments-whole-beside": (CALLED, 5, 3),
    "tool-arguments-only-whole": (
        [CREATED, added(**function("")), done(**function('{"a":1}')), completed(function('{"a":1}'))],
        3,
        2,
    ),
    "message-without-role": ([CREATED, added(type="message", content=[]), text("Tea"), completed()], 2, 1),
    "call-not-a-function": (CUSTOM, 2, 2),
    "reasoning-and-summary": ([CREATED, done(**BOTH), completed()], 2, 1),
    "keepalive": ([CREATED, OPEN, {"type": "keepalive"}, text("Tea"), completed()], 3, 1),
}
"""Shape -> a stream that has it, the line of the first chunk that has it, and how many have it."""


def told(output: int, **more: Any) -> dict[str, Any]:
    """A line of Claude Code's with the usage of an answer."""
    usage = {"input_tokens": 5, "cache_read_input_tokens": 9, "output_tokens": output}
    answer = {"id": "m", "model": "claude", "role": "assistant", "usage": usage, **more.pop("message", {})}
    return {"type": "assistant", "sessionId": "s", "uuid": f"u{output}", "message": answer, **more}


def counted(total: int, last: int) -> dict[str, Any]:
    """A line of Codex's with the usage of a response and the counter of the session."""
    info = {"total_token_usage": {"input_tokens": total}, "last_token_usage": {"input_tokens": last}}
    return {"type": "event_msg", "payload": {"type": "token_count", "info": info}}


def meta(**more: Any) -> dict[str, Any]:
    """The first line of a session of Codex's."""
    return {"type": "session_meta", "payload": {"id": "s", **more}}


RECORD = {
    "type": "token_usage_record",
    "payload": {"usage": {"input_tokens": 4}, "turn_token_usage": {"input_tokens": 9}},
}
OWN = {"model": "<synthetic>"}
SPAWNED = {"subagent": {"thread_spawn": {"parent_thread_id": "p"}}}

LOGS: dict[str, tuple[Chunks, int, int | None]] = {
    "answer-without-request": ([told(1), told(7)], 1, 2),
    "line-of-a-sub-agent": ([told(1, isSidechain=True, requestId="q")], 1, 1),
    "answer-of-the-agent": ([told(0, requestId="q", message=OWN, isApiErrorMessage=True)], 1, 1),
    "counter-beside-usage": ([meta(), counted(9, 9), counted(9, 9)], 2, 2),
    "counter-of-the-turn": ([meta(), {**RECORD, "timestamp": "t"}], 2, 1),
    "session-goes-on": ([meta(forked_from_id="p"), counted(9, 9)], 1, 1),
    "session-of-a-sub-agent": ([meta(source=SPAWNED), counted(9, 9)], 1, 1),
}
"""The same of session logs."""
