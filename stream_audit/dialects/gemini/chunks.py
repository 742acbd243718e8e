"""What a chunk of a Gemini stream says about its response, without folding it."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.gemini.spelling import FEEDBACK, TOP, spelt
from stream_audit.model import Payload

__all__ = [
    "NO_FINISH",
    "WRAP",
    "ends",
    "identity",
    "is_chunk",
    "is_refusal",
    "starts",
    "text_of",
    "unwrapped",
    "wrapped",
]

WRAP = "response"
"""Under this key some of the provider's own services send the chunk, with a trace id beside it."""
MARKS = ("usageMetadata", "modelVersion", "responseId", "promptFeedback")
NO_FINISH = ("", "FINISH_REASON_UNSPECIFIED")
NO_BLOCK = ("", "BLOCK_REASON_UNSPECIFIED")
"""What stands for no reason at all."""
REASONS = frozenset(("finishReason", "finish_reason"))
QUIET = frozenset(("candidates", "usageMetadata", "modelVersion", "responseId", "createTime"))
"""Top-level keys that say nothing new when they repeat."""


def is_chunk(payload: Payload) -> bool:
    """True when ``payload`` can only be a chunk of this format, not wrapped."""
    payload = spelt(payload, TOP)
    candidates = payload.get("candidates")
    if isinstance(candidates, list):
        return any(payload.get(mark) is not None for mark in MARKS) or any(map(_is_candidate, candidates))
    if isinstance(payload.get("promptFeedback"), dict):
        return True
    return isinstance(payload.get("usageMetadata"), dict) and any(
        isinstance(payload.get(name), str) for name in ("modelVersion", "responseId")
    )


def wrapped(payload: Payload) -> Payload | None:
    """The chunk that ``payload`` is only a wrap of, ``None`` when it is none."""
    inner = payload.get(WRAP)
    return inner if isinstance(inner, dict) and is_chunk(inner) and not is_chunk(payload) else None


def unwrapped(payload: Payload) -> Payload:
    """The chunk itself, in the provider's spelling."""
    return spelt(wrapped(payload) or payload, TOP)


def identity(payload: Payload) -> str | None:
    """The response id, ``None`` when absent or empty."""
    found = unwrapped(payload).get("responseId")
    return found if isinstance(found, str) and found else None


def starts(payload: Payload) -> bool:
    """True for a chunk with an id and content: were it another response's, it would begin that one."""
    candidates = unwrapped(payload).get("candidates")
    return (
        isinstance(candidates, list) and any(map(_is_candidate, candidates)) and identity(payload) is not None
    )


def ends(payload: Payload) -> bool:
    """True when a candidate has its finish reason, or the prompt was refused."""
    chunk = payload if "candidates" in payload else unwrapped(payload)
    candidates = chunk.get("candidates")
    if candidates.__class__ is list:
        for candidate in candidates:  # asked for very many chunks: no call unless there may be a reason
            if candidate.__class__ is dict and not REASONS.isdisjoint(candidate) and _reason(candidate):
                return True
    return ("promptFeedback" in chunk or "prompt_feedback" in chunk) and is_refusal(
        spelt(chunk, TOP).get("promptFeedback")
    )


def is_refusal(feedback: Any) -> bool:
    """Whether what is said about the prompt is that it was blocked."""
    if not isinstance(feedback, dict):
        return False
    reason = spelt(feedback, FEEDBACK).get("blockReason")
    return isinstance(reason, str) and reason not in NO_BLOCK


def text_of(payload: Payload) -> str | None:
    """The text of a chunk that, folded again with another text, would only make the last part longer."""
    candidates, usage = payload.get("candidates"), payload.get("usageMetadata")
    if not payload.keys() <= QUIET or not isinstance(candidates, list) or len(candidates) != 1:
        return None
    if not (usage is None or isinstance(usage, dict)) or not all(
        isinstance(payload.get(name, ""), str) for name in ("modelVersion", "responseId", "createTime")
    ):
        return None
    content = _only_content(candidates[0])
    parts = content.get("parts") if content.keys() <= {"parts", "role"} else None
    if not isinstance(parts, list) or len(parts) != 1 or not isinstance(content.get("role", ""), str):
        return None
    (part,) = parts
    if not isinstance(part, dict) or not (part.keys() == {"text"} or part.keys() == {"text", "thought"}):
        return None
    text = part["text"]
    return text if isinstance(text, str) and text and part.get("thought", True) is True else None


def _only_content(candidate: Any) -> Payload:
    """The content of a candidate that has nothing else but an index; empty where it has."""
    if not isinstance(candidate, dict) or not candidate.keys() <= {"content", "index"}:
        return {}
    content = candidate.get("content")
    return content if isinstance(content, dict) and type(candidate.get("index", 0)) is int else {}


def _is_candidate(candidate: Any) -> bool:
    if not isinstance(candidate, dict):
        return False
    content = candidate.get("content")
    return (isinstance(content, dict) and ("parts" in content or "role" in content)) or _reason(candidate)


def _reason(candidate: Any) -> bool:
    """Whether it says why it ended."""
    if candidate.__class__ is not dict:
        return False
    reason = candidate.get("finishReason") or candidate.get("finish_reason")
    return reason.__class__ is str and reason not in NO_FINISH
