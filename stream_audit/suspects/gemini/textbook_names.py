"""The names of the Gemini format, in both spellings: a piece of the textbook fold."""

from __future__ import annotations

from typing import Any

__all__ = ["as_sent", "is_reason", "refused", "said", "seems_a_chunk"]

NAMES = {
    "top": "candidates usageMetadata modelVersion responseId promptFeedback error",
    "candidate": "index content finishReason finishMessage safetyRatings citationMetadata groundingMetadata"
    " urlContextMetadata avgLogprobs logprobsResult tokenCount continuationToken",
    "part": "text thought thoughtSignature functionCall functionResponse inlineData fileData executableCode"
    " codeExecutionResult toolCall toolResponse videoMetadata mediaResolution partMetadata",
    "call": "id name args partialArgs willContinue",
    "entry": "jsonPath stringValue numberValue boolValue nullValue willContinue",
    "citations": "citations citationSources",
    "grounding": "groundingChunks",
    "logprobs": "chosenCandidates topCandidates logProbabilitySum",
    "feedback": "blockReason blockReasonMessage safetyRatings",
    "usage": "promptTokenCount candidatesTokenCount totalTokenCount thoughtsTokenCount "
    "cachedContentTokenCount toolUsePromptTokenCount promptTokensDetails candidatesTokensDetails "
    "cacheTokensDetails toolUsePromptTokensDetails trafficType serviceTier",
}
"""What each kind of object may hold under a name of its own."""


def as_sent(fields: dict[str, Any], kind: str) -> dict[str, Any]:
    """The object as the provider spells its names, whoever wrote it down."""
    spelt = {}
    for key, value in fields.items():
        name = next((name for name in NAMES[kind].split() if snake(name) == key), key)
        spelt[key if name in fields else name] = value
    return spelt


def snake(name: str) -> str:
    """``usageMetadata`` as the Python SDK dumps it."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)


def is_reason(value: Any, kind: str) -> bool:
    """True for a word that says why; ``FINISH_REASON_UNSPECIFIED`` does not."""
    return isinstance(value, str) and value not in ("", f"{kind}_REASON_UNSPECIFIED")


def said(fields: dict[str, Any], *names: str) -> bool:
    """True when one of these keys holds anything but null."""
    return any(fields.get(name) is not None for name in names)


def seems_a_chunk(payload: dict[str, Any]) -> bool:
    """True when this can be nothing but a chunk."""
    chunk = as_sent(payload, "top")
    if isinstance(chunk.get("candidates"), list):
        marked = said(chunk, "usageMetadata", "modelVersion", "responseId", "promptFeedback")
        return marked or any(seems_a_candidate(entry) for entry in chunk["candidates"])
    if isinstance(chunk.get("promptFeedback"), dict):
        return True
    named = isinstance(chunk.get("modelVersion"), str) or isinstance(chunk.get("responseId"), str)
    return isinstance(chunk.get("usageMetadata"), dict) and named


def seems_a_candidate(entry: Any) -> bool:
    """True when it has content, or says why it ended."""
    if not isinstance(entry, dict):
        return False
    content = entry.get("content")
    reason = as_sent(entry, "candidate").get("finishReason")
    return (isinstance(content, dict) and ("parts" in content or "role" in content)) or is_reason(
        reason, "FINISH"
    )


def refused(feedback: Any) -> bool:
    """True when the prompt was blocked."""
    return isinstance(feedback, dict) and is_reason(as_sent(feedback, "feedback").get("blockReason"), "BLOCK")
