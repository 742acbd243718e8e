"""Suspects that get the texts, thoughts and signatures of a Gemini answer wrong.

The traps they share: an answer is a list of parts, of which each chunk has a few; a thought is a text
with a flag; and a signature may come with any part, even with an empty text.
"""

from __future__ import annotations

import copy
from typing import Any

from stream_audit.suspects.every_dialect import join_text
from stream_audit.suspects.gemini.textbook import TextbookGemini
from stream_audit.suspects.gemini.textbook_names import as_sent, is_reason
from stream_audit.suspects.gemini.textbook_state import Candidate, Part

__all__ = ["GEMINI_PARTS"]

SIGNATURE = "thoughtSignature"


class ChunkFirstPartOnly(TextbookGemini):
    """Reads the first part of each chunk and no other.

    In the wild: ``chunk["candidates"][0]["content"]["parts"][0]``, as the quickstart has it.
    """

    name = "chunk-first-part-only"
    failure = "content-parts-first-only"
    touches = ("content", "reasoning", "tool_calls", "parts")
    sources = (
        "https://github.com/0xPlaygrounds/rig/pull/947",
        "https://github.com/SamSaffron/term-llm/pull/417",
    )

    def see_parts(self, candidate: Candidate, content: dict[str, Any]) -> None:
        parts = content.get("parts")
        super().see_parts(candidate, {**content, "parts": parts[:1] if isinstance(parts, list) else parts})


class PartsByPlaceInChunk(TextbookGemini):
    """Takes a part's place in its chunk for its place in the answer.

    A part of another kind then overwrites what stood there: a call the text, an answer the thoughts.

    In the wild: ``for i, part in enumerate(parts): answer[i] = merge(answer.get(i), part)``.
    """

    name = "parts-by-place-in-chunk"
    failure = "tool-calls-omitted-by-aggregator"
    touches = ("content", "reasoning", "tool_calls", "parts")
    widespread = True
    sources = ("https://github.com/CultivateLabs/raif/pull/543",)

    def see_parts(self, candidate: Candidate, content: dict[str, Any]) -> None:
        for place, part in enumerate(self.list_in(content, "parts", candidate.message_extra)):
            before, candidate.parts = candidate.parts, candidate.parts[place : place + 1]
            super().see_parts(candidate, {**content, "parts": [part]})
            candidate.parts = [*before[:place], *candidate.parts[-1:], *before[place + 1 :]]


class BlankPartsDropped(TextbookGemini):
    """Skips texts that are only blanks or line ends.

    In the wild: ``if not part.text.strip(): continue``, to be rid of the empty ones.
    """

    name = "blank-parts-dropped"
    failure = "content-whitespace-dropped"
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/mnfst/llm-gateway/pull/2645",)

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        if not part["text"].isspace() or SIGNATURE in part:
            super().on_text(candidate, part)


class EqualPartsDropped(TextbookGemini):
    """Takes a text that equals the one before it for the same text, sent again.

    In the wild: ``if text == last_text: continue``.
    """

    name = "equal-parts-dropped"
    failure = "content-delta-as-cumulative"
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/d-kuro/kirocc/issues/112",)
    last = ""

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        last, self.last = self.last, part["text"]
        super().on_text(candidate, {**part, "text": ""} if part["text"] == last else part)


class FinishChunkTextLost(TextbookGemini):
    """Looks at the finish reason first, and leaves before it reads the text beside it.

    In the wild: ``if candidate.finishReason: return finish(candidate)`` above the loop over the parts.
    """

    name = "finish-chunk-text-lost"
    failure = "mixed-delta-field-lost"
    touches = ("content", "reasoning", "parts")
    sources = (
        "https://github.com/topcheer/ggcode/issues/232",
        "https://github.com/nextai-translator/nextai-translator/pull/1921",
    )
    ending = False

    def on_candidate(self, entry: dict[str, Any]) -> None:
        self.ending = is_reason(entry.get("finishReason"), "FINISH")
        super().on_candidate(entry)

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        super().on_text(candidate, {**part, "text": ""} if self.ending else part)


