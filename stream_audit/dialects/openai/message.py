"""The choice of a chat stream: how the deltas of one message are put together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar

from stream_audit.dialects.openai.choice import ChoiceFold
from stream_audit.dialects.openai.joined import Annotations, Audio
from stream_audit.dialects.openai.parts import Parts, thinking_text
from stream_audit.dialects.openai.tool_calls import Call, Calls, NoteDown
from stream_audit.dialects.text import Text
from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Message, Policies

__all__ = ["ChatChoice"]

REASONING = ("reasoning_content", "reasoning", "reasoning_text")
"""The names of the one reasoning channel; the first that says something counts."""
WHOLE = ("tool_calls", "function_call", "stop")
"""Finish reasons that say that every call was sent to its end."""


class ChatChoice(ChoiceFold):
    """One choice of a chat stream, in progress."""

    lists: ClassVar[tuple[str, ...]] = ("content", "refusal")
    dropped: ClassVar[frozenset[str]] = frozenset(("message", "text"))

    def __init__(self, index: int, policies: Policies, note: NoteDown) -> None:
        super().__init__(index, note)
        self._role: str | None = None
        self._last_role: str | None = None
        self._begun_again = self._told_again = False
        """A role came after the answer was over; text behind it is another answer's."""
        self._reasoning = Text()
        self._details: Text | None = Text()
        """Text of ``reasoning_details``; ``None`` once there is reasoning text under another name."""
        self._refusal = Text()
        self._calls = Calls(policies, note, f"choices[{index}].message.tool_calls")
        self._function: Call | None = None
        self._parts: Parts | None = None
        self._annotations = Annotations()
        self._audio: Audio | None = None
        self._unknown = Unknown()

    def read(self, key: str, value: Any) -> bool | None:
        """Fold the ``delta``."""
        if key != "delta":
            return None
        if not isinstance(value, dict):
            return False
        self.add_delta(value)
        return True

    def add_delta(self, delta: Mapping[str, Any]) -> None:
        """Fold one delta; all its fields count."""
        reasons, reason = 0, ""
        for key, value in delta.items():
            if value is None:
                continue
            if key in REASONING and isinstance(value, str):
                reasons += 1
                reason = value
                continue
            take = TAKES.get(key)
            if take is not None and take(self, value):
                continue
            if take is not None or key in REASONING:
                self.unexpected(f"message.{key}", value)
            self._unknown.add(key, value)
            if key == "reasoning_details":
                self._reason_in_details(value)
        if self.over and (delta.get("role") or self._begun_again):
            self._note_second_answer(delta)
        if reasons:
            self._write_reasoning(reason if reasons == 1 else self._one_reason(delta))
            self.append = self._reasoning.append

    def _note_second_answer(self, delta: Mapping[str, Any]) -> None:
        self._begun_again = True
        if delta.get("content") and not self._told_again:
            self._told_again = True
            self.note("retry-text-duplicated", "message.content", "a role and text after the finish reason")

    def message(self) -> Message:
        """The message so far."""
        return Message(
            role=self._role or "assistant",
            content=self.text(),
            reasoning=self._reasoning_text(),
            refusal=self._refusal.text() or None,
            tool_calls=tuple(call.tool_call() for call in self._called()),
            parts=() if self._parts is None else self._parts.parts(),
            annotations=self._annotations.annotations(),
            audio=None if self._audio is None else self._audio.audio(),
            extra=self._unknown.fields(),
        )

    def close(self) -> None:
        """Note what is wrong with the choice as a whole."""
        super().close()
        called = self._called()
        for position, call in enumerate(called):
            if call.resend() is not None:
                detail = f"the arguments of {call.name!r} are sent again as a whole"
                self.note("tool-args-cumulative-resend", "message.tool_calls", detail)
            if call.cut_off():
                rule = "tool-args-tail-lost" if self.finish in WHOLE else "tool-args-truncated-accepted"
                detail = f"{call.name!r}, finish reason {self.finish!r}"
                self.note(rule, f"message.tool_calls[{position}].arguments", detail)
        if called and self.finish == "stop":
            self.note("finish-stop-with-tool-calls", "finish_reason", "'stop', but there are tool calls")

    def compact(self) -> None:
        """Give memory back when there are many deltas."""
        super().compact()
        self._reasoning.compact()
        self._refusal.compact()
        self._calls.compact()

    def _called(self) -> list[Call]:
        """All calls so far; the legacy one is the last."""
        legacy = self._function
        return self._calls.calls if legacy is None or legacy.empty else [*self._calls.calls, legacy]

    def _take_role(self, role: Any) -> bool:
        if not isinstance(role, str):
            return False
        if role and self._role is None:
            self._role = role
        elif role and role not in (self._role, self._last_role):
            self.note("role-changes-mid-stream", "message.role", f"{role!r} after {self._role!r}")
        self._last_role = role or self._last_role
        return True

    def _take_content(self, content: Any) -> bool:
        if isinstance(content, str):
            self.append = self.write
            self.write(content)
            return True
        if not isinstance(content, list):
            return False
        if self._parts is None:
            self._begin_parts()
        for part in content:
            if isinstance(part, dict):
                self._take_part(part)
            else:
                self.unexpected("message.content", part)
                self._unknown.add("content", part)
        return True

    def _begin_parts(self) -> None:
        """Go over to lists: the strings so far are the first text part."""
        self._parts = Parts()
        if self.content.sent:
            self._parts.add_text("text", self.content.joined())
        self.content.unchain()
        self.write = self._write_part

    def _write_part(self, text: str) -> None:
        assert self._parts is not None  # set together with ``write``
        self._parts.add_text("text", text)
        self.content.append(text)

    def _take_part(self, part: Mapping[str, Any]) -> None:
        assert self._parts is not None  # a part stands in a list
        kind, text, whole = part.get("type"), None, True
        if kind == "text" and isinstance(part.get("text"), str):
            self._write_part(part["text"])
            return
        if kind == "thinking":
            text, whole = thinking_text(part.get("thinking"))
        if text is not None:
            self._write_reasoning(text)
        if text is not None and whole:
            self._parts.add_text("thinking", text)
        else:
            self._parts.add_other(part)

    def _one_reason(self, delta: Mapping[str, Any]) -> str:
        texts = [delta[name] for name in REASONING if isinstance(delta.get(name), str)]
        text: str = next((text for text in texts if text), "")
        if any(other and other != text for other in texts):
            self.note("reasoning-duplicated", "message.reasoning", "two names, two texts, one delta")
        return text

    def _write_reasoning(self, text: str) -> None:
        self._reasoning.append(text)
        if text:
            self._details = None

    def _reason_in_details(self, details: Any) -> None:
        for detail in details if isinstance(details, list) else ():
            text = detail.get("text") if isinstance(detail, dict) else None
            if isinstance(text, str) and text and self._details is not None:
                self._details.append(text)
                self._details.compact()

    def _reasoning_text(self) -> str | None:
        if self._details is not None and self._details.sent:
            return self._details.text()
        return self._reasoning.text()

    def _take_refusal(self, refusal: Any) -> bool:
        if isinstance(refusal, str):
            self._refusal.append(refusal)
            return True
        return False

    def _take_tool_calls(self, entries: Any) -> bool:
        if not isinstance(entries, list | dict):
            return False
        indexes: set[int] = set()
        for entry in [entries] if isinstance(entries, dict) else entries:
            if isinstance(entry, dict):
                self.append = self._calls.add(entry, indexes).arguments.append
            else:
                self.unexpected("message.tool_calls", entry)
                self._unknown.add("tool_calls", entry)
        return True

    def _take_function_call(self, function: Any) -> bool:
        if not isinstance(function, dict):
            return False
        if self._function is None:
            self._function = Call()
        self._calls.add_function(self._function, function)
        if self._function.empty:
            self.note("function-call-legacy-stub", "message.tool_calls", "an empty function_call")
        return True

    def _take_audio(self, audio: Any) -> bool:
        if not isinstance(audio, dict):
            return False
        if self._audio is None:
            self._audio = Audio()
        unexpected = self._audio.add(audio)
        if unexpected:
            self.unexpected("message.audio", next(iter(unexpected.values())))
            self._unknown.add("audio", unexpected)
        return True

    def _take_annotations(self, annotations: Any) -> bool:
        if not isinstance(annotations, list):
            return False
        for item in annotations:
            if isinstance(item, dict):
                self._annotations.add(item)
            else:
                self.unexpected("message.annotations", item)
                self._unknown.add("annotations", item)
        return True


TAKES: Mapping[str, Callable[[ChatChoice, Any], bool]] = {
    "role": ChatChoice._take_role,
    "content": ChatChoice._take_content,
    "refusal": ChatChoice._take_refusal,
    "tool_calls": ChatChoice._take_tool_calls,
    "function_call": ChatChoice._take_function_call,
    "audio": ChatChoice._take_audio,
    "annotations": ChatChoice._take_annotations,
}
"""How each known field of a delta is folded; the answer is ``False`` for a value of no allowed type."""
