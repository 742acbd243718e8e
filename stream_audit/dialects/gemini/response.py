"""The top level of a Gemini stream, and the rules by which a chunk changes it."""

from __future__ import annotations

from typing import Any

from stream_audit.dialects.gemini.candidate import CandidateFold
from stream_audit.dialects.gemini.chunks import WRAP, is_refusal, unwrapped, wrapped
from stream_audit.dialects.gemini.metadata import lay_over
from stream_audit.dialects.gemini.spelling import FEEDBACK, spelt
from stream_audit.dialects.gemini.usage import UsageFold
from stream_audit.dialects.noting import Noting, titled
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Folded, Payload, Policies, Response

__all__ = ["GeminiResponse"]

NAMED = {"responseId": "id", "modelVersion": "model"}
KNOWN = frozenset(("candidates", "usageMetadata", "promptFeedback", "error", *NAMED))
FEEDBACK_KEY = "promptFeedback"


class GeminiResponse:
    """The state of one response."""

    def __init__(self, policies: Policies) -> None:
        self._noting = Noting()
        self.notes = self._noting.notes
        self._policies = policies
        self._names: dict[str, str] = {}
        self._candidates: dict[int, CandidateFold] = {}
        self._usage = UsageFold(policies, self._noting.note)
        self._feedback: dict[str, Any] = {}
        self._error: dict[str, Any] | None = None
        self._extra = Unknown()

    def response(self) -> Response:
        """The response so far."""
        return Response(
            id=self._names.get("responseId"),
            model=self._names.get("modelVersion"),
            choices=tuple(self._candidates[index].choice() for index in sorted(self._candidates)),
            usage=self._usage.usage(),
            error=self._error,
            extra={**self._extra.fields(), **self._feedback},
        )

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done`` says nothing here: this dialect ends with its finish reasons."""
        self._noting.at = -1
        candidates = [self._candidates[index] for index in sorted(self._candidates)]
        for candidate in candidates:
            candidate.close()
        self._usage.close()
        if candidates:
            ended = all(candidate.finish is not None for candidate in candidates)
        else:
            ended = is_refusal(self._feedback.get(FEEDBACK_KEY))
        if self._error is not None or not ended:
            missing = "an error" if self._error is not None else "no finishReason"
            self._noting.note("truncation-undetected", "", missing)
        return Folded(self.response(), ended and self._error is None, tuple(self.notes))

    def _chunk(self, payload: Payload) -> None:
        """Fold a chunk of any shape."""
        chunk = unwrapped(payload)
        if wrapped(payload) is not None:
            self._take_wrap(payload)
        said = False
        for key, value in chunk.items():
            if value is None:
                continue
            said = said or key in KNOWN
            if key == "candidates":
                self._take_candidates(value)
            elif key == "usageMetadata":
                self._take_usage(value)
            elif key in NAMED:
                self._name(key, value)
            elif key == FEEDBACK_KEY:
                self._take_feedback(value)
            elif key == "error":
                self._take_error(value)
            else:
                self._extra.add(key, value)
        if not said:
            self._noting.note("unknown-event", "", f"a chunk of {', '.join(chunk) or 'nothing'}")

    def _take_wrap(self, payload: Payload) -> None:
        """Take what a wrap holds beside the chunk."""
        for key, value in payload.items():
            if key == "error":
                self._take_error(value)
            elif key != WRAP:
                self._extra.add(key, value)

    def _take_candidates(self, candidates: Any) -> None:
        if not isinstance(candidates, list):
            self._noting.odd(self._extra, "candidates", candidates)
            return
        for candidate in candidates:
            if isinstance(candidate, dict):
                self._candidate_of(candidate).add(candidate)
            else:
                self._noting.odd(self._extra, "candidates", candidate)

    def _candidate_of(self, candidate: Payload) -> CandidateFold:
        """The candidate that an entry is about; without an index it is the first."""
        index = candidate.get("index")
        number = index if index is not None and type(index) is int else 0
        found = self._candidates.get(number)
        if found is None:
            found = self._candidates[number] = CandidateFold(number, self._noting)
        if type(index) is not int:
            found.odd("index", index)
        return found

    def _take_usage(self, report: Any) -> None:
        if isinstance(report, dict):
            self._usage.add(report)
        else:
            self._noting.odd(self._extra, "usageMetadata", report)

    def _take_feedback(self, feedback: Any) -> None:
        if isinstance(feedback, dict):
            lay_over(self._feedback, FEEDBACK_KEY, spelt(feedback, FEEDBACK))
        else:
            self._noting.odd(self._extra, FEEDBACK_KEY, feedback)

    def _take_error(self, error: Any) -> None:
        if isinstance(error, str):
            error = {"message": error}
        if not isinstance(error, dict):
            self._noting.odd(self._extra, "error", error)
            return
        if self._error is None:
            self._error = error
        self._noting.note("error-event-ignored", "error", titled(error))

    def _name(self, key: str, value: Any) -> None:
        """Take a scalar that names something: the first present one counts."""
        if value == "":
            return
        if not isinstance(value, str):
            self._noting.odd(self._extra, key, value)
            return
        held = self._names.setdefault(key, value)
        if held != value:
            self._noting.note(f"{NAMED[key]}-changes", NAMED[key], f"{value!r} after {held!r}")
            if self._policies.identity == "last":
                self._names[key] = value