class TextBesideCallLost(TextbookGemini):
    """Reads of a chunk with a function call nothing but the call.

    In the wild: ``if calls := function_calls(chunk): yield calls; continue``.
    """

    name = "text-beside-call-lost"
    failure = "mixed-delta-field-lost"
    kin = ("chunk-first-part-only",)
    touches = ("content", "reasoning", "parts")
    sources = ("https://github.com/brekkylab/ailoy/pull/434",)

    def see_parts(self, candidate: Candidate, content: dict[str, Any]) -> None:
        parts = [as_sent(part, "part") for part in content.get("parts") or [] if isinstance(part, dict)]
        calls = [part for part in parts if part.get("functionCall") is not None]
        super().see_parts(candidate, {**content, "parts": calls} if calls else content)


class ThoughtsIntoAnswer(TextbookGemini):
    """Puts the thoughts into the answer.

    In the wild: ``text += part["text"]`` for every part that has one.
    """

    name = "thoughts-into-answer"
    failure = "reasoning-leaks-into-content"
    kin = ("thoughts-dropped",)
    touches = ("content", "reasoning")
    sources = ("https://github.com/diegosouzapw/OmniRoute/pull/7206",)

    def content(self, candidate: Candidate) -> str | None:
        texts = [part.fields["text"] for part in candidate.parts if part.is_text]
        return join_text(texts) if candidate.spoke or candidate.thought else None

    def reasoning(self, candidate: Candidate) -> str | None:
        return None


class ThoughtsDropped(TextbookGemini):
    """Leaves the thoughts out.

    In the wild: ``if part.get("thought"): continue``; the caller asked for them all the same.
    """

    name = "thoughts-dropped"
    failure = "stream-vs-nonstream"
    kin = ("thoughts-into-answer",)
    touches = ("reasoning", "parts")
    sources = ("https://github.com/DEEIX-AI/DEEIX-Chat/issues/178",)

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        if part.get("thought") is not True:
            super().on_text(candidate, part)


class SignedTextAsThought(TextbookGemini):
    """Takes a signature for the mark of a thought, and shows signed text as reasoning too.

    In the wild: ``if "thoughtSignature" in part: thinking.append(part["text"])``.
    """

    name = "signed-text-as-thought"
    failure = "stream-vs-nonstream"
    kin = ("signature-erased-by-text", "signed-text-lost")
    touches = ("reasoning",)
    sources = ("https://github.com/BerriAI/litellm/pull/17266",)

    def __init__(self) -> None:
        super().__init__()
        self.signed: dict[int, list[str]] = {}

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        if SIGNATURE in part and part["text"]:
            self.signed.setdefault(candidate.index, []).append(part["text"])
        super().on_text(candidate, part)

    def reasoning(self, candidate: Candidate) -> str | None:
        signed = self.signed.get(candidate.index)
        thoughts = super().reasoning(candidate)
        return join_text([thoughts or "", *signed]) if signed else thoughts


class SignedTextLost(TextbookGemini):
    """Takes a chunk with a signature for one that has nothing else.

    In the wild: ``if part.thoughtSignature: signature = part.thoughtSignature; return``.
    """

    name = "signed-text-lost"
    failure = "mixed-delta-field-lost"
    kin = ("signed-text-as-thought", "thoughts-dropped", "thoughts-into-answer")
    touches = ("content", "reasoning", "parts")
    sources = (
        "https://github.com/looplj/axonhub/issues/817",
        "https://github.com/looplj/axonhub/pull/818",
    )

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        super().on_text(candidate, {**part, "text": ""} if SIGNATURE in part else part)


