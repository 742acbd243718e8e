"""Suspects that get the ends of a Gemini answer wrong, its candidates, and what is told about them.

The traps they share: there is no last event; a round of the provider's own tools may end with a reason
of its own; the last chunk may have no content, or no candidate; and a refused prompt is an answer with
status 200 and nothing in it.
"""

from __future__ import annotations

from typing import Any

from stream_audit.model import Choice, Message, Payload
from stream_audit.suspects.gemini.textbook import TextbookGemini
from stream_audit.suspects.gemini.textbook_names import refused
from stream_audit.suspects.gemini.textbook_state import Candidate

__all__ = ["GEMINI_ENDS"]

FINISH = ("finish_reason",)


class ReadsUntilFinishReason(TextbookGemini):
    """Stops reading at the first finish reason.

    In the wild: ``if candidate.finish_reason: break``. A round of the provider's own tools may end with a
    reason, and the answer comes behind it.
    """

    name = "reads-until-finish-reason"
    failure = "finish-early-exit"
    touches = (
        "content",
        "reasoning",
        "tool_calls",
        "parts",
        "finish_reason",
        "usage",
        "annotations",
        "error",
    )
    sources = (
        "https://github.com/0xPlaygrounds/rig/pull/2328",
        "https://github.com/Chevey339/kelivo/issues/1003",
        "https://github.com/songquanpeng/one-api/pull/1477",
    )

    def add(self, payload: Payload) -> None:
        if not any(candidate.finish for candidate in self.candidates.values()):
            super().add(payload)


class FirstFinishKept(TextbookGemini):
    """Keeps the first finish reason; the last one is why the answer ended.

    In the wild: ``finish = finish or candidate.finish_reason``.
    """

    name = "first-finish-kept"
    failure = "finish-emitted-twice"
    kin = ("reads-until-finish-reason",)
    touches = FINISH
    sources = ("https://github.com/0xPlaygrounds/rig/pull/2328",)

    def see_finish(self, candidate: Candidate, entry: dict[str, Any]) -> None:
        if candidate.finish is None:
            super().see_finish(candidate, entry)


class FinishOfLastChunk(TextbookGemini):
    """Assigns the finish reason of every chunk, also where there is none.

    In the wild: ``finish_reason = chunk.candidates[0].finish_reason``, inside the loop.
    """

    name = "finish-of-last-chunk"
    failure = "finish-not-surfaced"
    touches = FINISH
    sources = ("https://github.com/musistudio/claude-code-router/pull/1216",)

    def see_finish(self, candidate: Candidate, entry: dict[str, Any]) -> None:
        candidate.finish = None
        super().see_finish(candidate, entry)


class FinishWithoutContentLost(TextbookGemini):
    """Skips a candidate without content, and the finish reason that is all it has.

    In the wild: ``if not candidate.content: continue`` at the top of the loop.
    """

    name = "finish-without-content-lost"
    failure = "finish-not-surfaced"
    kin = ("content-parts-required",)
    touches = FINISH
    sources = (
        "https://github.com/agentjido/req_llm/issues/638",
        "https://github.com/BerriAI/litellm/pull/21577",
    )

    def on_candidate(self, entry: dict[str, Any]) -> None:
        if entry.get("content") is not None:
            super().on_candidate(entry)


class StopFabricated(TextbookGemini):
    """Says ``STOP`` when the stream ended without any reason.

    In the wild: ``finish_reason ?? "STOP"``. An answer that was cut off passes for a whole one.
    """

    name = "stop-fabricated"
    failure = "finish-fabricated-on-truncation"
    kin = ("usage-of-finish-chunk",)
    touches = FINISH
    sources = ("https://github.com/Pasta-Devs/Marinara-Engine/issues/2667",)

    def finish_reason(self, candidate: Candidate) -> str | None:
        return candidate.finish or "STOP"


class FinishUnknownAsStop(TextbookGemini):
    """Reads every reason but two as ``STOP``: an answer that a filter cut off is complete.

    In the wild: ``REASONS.get(candidate.finish_reason, "stop")``.
    """

    name = "finish-unknown-as-stop"
    failure = "finish-incomplete-mapping"
    touches = FINISH
    sources = (
        "https://github.com/aiproxer/aiproxer/pull/449",
        "https://github.com/laravel/ai/pull/403",
    )

    def finish_reason(self, candidate: Candidate) -> str | None:
        return candidate.finish if candidate.finish in (None, "STOP", "MAX_TOKENS") else "STOP"


