"""The message steps of the chat textbook: what a delta adds, and what it all makes in the end."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from stream_audit.model import Message
from stream_audit.suspects.every_dialect import is_name, join_text
from stream_audit.suspects.openai.textbook_state import ChoiceSoFar
from stream_audit.suspects.openai.textbook_tools import ToolSteps

__all__ = ["REASONING_NAMES", "MessageSteps", "is_cumulative", "text_of", "thinking_of"]

REASONING_NAMES = ("reasoning_content", "reasoning", "reasoning_text")
DELTA_KEYS = frozenset(
    {"role", "content", "refusal", "tool_calls", "function_call", "audio", "annotations", *REASONING_NAMES}
)


class MessageSteps(ToolSteps):
    """Steps over the message of one choice; a suspect overrides the one it gets wrong."""

    def delta(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """All keys of a delta count."""
        self.role(choice, delta)
        self.content(choice, delta)
        self.reasoning(choice, delta)
        self.refusal(choice, delta)
        self.tools(choice, delta)
        self.audio(choice, delta)
        self.annotations(choice, delta)
        choice.message_extra.keep_unknown(delta, DELTA_KEYS)

    def role(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """The first role stays."""
        role = delta.get("role")
        if is_name(role):
            choice.role = choice.role or role
        elif role != "":
            choice.message_extra.keep("role", role)

    def content(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """A string is text; a list is parts."""
        content = delta.get("content")
        if isinstance(content, str):
            self.text(choice, content)
        elif isinstance(content, list):
            choice.lists_sent = True
            for part in content:
                self.part(choice, part)
        else:
            choice.message_extra.keep("content", content)

    def text(self, choice: ChoiceSoFar, text: str) -> None:
        """A piece of the answer's text."""
        choice.content.append(text)

    def part(self, choice: ChoiceSoFar, part: Any) -> None:
        """A part of a list: text, thinking, or anything else."""
        if not isinstance(part, dict):
            choice.message_extra.keep("content", part)
            return
        choice.content.append(part)
        thoughts = thoughts_of(part)
        if thoughts is not None:
            choice.reasoning.append(join_text([text for text in thoughts if text is not None]))

    def reasoning(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """One channel under three names; of one delta only one name counts."""
        said = [delta[key] for key in REASONING_NAMES if isinstance(delta.get(key), str)]
        if said:
            choice.reasoning.append(next((text for text in said if text), ""))
        for key in REASONING_NAMES:
            if not isinstance(delta.get(key), str):
                choice.message_extra.keep(key, delta.get(key))
        details = delta.get("reasoning_details")
        for detail in details if isinstance(details, list) else []:
            if isinstance(detail, dict) and isinstance(detail.get("text"), str):
                choice.detail_texts.append(detail["text"])

    def refusal(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """A piece of the refusal."""
        refusal = delta.get("refusal")
        if isinstance(refusal, str):
            choice.refusal.append(refusal)
        else:
            choice.message_extra.keep("refusal", refusal)

    def tools(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """Tool calls, today's and the legacy kind."""
        value = delta.get("tool_calls")
        if isinstance(value, list | dict):
            self.tool_calls(choice, value)
        else:
            choice.message_extra.keep("tool_calls", value)
        legacy = delta.get("function_call")
        if isinstance(legacy, dict):
            self.function_call(choice, legacy)
        else:
            choice.message_extra.keep("function_call", legacy)

    def audio(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """The id once, data and transcript joined, of anything else the last value."""
        audio = delta.get("audio")
        if not isinstance(audio, dict):
            choice.message_extra.keep("audio", audio)
            return
        so_far = choice.audio = dict(choice.audio or {})
        wrong = {}
        for key, value in audio.items():
            if value is None:
                continue
            if key not in ("id", "data", "transcript"):
                so_far[key] = value
            elif not isinstance(value, str):
                wrong[key] = value
            elif key != "id":
                so_far[key] = join_text([so_far.get(key, ""), value])
            elif is_name(value):
                so_far.setdefault("id", value)
        choice.message_extra.keep("audio", wrong or None)

    def annotations(self, choice: ChoiceSoFar, delta: dict[str, Any]) -> None:
        """Each citation once, in order."""
        annotations = delta.get("annotations")
        if not isinstance(annotations, list):
            choice.message_extra.keep("annotations", annotations)
            return
        for item in annotations:
            if not isinstance(item, dict):
                choice.message_extra.keep("annotations", item)
            elif item not in choice.annotations:
                choice.annotations.append(item)

    # ------------------------------------------------------------- the end

    def message(self, choice: ChoiceSoFar) -> Message:
        """The message of a finished choice."""
        return Message(
            role=self.role_of(choice),
            content=self.content_of(choice),
            reasoning=self.reasoning_of(choice),
            refusal=join_text(choice.refusal) or None,
            tool_calls=tuple(self.tool_call(call) for call in self.calls_of(choice)),
            parts=self.parts_of(choice),
            annotations=tuple(choice.annotations),
            audio=choice.audio,
            extra=choice.message_extra.result(),
        )

    def role_of(self, choice: ChoiceSoFar) -> str | None:
        """The role; the assistant's where nobody said."""
        return choice.role or "assistant"

    def content_of(self, choice: ChoiceSoFar) -> str | None:
        """All text joined, unless every delta was the whole text so far."""
        texts = [piece if isinstance(piece, str) else text_of(piece) for piece in choice.content]
        said = [text for text in texts if text is not None]
        if not choice.lists_sent and is_cumulative([text for text in said if text]):
            return join_text([text for text in said if text][-1:])
        return join_text(said) if said else None

    def reasoning_of(self, choice: ChoiceSoFar) -> str | None:
        """All reasoning joined; the details' texts where there is no other."""
        reasoning = join_text(choice.reasoning)
        details = join_text(choice.detail_texts)
        if not reasoning and details:
            return details
        return reasoning if choice.reasoning else None

    def parts_of(self, choice: ChoiceSoFar) -> tuple[dict[str, Any], ...]:
        """The ordered parts, text beside text and thinking beside thinking made one."""
        parts: list[dict[str, Any]] = []
        if not choice.lists_sent:
            return ()
        for piece in choice.content:
            part = {"type": "text", "text": piece} if isinstance(piece, str) else piece
            for kind, read in (("text", text_of), ("thinking", thinking_of)):
                text = read(part)
                if text is not None:
                    before = read(parts[-1]) if parts else None
                    if before is not None:
                        text = join_text([before, text])
                        parts.pop()
                    part = {"type": kind, kind: text}
            parts.append(part)
        return tuple(parts)


def text_of(part: dict[str, Any]) -> str | None:
    """The text of a text part, ``None`` for any other part."""
    text = part.get("text")
    return text if part.get("type") == "text" and isinstance(text, str) else None


def thoughts_of(part: dict[str, Any]) -> list[str | None] | None:
    """The texts of a thinking part, ``None`` for what is no text in it; ``None`` for any other part."""
    thinking = part.get("thinking")
    if part.get("type") != "thinking":
        return None
    if isinstance(thinking, str):
        return [thinking]
    if isinstance(thinking, list):
        return [text_of(piece) if isinstance(piece, dict) else None for piece in thinking]
    return None


def thinking_of(part: dict[str, Any]) -> str | None:
    """The whole of a thinking part as text, ``None`` where it is more than text."""
    thoughts = thoughts_of(part)
    if thoughts is None or None in thoughts:
        return None
    return join_text([text for text in thoughts if text is not None])


def is_cumulative(texts: list[str]) -> bool:
    """True for at least four texts of which each extends the one before it."""
    return len(texts) >= 4 and all(
        len(later) > len(before) and later.startswith(before) for before, later in pairwise(texts)
    )
