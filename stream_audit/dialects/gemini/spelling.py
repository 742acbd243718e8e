"""The names of the format, and their snake case: the Python SDK writes its chunks in that."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

__all__ = [
    "CALL",
    "CANDIDATE",
    "CITATIONS",
    "FEEDBACK",
    "FRAGMENT",
    "GROUNDING",
    "LOGPROBS",
    "PART",
    "TOP",
    "USAGE",
    "Names",
    "spelt",
]

Names = Mapping[str, str]
"""Snake case to the name as the provider sends it."""


def _names(text: str) -> Names:
    """The names that have another spelling in snake case."""
    return {re.sub(r"[A-Z]", lambda capital: f"_{capital[0].lower()}", name): name for name in text.split()}


TOP = _names("usageMetadata modelVersion responseId promptFeedback")
CANDIDATE = _names(
    "finishReason finishMessage safetyRatings citationMetadata groundingMetadata urlContextMetadata"
    " avgLogprobs logprobsResult tokenCount continuationToken"
)
PART = _names(
    "thoughtSignature functionCall functionResponse inlineData fileData executableCode codeExecutionResult"
    " toolCall toolResponse videoMetadata mediaResolution partMetadata"
)
CALL = _names("partialArgs willContinue")
FRAGMENT = _names("jsonPath stringValue numberValue boolValue nullValue willContinue")
CITATIONS = _names("citationSources")
GROUNDING = _names("groundingChunks")
LOGPROBS = _names("chosenCandidates topCandidates logProbabilitySum")
FEEDBACK = _names("blockReason blockReasonMessage safetyRatings")
USAGE = _names(
    "promptTokenCount candidatesTokenCount totalTokenCount thoughtsTokenCount cachedContentTokenCount"
    " toolUsePromptTokenCount promptTokensDetails candidatesTokensDetails cacheTokensDetails"
    " toolUsePromptTokensDetails trafficType serviceTier"
)


def spelt(fields: dict[str, Any], names: Names) -> dict[str, Any]:
    """The object with these names as the provider spells them; itself when it has none in snake case.

    Of a name that stands there in both spellings the other one is just an unknown key.
    """
    if names.keys().isdisjoint(fields):
        return fields
    return {key if (name := names.get(key, key)) in fields else name: value for key, value in fields.items()}
