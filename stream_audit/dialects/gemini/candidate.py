"""One candidate of a Gemini stream: its parts, why it ended, and what is known about it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from stream_audit.dialects.gemini.calls import Call, fragment_of
from stream_audit.dialects.gemini.chunks import NO_FINISH
from stream_audit.dialects.gemini.metadata import CITATIONS as CITED
from stream_audit.dialects.gemini.metadata import Logprobs, citations_in, lay_over
from stream_audit.dialects.gemini.parts import Part, TextPart, WholePart
from stream_audit.dialects.gemini.spelling import CANDIDATE, CITATIONS, GROUNDING, LOGPROBS, PART, spelt
from stream_audit.dialects.noting import Noting
from stream_audit.dialects.text import join_text
from stream_audit.dialects.unknown import Unknown
from stream_audit.dialects.values import same
from stream_audit.model import Choice, Message

__all__ = ["CandidateFold"]

METADATA = frozenset(
    (
        *("finishMessage", "safetyRatings", "groundingMetadata", "urlContextMetadata"),
        *("avgLogprobs", "tokenCount", "continuationToken"),
    )
)
"""What is told about a candidate: of each the last value that says anything."""


class CandidateFold:
    """The state of one candidate, and the rules by which a chunk changes it."""

    def __init__(self, index: int, noting: Noting) -> None:
        self.index = index
        self.role: str | None = None
        self.finish: str | None = None
        self.parts: list[Part] = []
        self._calls: list[Call] = []
        self._spoke = self._thought = False
        self._annotations: list[dict[str, Any]] = []
        self._logprobs = Logprobs()
        self._metadata: dict[str, Any] = {}
        self._extra = Unknown()
        self._message_extra = Unknown()
        self._at = f"choices[{index}]"
        self._noting = noting
        self._noted: set[str] = set()

    # ---------------------------------------------------------------- one chunk

    def add(self, candidate: dict[str, Any]) -> None:
        """Fold what one chunk says about the candidate."""
        for key, value in spelt(candidate, CANDIDATE).items():
            if value is None or key == "index":
                continue
            if key == "content":
                self._content(value)
            elif key == "finishReason":
                self._finish(value)
            elif key == "citationMetadata":
                self._cite(key, value)
            elif key == "logprobsResult":
                self._measure(key, value)
            elif key in METADATA:
                lay_over(self._metadata, key, value)
            else:
                self._extra.add(key, value)

    def odd(self, key: str, value: Any) -> None:
        """Keep a value of a type that the dialect does not allow in a candidate."""
        self._odd(self._extra, key, value)

    def _content(self, content: Any) -> None:
        if not isinstance(content, dict):
            self.odd("content", content)
            return
        for key, value in content.items():
            if key == "role":
                self._speaker(value)
            elif key != "parts":
                self._message_extra.add(key, value)
            elif isinstance(value, list):
                for part in value:
                    if isinstance(part, dict):
                        self._part(spelt(part, PART))
                    else:
                        self._odd(self._message_extra, "parts", part)
            else:
                self._odd(self._message_extra, "parts", value)

    def _speaker(self, role: Any) -> None:
        if role is None or role == "":
            return
        if not isinstance(role, str):
            self._odd(self._message_extra, "role", role)
        elif self.role is None:
            self.role = role
        elif role != self.role:
            self._noting.note(
                "role-changes-mid-stream", f"{self._at}.message.role", f"{role!r} after {self.role!r}"
            )

    def _finish(self, reason: Any) -> None:
        if not isinstance(reason, str):
            self.odd("finishReason", reason)
        elif reason in NO_FINISH:
            self._noting.note("finish-empty-string", f"{self._at}.finish_reason", repr(reason))
        else:
            if self.finish not in (None, reason):
                detail = f"{reason!r} after {self.finish!r}"
                self._noting.note("finish-emitted-twice", f"{self._at}.finish_reason", detail)
            self.finish = reason

    # ---------------------------------------------------------------- parts

    def _part(self, part: dict[str, Any]) -> None:
        """Fold one part. What stands under ``thought: false`` or null is not said."""
        said = {
            key: value
            for key, value in part.items()
            if value is not None and not (key == "thought" and value is False)
        }
        for key, kind in (
            ("thought", bool),
            ("thoughtSignature", str),
            ("functionCall", dict),
            ("text", str),
        ):
            if key in said and not isinstance(said[key], kind):
                self._noting.note("unknown-event", f"{self._here()}.{key}", type(said[key]).__name__)
        if isinstance(said.get("functionCall"), dict):
            self._call(fragment_of(said.pop("functionCall")), said)
        elif isinstance(said.get("text"), str):
            self._text(said.pop("text"), said)
        elif said:
            self.parts.append(WholePart(said))

    def _text(self, text: str, fields: dict[str, Any]) -> None:
        """More of the last part, a part of its own, or, when it says nothing at all, none."""
        last = self.parts[-1] if self.parts else None
        if not text and "thoughtSignature" in fields and self._first("signature"):
            at, detail = self._here(), "it stands on an empty text"
            self._noting.note("gemini-thought-signature-lost", at, detail)
        if fields.get("thought") is True:
            self._thought = True
        else:
            self._spoke = True
        if isinstance(last, TextPart) and last.joins(fields):
            last.fields.update(fields)
        elif text or fields.keys() - {"thought"}:
            last = TextPart(fields)
            self.parts.append(last)
        else:
            return
        last.text.append(text)

    def _call(self, fragment: dict[str, Any], beside: dict[str, Any]) -> None:
        """A fragment opens a call, or goes on with one."""
        call = self._going_on(fragment)
        if call is None:
            call = Call(f"{self._at}.message.tool_calls[{len(self._calls)}]", self._noting)
            self._calls.append(call)
            self.parts.append(call)
        call.add(fragment, beside)

    def _going_on(self, fragment: dict[str, Any]) -> Call | None:
        """The call that a fragment goes on with; ``None`` when it opens one."""
        last = self._calls[-1] if self._calls else None
        identity, name = _word(fragment.get("id")), _word(fragment.get("name"))
        if name is not None:
            resent = last is not None and last.open and identity is not None
            return last if resent and last is not None and (last.id, last.name) == (identity, name) else None
        call = next((one for one in self._calls if identity is not None and one.id == identity), None)
        if call is None and last is not None and (identity is None or last.id is None):
            call = last
        if call is None:
            self._noting.note(
                "block-start-missing", self._here(), "a functionCall without a name, and none to go on with"
            )
        elif self._first("nameless"):
            self._noting.note("tool-phantom-nameless", self._here(), f"it goes on with {call.name!r}")
        return call

    # ---------------------------------------------------------------- what is told beside the parts

    def _cite(self, key: str, told: Any) -> None:
        if not isinstance(told, dict):
            self.odd(key, told)
            return
        found, rest = citations_in(spelt(told, CITATIONS))
        for citation in found:
            if not any(same(citation, known) for known in self._annotations):
                self._annotations.append(citation)
        self._keep_rest(key, rest, [name for name in rest if name in CITED])

    def _measure(self, key: str, told: Any) -> None:
        if not isinstance(told, dict):
            self.odd(key, told)
            return
        rest = self._logprobs.add(spelt(told, LOGPROBS))
        self._keep_rest(key, rest, rest)

    def _keep_rest(self, key: str, rest: dict[str, Any], odd: Iterable[str]) -> None:
        """Keep what an object held beside what is folded; ``odd`` of it has a type that is not allowed."""
        for name in odd:
            self._noting.note("unknown-event", f"{self._at}.{key}.{name}", type(rest[name]).__name__)
        if rest:
            self._extra.add(key, rest)

    # ---------------------------------------------------------------- the answer

    def choice(self) -> Choice:
        """The candidate so far."""
        message = Message(
            role=self.role or "model",
            content=self._joined(thought=False) if self._spoke else None,
            reasoning=self._joined(thought=True) if self._thought else None,
            tool_calls=tuple(call.tool_call() for call in self._calls),
            parts=tuple(part.part() for part in self.parts),
            annotations=(*self._annotations, *self._grounding()),
            extra=self._message_extra.fields(),
        )
        return Choice(
            index=self.index,
            message=message,
            finish_reason=self.finish,
            logprobs=self._logprobs.logprobs(),
            extra={**self._extra.fields(), **self._metadata},
        )

    def close(self) -> None:
        """Note what is wrong with the candidate as a whole."""
        for call in self._calls:
            call.close()
        if self.finish is None:
            self._noting.note(
                "finish-missing", f"{self._at}.finish_reason", "no finishReason in the whole stream"
            )

    def _grounding(self) -> list[dict[str, Any]]:
        """The sources that were told last."""
        told = self._metadata.get("groundingMetadata")
        chunks = spelt(told, GROUNDING).get("groundingChunks") if isinstance(told, dict) else None
        return [one for one in chunks if isinstance(one, dict)] if isinstance(chunks, list) else []

    def _joined(self, *, thought: bool) -> str:
        texts: Iterable[str] = (
            part.text.joined()
            for part in self.parts
            if isinstance(part, TextPart) and part.is_thought is thought
        )
        return join_text(texts)

    def _here(self) -> str:
        """Where the next part will stand."""
        return f"{self._at}.message.parts[{len(self.parts)}]"

    def _first(self, what: str) -> bool:
        """Whether it is the first time: of some things one note is enough."""
        before = len(self._noted)
        self._noted.add(what)
        return len(self._noted) > before

    def _odd(self, level: Unknown, key: str, value: Any) -> None:
        self._noting.odd(level, key, value, f"{self._at}.{key}")


def _word(value: Any) -> str | None:
    """A name or id that says something."""
    return value if isinstance(value, str) and value else None
