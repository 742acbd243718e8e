"""What the textbook fold of ``gemini`` knows so far, and the response that this spells.

The second half of the textbook: ``textbook`` fills it, chunk by chunk. Each
sentence of ``docs/folding/gemini.md`` is one small method here or there.
"""

from __future__ import annotations

import json
from typing import Any

from stream_audit.model import Choice, Message, Response, ToolCall, Usage
from stream_audit.suspects.every_dialect import Kept, count, fold_usage, join_text
from stream_audit.suspects.gemini.textbook_names import as_sent
from stream_audit.suspects.gemini.textbook_state import Call, Candidate, Part

__all__ = ["GeminiSoFar"]


class GeminiSoFar:
    """The state of one response, and what follows from it."""

    def __init__(self) -> None:
        self.id: str | None = None
        self.model: str | None = None
        self.candidates: dict[int, Candidate] = {}
        self.usage: dict[str, Any] = {}
        self.reported = False
        """A usage was sent, be it an empty one."""
        self.feedback: dict[str, Any] = {}
        self.error: dict[str, Any] | None = None
        self.extra = Kept()

    def result(self) -> Response:
        """The response so far."""
        return Response(
            id=self.id,
            model=self.model,
            choices=self.choices(),
            usage=self.final_usage(),
            error=self.final_error(),
            extra={**self.extra.result(), **self.feedback},
        )

    def choices(self) -> tuple[Choice, ...]:
        """All candidates, by their index."""
        return tuple(self.choice(self.candidates[index]) for index in sorted(self.candidates))

    def choice(self, candidate: Candidate) -> Choice:
        """One candidate."""
        return Choice(
            index=candidate.index,
            message=self.message(candidate),
            finish_reason=self.finish_reason(candidate),
            logprobs=candidate.logprobs or None,
            extra={**candidate.extra.result(), **candidate.told},
        )

    def message(self, candidate: Candidate) -> Message:
        """What it says."""
        return Message(
            role=self.role(candidate),
            content=self.content(candidate),
            reasoning=self.reasoning(candidate),
            tool_calls=tuple(self.tool_call(call) for call in self.tool_calls(candidate)),
            parts=tuple(self.part(part) for part in self.parts(candidate)),
            annotations=self.annotations(candidate),
            extra=candidate.message_extra.result(),
        )

    def role(self, candidate: Candidate) -> str | None:
        """Who speaks."""
        return candidate.role or "model"

    def finish_reason(self, candidate: Candidate) -> str | None:
        """Why it ended, in the provider's word."""
        return candidate.finish

    def final_error(self) -> dict[str, Any] | None:
        """What went wrong."""
        return self.error

    # ---------------------------------------------------------------- texts and parts

    def content(self, candidate: Candidate) -> str | None:
        """The texts that are no thoughts."""
        return self.joined(candidate, thoughts=False) if candidate.spoke else None

    def reasoning(self, candidate: Candidate) -> str | None:
        """The thoughts."""
        return self.joined(candidate, thoughts=True) if candidate.thought else None

    def joined(self, candidate: Candidate, *, thoughts: bool) -> str:
        """All texts of a kind."""
        return join_text(
            [part.fields["text"] for part in candidate.parts if part.is_text and part.is_thought is thoughts]
        )

    def parts(self, candidate: Candidate) -> list[Part]:
        """All parts, in order."""
        return candidate.parts

    def part(self, part: Part) -> dict[str, Any]:
        """One part, as the answer would show it had it not been streamed."""
        if isinstance(part, Call):
            return {"functionCall": self.function_call(part), **part.fields}
        if part.is_text:
            return {**part.fields, "text": join_text([part.fields["text"]])}
        return dict(part.fields)

    def annotations(self, candidate: Candidate) -> tuple[dict[str, Any], ...]:
        """What it cites, then what it was grounded in."""
        return (*candidate.citations, *self.grounding(candidate))

    def grounding(self, candidate: Candidate) -> list[dict[str, Any]]:
        """The pieces of the grounding."""
        grounding = candidate.told.get("groundingMetadata")
        chunks = (
            as_sent(grounding, "grounding").get("groundingChunks") if isinstance(grounding, dict) else None
        )
        return [one for one in chunks if isinstance(one, dict)] if isinstance(chunks, list) else []

    # ---------------------------------------------------------------- calls

    def tool_calls(self, candidate: Candidate) -> list[Call]:
        """The calls that the client must make."""
        return candidate.calls

    def function_call(self, call: Call) -> dict[str, Any]:
        """A call as it stands in its part."""
        shown = {**call.inside, "args": call.args}
        if call.id is not None:
            shown["id"] = call.id
        if call.name is not None:
            shown["name"] = call.name
        return shown

    def tool_call(self, call: Call) -> ToolCall:
        """A call with its arguments as text."""
        extra = call.extra.result()
        if self.is_too_deep(call):
            extra["args"] = call.args
        return ToolCall(id=call.id, name=call.name, arguments=self.arguments(call), extra=extra)

    def arguments(self, call: Call) -> str:
        """The compact JSON of the arguments, empty for none."""
        if not call.args or self.is_too_deep(call):
            return ""
        return json.dumps(call.args, ensure_ascii=False, separators=(",", ":"))

    def is_too_deep(self, call: Call) -> bool:
        """True when the arguments nest too deeply to be written as text."""
        try:
            json.dumps(call.args)
        except RecursionError:
            return True
        return False

    # ---------------------------------------------------------------- usage

    def fold_report(self, report: dict[str, Any]) -> None:
        """One more report: a running total, of which fields may be missing."""
        self.reported = True
        self.usage = fold_usage(self.usage, report)

    def final_usage(self) -> Usage | None:
        """The token counts, ``None`` when the stream reported none at all."""
        if not self.reported:
            return None
        return Usage(
            input_tokens=self.input_tokens(),
            output_tokens=self.output_tokens(),
            total_tokens=self.total_tokens(),
            cache_read_tokens=self.cache_read_tokens(),
            reasoning_tokens=self.reasoning_tokens(),
            raw=self.usage,
        )

    def input_tokens(self) -> int | None:
        """The prompt, cached or not, and what the provider's own tools put behind it."""
        prompt = count(self.usage, "promptTokenCount")
        return None if prompt is None else prompt + (count(self.usage, "toolUsePromptTokenCount") or 0)

    def output_tokens(self) -> int | None:
        """The answer, and the thoughts beside it."""
        counts = (count(self.usage, "candidatesTokenCount"), self.reasoning_tokens())
        known = [number for number in counts if number is not None]
        return sum(known) if known else None

    def total_tokens(self) -> int | None:
        """As sent."""
        return count(self.usage, "totalTokenCount")

    def cache_read_tokens(self) -> int | None:
        """What came from the cache; part of the prompt."""
        return count(self.usage, "cachedContentTokenCount")

    def reasoning_tokens(self) -> int | None:
        """The thoughts."""
        return count(self.usage, "thoughtsTokenCount")