class BlockedPromptAsStop(TextbookGemini):
    """Takes the refusal of a prompt for an empty answer that ended well.

    In the wild: nobody reads ``promptFeedback``; no candidates, no text, ``finish_reason="stop"``.
    """

    name = "blocked-prompt-as-stop"
    failure = "finish-incomplete-mapping"
    kin = ("candidates-required", "usage-needs-candidates", "usage-of-finish-chunk")
    touches = ("choices", "role", "content", "finish_reason")
    sources = (
        "https://github.com/2389-research/tracker/issues/543",
        "https://github.com/NousResearch/hermes-agent/pull/85031",
        "https://github.com/0xPlaygrounds/rig/pull/2475",
    )

    def choices(self) -> tuple[Choice, ...]:
        found = super().choices()
        if found or not refused(self.feedback.get("promptFeedback")):
            return found
        return (Choice(message=Message(role="model", content=""), finish_reason="STOP"),)


class ErrorChunkSkipped(TextbookGemini):
    """Passes over a chunk that is an error; what came before it is the whole answer.

    In the wild: ``for candidate in chunk.get("candidates", []):``. The status was 200.
    """

    name = "error-chunk-skipped"
    failure = "error-event-ignored"
    kin = ("candidates-required", "stop-fabricated", "usage-of-finish-chunk")
    touches = ("error",)
    sources = ("https://github.com/ankit373/hydra/pull/874",)

    def final_error(self) -> dict[str, Any] | None:
        return None


class CandidatesRequired(TextbookGemini):
    """Fails on a chunk without candidates; the last one may have nothing but usage.

    In the wild: ``chunk["candidates"][0]``.
    """

    name = "candidates-required"
    failure = "choices-empty-chunk"
    touches = ()
    sources = (
        "https://github.com/docker/docker-agent/pull/2848",
        "https://github.com/vercel/ai/pull/3637",
    )

    def on_chunk(self, chunk: Payload) -> None:
        _ = chunk["candidates"][0]
        super().on_chunk(chunk)


class ContentPartsRequired(TextbookGemini):
    """Fails on a candidate whose content has no parts, as a filter leaves it.

    In the wild: ``candidate["content"]["parts"]``.
    """

    name = "content-parts-required"
    failure = "delta-missing"
    touches = ()
    sources = (
        "https://github.com/symfony/ai/pull/1610",
        "https://github.com/Portkey-AI/gateway/pull/1705",
        "https://github.com/langchain-ai/langchainjs/pull/10742",
    )

    def on_candidate(self, entry: dict[str, Any]) -> None:
        _ = entry["content"]["parts"]
        super().on_candidate(entry)


class FirstCandidateOnly(TextbookGemini):
    """Returns the first of several candidates.

    In the wild: ``chunk.candidates[0]``, everywhere.
    """

    name = "first-candidate-only"
    failure = "choices-first-only"
    kin = ("candidates-mixed",)
    touches = ("choices",)
    sources = ("https://github.com/promptfoo/promptfoo/pull/2526",)

    def choices(self) -> tuple[Choice, ...]:
        return super().choices()[:1]


class CandidatesMixed(TextbookGemini):
    """Reads the candidates of all chunks into one answer.

    In the wild: ``for candidate in chunk.candidates: text += candidate.text``.
    """

    name = "candidates-mixed"
    failure = "choices-n-merged"
    kin = ("first-candidate-only",)
    touches = ("choices", "content", "reasoning", "tool_calls", "parts", "finish_reason")
    sources = ("https://github.com/router-for-me/CLIProxyAPI/pull/879",)

    def candidate_for(self, entry: dict[str, Any]) -> Candidate:
        return super().candidate_for({})


class CandidatesByPlace(TextbookGemini):
    """Takes a candidate's place in its chunk for its index.

    In the wild: ``for i, candidate in enumerate(chunk.candidates): answers[i] += ...``.
    """

    name = "candidates-by-place"
    failure = "choices-index-as-position"
    kin = ("candidates-mixed", "first-candidate-only")
    touches = ("choices", "content", "reasoning", "tool_calls", "parts", "finish_reason")
    sources = ("https://github.com/open-telemetry/opentelemetry-ebpf-instrumentation/pull/2530",)
    place = 0

    def see_candidates(self, chunk: Payload) -> None:
        self.place = 0
        super().see_candidates(chunk)

    def candidate_for(self, entry: dict[str, Any]) -> Candidate:
        self.place += 1
        return super().candidate_for({"index": self.place - 1})


