"""The calls that a writer of ``ai_sdk_stream_python`` can make, and what each may be given."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.keys import Check, Keys, anything, flag, object_, text
from stream_audit.dialects.usage_fields import count

__all__ = ["CALLS", "COUNTS", "ENDS", "FIELD"]


def _count(value: Any) -> bool:
    return count(value) is not None


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _label(value: Any) -> bool:
    """What may stand behind ``data-`` in the type of a part."""
    return isinstance(value, str) and value != "" and all(one.isalnum() or one in "-_" for one in value)


COUNTS = ("prompt_tokens", "reasoning_tokens", "answer_tokens")
FIELD = {"write_text": "answer_tokens", "write_reasoning": "reasoning_tokens"}
"""What each kind of write is counted in."""
ENDS = frozenset(("finish", "abort", "error"))

_COLLECT: dict[str, Check] = {"collect": flag}
_ID: dict[str, Check] = {"tool_call_id": text}
_WRITE = Keys({"delta": text}, {**_COLLECT, "tokens": _count})

CALLS: dict[str, Keys] = {
    "StreamContext": Keys({}, {"message_id": text, "store_exclude": _texts, "stream_exclude": _texts}),
    "write_text": _WRITE,
    "write_reasoning": _WRITE,
    "new_step": Keys(),
    "begin_tool_call": Keys({"tool_name": text, "tool_input": object_}, {**_ID, **_COLLECT}),
    "start_tool_input": Keys({"tool_name": text}, {**_ID, **_COLLECT}),
    "stream_tool_input_delta": Keys({**_ID, "input_text_delta": text}),
    "finish_tool_input": Keys({**_ID, "tool_name": text, "input": object_}),
    "complete_tool_call": Keys(_ID, {"output": anything}),
    "fail_tool_call": Keys({**_ID, "error": text}),
    "write_data": Keys({"name": _label}, {"data": anything, "id": text, "transient": flag, **_COLLECT}),
    "write_file": Keys({"url": text, "media_type": text}, _COLLECT),
    "write_source": Keys({"source_id": text, "url": text}, {"title": text, **_COLLECT}),
    "set_usage": Keys({}, dict.fromkeys(COUNTS, _count)),
    "finish": Keys({}, {"finish_reason": text}),
    "abort": Keys(),
    "error": Keys({"error_text": text}),
}
"""Every method that is recorded, by its name; ``StreamContext`` is the constructor."""
