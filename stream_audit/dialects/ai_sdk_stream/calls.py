"""The calls that a writer of ``ai_sdk_stream_python`` can make, and what each may be given."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from stream_audit.dialects.usage_fields import count

__all__ = ["CALLS", "COUNTS", "ENDS", "FIELD", "Call"]

Check = Callable[[Any], bool]


def _text(value: Any) -> bool:
    return isinstance(value, str)


def _object(value: Any) -> bool:
    return isinstance(value, dict)


def _flag(value: Any) -> bool:
    return isinstance(value, bool)


def _count(value: Any) -> bool:
    return count(value) is not None


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(entry, str) for entry in value)


def _label(value: Any) -> bool:
    """What may stand behind ``data-`` in the type of a part."""
    return isinstance(value, str) and value != "" and all(one.isalnum() or one in "-_" for one in value)


def _anything(_: Any) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Call:
    """The arguments of one method. ``null`` is an argument that was not passed."""

    required: Mapping[str, Check] = field(default_factory=dict)
    optional: Mapping[str, Check] = field(default_factory=dict)

    def refused(self, payload: Mapping[str, Any]) -> str | None:
        """The first required argument that is missing or of a wrong type, ``None`` when all are right."""
        for name, allowed in self.required.items():
            value = payload.get(name)
            if value is None or not allowed(value):
                return name
        return None

    def misfits(self, payload: Mapping[str, Any]) -> Iterator[str]:
        """The optional arguments of a wrong type."""
        for name, allowed in self.optional.items():
            value = payload.get(name)
            if value is not None and not allowed(value):
                yield name


COUNTS = ("prompt_tokens", "reasoning_tokens", "answer_tokens")
FIELD = {"write_text": "answer_tokens", "write_reasoning": "reasoning_tokens"}
"""What each kind of write is counted in."""
ENDS = frozenset(("finish", "abort", "error"))

_COLLECT: dict[str, Check] = {"collect": _flag}
_ID: dict[str, Check] = {"tool_call_id": _text}
_WRITE = Call({"delta": _text}, {**_COLLECT, "tokens": _count})

CALLS: dict[str, Call] = {
    "StreamContext": Call({}, {"message_id": _text, "store_exclude": _texts, "stream_exclude": _texts}),
    "write_text": _WRITE,
    "write_reasoning": _WRITE,
    "new_step": Call(),
    "begin_tool_call": Call({"tool_name": _text, "tool_input": _object}, {**_ID, **_COLLECT}),
    "start_tool_input": Call({"tool_name": _text}, {**_ID, **_COLLECT}),
    "stream_tool_input_delta": Call({**_ID, "input_text_delta": _text}),
    "finish_tool_input": Call({**_ID, "tool_name": _text, "input": _object}),
    "complete_tool_call": Call(_ID, {"output": _anything}),
    "fail_tool_call": Call({**_ID, "error": _text}),
    "write_data": Call({"name": _label}, {"data": _anything, "id": _text, "transient": _flag, **_COLLECT}),
    "write_file": Call({"url": _text, "media_type": _text}, _COLLECT),
    "write_source": Call({"source_id": _text, "url": _text}, {"title": _text, **_COLLECT}),
    "set_usage": Call({}, dict.fromkeys(COUNTS, _count)),
    "finish": Call({}, {"finish_reason": _text}),
    "abort": Call(),
    "error": Call({"error_text": _text}),
}
"""Every method that is recorded, by its name; ``StreamContext`` is the constructor."""