class ContentRoleRequired(TextbookGemini):
    """Fails when no content names a role.

    In the wild: a strict schema in which ``role`` is not optional.
    """

    name = "content-role-required"
    failure = "role-never-sent"
    touches = ()
    sources = ("https://github.com/0xPlaygrounds/rig/issues/688",)

    def role(self, candidate: Candidate) -> str | None:
        if candidate.role is None:
            raise ValueError("content without a role")
        return candidate.role


class GroundingOnlyWithText(TextbookGemini):
    """Reads sources only off chunks that carry text; Gemini may send them with the finish reason alone.

    In the wild: the sources are read inside ``if part.text:``.
    """

    name = "grounding-only-with-text"
    failure = "citations-dropped"
    touches = ("annotations", "extra")
    sources = (
        "https://github.com/BerriAI/litellm/pull/42134",
        "https://github.com/BerriAI/litellm/pull/23661",
    )

    def on_candidate(self, entry: dict[str, Any]) -> None:
        content = entry.get("content")
        parts = content.get("parts") if isinstance(content, dict) else None
        says = any(isinstance(part, dict) and part.get("text") for part in parts or [])
        hidden = () if says else ("citationMetadata", "groundingMetadata")
        super().on_candidate({key: value for key, value in entry.items() if key not in hidden})


class GroundingOfLastChunk(TextbookGemini):
    """Keeps the sources of the last chunk; one that comes behind them with usage alone has none.

    In the wild: ``citations = extract_citations(last_chunk)``.
    """

    name = "grounding-of-last-chunk"
    failure = "citations-dropped"
    touches = ("annotations", "extra")
    sources = ("https://github.com/laravel/ai/pull/912",)

    def on_chunk(self, chunk: Payload) -> None:
        for candidate in self.candidates.values():
            candidate.told.pop("groundingMetadata", None)
        super().on_chunk(chunk)


class CitationsRepeated(TextbookGemini):
    """Adds the citations of every chunk, also those it has.

    In the wild: ``citations += candidate.citation_metadata.citations``.
    """

    name = "citations-repeated"
    failure = "citations-duplicated"
    touches = ("annotations",)
    sources = ("https://github.com/langchain-ai/langchainjs/pull/11456",)

    def cite(self, candidate: Candidate, citation: dict[str, Any]) -> None:
        candidate.citations.append(citation)


class TokensOfLastChunk(TextbookGemini):
    """Keeps the log probabilities of the last chunk that has some.

    In the wild: ``logprobs = candidate.logprobs_result or logprobs``.
    """

    name = "tokens-of-last-chunk"
    failure = "logprobs-last-only"
    touches = ("logprobs",)
    sources = ("https://github.com/maximhq/bifrost/pull/2009",)

    def join_logprobs(self, candidate: Candidate, key: str, tokens: list[Any]) -> None:
        candidate.logprobs[key] = tokens


class WrapNotOpened(TextbookGemini):
    """Looks for candidates beside the wrap that some of Google's services put around each chunk.

    In the wild: ``chunk["candidates"]`` where ``chunk["response"]["candidates"]`` is meant.
    """

    name = "wrap-not-opened"
    failure = "unknown-event"
    touches = ("choices", "id", "model", "usage", "extra")
    sources = ("https://github.com/cloudflare/ai/pull/63",)

    def is_wrap(self, payload: Payload) -> bool:
        return False


GEMINI_ENDS: tuple[type[TextbookGemini], ...] = (
    ReadsUntilFinishReason,
    FirstFinishKept,
    FinishOfLastChunk,
    FinishWithoutContentLost,
    StopFabricated,
    FinishUnknownAsStop,
    BlockedPromptAsStop,
    ErrorChunkSkipped,
    CandidatesRequired,
    ContentPartsRequired,
    FirstCandidateOnly,
    CandidatesMixed,
    CandidatesByPlace,
    ContentRoleRequired,
    GroundingOnlyWithText,
    GroundingOfLastChunk,
    CitationsRepeated,
    TokensOfLastChunk,
    WrapNotOpened,
)
