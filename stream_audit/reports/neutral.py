"""The neutral response as the JSON report writes it: one place for the names scripts rely on."""

from __future__ import annotations

from typing import Any

from stream_audit.model import Choice, Response, ToolCall, Usage

__all__ = ["response_object"]


def response_object(response: Response | None) -> dict[str, Any] | None:
    """``response`` as the object the schema calls ``Response``; ``None`` stays ``None``."""
    if response is None:
        return None
    return {
        "id": response.id,
        "model": response.model,
        "created": response.created,
        "choices": [_choice(choice) for choice in response.choices],
        "usage": _usage(response.usage),
        "system_fingerprint": response.system_fingerprint,
        "service_tier": response.service_tier,
        "error": response.error,
        "extra": response.extra,
    }


def _choice(choice: Choice) -> dict[str, Any]:
    message = choice.message
    return {
        "index": choice.index,
        "message": {
            "role": message.role,
            "content": message.content,
            "reasoning": message.reasoning,
            "refusal": message.refusal,
            "tool_calls": [_call(call) for call in message.tool_calls],
            "parts": message.parts,
            "annotations": message.annotations,
            "audio": message.audio,
            "extra": message.extra,
        },
        "finish_reason": choice.finish_reason,
        "logprobs": choice.logprobs,
        "extra": choice.extra,
    }


def _call(call: ToolCall) -> dict[str, Any]:
    return {"id": call.id, "name": call.name, "arguments": call.arguments, "extra": call.extra}


def _usage(usage: Usage | None) -> dict[str, Any] | None:
    if usage is None:
        return None
    return {
        "input_tokens": usage.input_tokens,
        "output_tokens": usage.output_tokens,
        "total_tokens": usage.total_tokens,
        "cache_read_tokens": usage.cache_read_tokens,
        "cache_write_tokens": usage.cache_write_tokens,
        "reasoning_tokens": usage.reasoning_tokens,
        "raw": usage.raw,
    }