class EmptyTextSignatureLost(TextbookGemini):
    """Throws empty texts away, and with one of them the signature of the whole answer.

    In the wild: ``if not part.text: continue``. That an answer's signature stands on an empty text is how
    Gemini streams it.
    """

    name = "empty-text-signature-lost"
    failure = "gemini-thought-signature-lost"
    touches = ("parts",)
    sources = (
        "https://github.com/google-gemini/gemini-cli/issues/25808",
        "https://github.com/strands-agents/harness-sdk/pull/3306",
    )

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        kept = {"text", "thought"} if not part["text"] else set(part)
        super().on_text(candidate, {key: value for key, value in part.items() if key in kept})


class SignatureErasedByText(TextbookGemini):
    """Lets a later text without a signature take away the one before it had.

    In the wild: ``message.signature = part.thoughtSignature`` for every part, also where there is none.
    """

    name = "signature-erased-by-text"
    failure = "gemini-thought-signature-lost"
    kin = ("empty-text-signature-lost",)
    touches = ("parts",)
    sources = ("https://github.com/langchain-ai/langchainjs/issues/9624",)

    def on_text(self, candidate: Candidate, part: dict[str, Any]) -> None:
        super().on_text(candidate, part)
        if candidate.parts and candidate.parts[-1].is_text and SIGNATURE not in part:
            candidate.parts[-1].fields.pop(SIGNATURE, None)


class SignaturesShifted(TextbookGemini):
    """Keeps signatures in a list of their own and hands them out to the parts from the first on.

    In the wild: ``signatures.push(part.thoughtSignature)``, then
    ``parts[i].thoughtSignature = signatures[i]``.
    """

    name = "signatures-shifted"
    failure = "gemini-thought-signature-lost"
    touches = ("parts",)
    sources = (
        "https://github.com/langchain-ai/langchainjs/pull/11149",
        "https://github.com/allenhutchison/obsidian-gemini/pull/230",
    )

    def parts(self, candidate: Candidate) -> list[Part]:
        shifted = [copy.copy(part) for part in super().parts(candidate)]
        signatures = [part.fields[SIGNATURE] for part in shifted if SIGNATURE in part.fields]
        for place, part in enumerate(shifted):
            part.fields = {key: value for key, value in part.fields.items() if key != SIGNATURE}
            if place < len(signatures):
                part.fields[SIGNATURE] = signatures[place]
        return shifted


class WholePartsDropped(TextbookGemini):
    """Knows texts and function calls, and drops every other part: code that was run, its result, images.

    In the wild: ``elif part.function_call:`` is the last branch.
    """

    name = "whole-parts-dropped"
    failure = "stream-vs-nonstream"
    kin = ("part-text-required",)
    touches = ("parts",)
    sources = (
        "https://github.com/BerriAI/litellm/pull/34802",
        "https://github.com/CultivateLabs/raif/pull/543",
    )

    def on_whole(self, candidate: Candidate, part: dict[str, Any]) -> None:
        pass


class PartTextRequired(TextbookGemini):
    """Fails on a part that is neither a text nor a function call.

    In the wild: ``part["text"]`` in the branch for everything that is no call.
    """

    name = "part-text-required"
    failure = "unknown-event"
    kin = ("whole-parts-dropped",)
    touches = ()
    sources = ("https://github.com/GoogleCloudPlatform/kubectl-ai/pull/611",)

    def on_part(self, candidate: Candidate, part: dict[str, Any]) -> None:
        if "functionCall" not in part:
            _ = part["text"]
        super().on_part(candidate, part)


GEMINI_PARTS: tuple[type[TextbookGemini], ...] = (
    ChunkFirstPartOnly,
    PartsByPlaceInChunk,
    BlankPartsDropped,
    EqualPartsDropped,
    FinishChunkTextLost,
    TextBesideCallLost,
    ThoughtsIntoAnswer,
    ThoughtsDropped,
    SignedTextAsThought,
    SignedTextLost,
    EmptyTextSignatureLost,
    SignatureErasedByText,
    SignaturesShifted,
    WholePartsDropped,
    PartTextRequired,
)
