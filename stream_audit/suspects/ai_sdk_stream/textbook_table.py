"""What each call of ``ai-sdk-stream-python`` takes: the table of ``docs/folding.md`` again."""

from __future__ import annotations

from typing import Any

from stream_audit.suspects.every_dialect import is_count

__all__ = ["ARGUMENTS", "is_right"]

ARGUMENTS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "StreamContext": ((), ("message_id", "store_exclude", "stream_exclude")),
    "write_text": (("delta",), ("collect", "tokens")),
    "write_reasoning": (("delta",), ("collect", "tokens")),
    "new_step": ((), ()),
    "begin_tool_call": (("tool_name", "tool_input"), ("tool_call_id", "collect")),
    "start_tool_input": (("tool_name",), ("tool_call_id", "collect")),
    "stream_tool_input_delta": (("tool_call_id", "input_text_delta"), ()),
    "finish_tool_input": (("tool_call_id", "tool_name", "input"), ()),
    "complete_tool_call": (("tool_call_id",), ("output",)),
    "fail_tool_call": (("tool_call_id", "error"), ()),
    "write_data": (("name",), ("data", "id", "transient", "collect")),
    "write_file": (("url", "media_type"), ("collect",)),
    "write_source": (("source_id", "url"), ("title", "collect")),
    "set_usage": ((), ("prompt_tokens", "reasoning_tokens", "answer_tokens")),
    "finish": ((), ("finish_reason",)),
    "abort": ((), ()),
    "error": (("error_text",), ()),
}
"""Required and optional arguments of each op."""


def is_right(op: str, name: str, value: Any) -> bool:
    """Whether an argument may have this value. ``None`` never is one."""
    match name:
        case "data" | "output":
            return value is not None
        case "tool_input" | "input":
            return isinstance(value, dict)
        case "collect" | "transient":
            return isinstance(value, bool)
        case "tokens" | "prompt_tokens" | "reasoning_tokens" | "answer_tokens":
            return is_count(value)
        case "store_exclude" | "stream_exclude":
            return isinstance(value, list) and all(isinstance(text, str) for text in value)
        case "name":
            return isinstance(value, str) and value.replace("-", "a").replace("_", "a").isalnum()
        case _:
            return isinstance(value, str)
