"""Events of the Responses wire, written short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.model import Folded, Message, Payload, Policies

DEFAULT = Policies()
USAGE = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
KEEPALIVE: Payload = {"type": "keepalive"}


def shot(word: str = "created", id: str | None = "resp_1", **response: Any) -> Payload:
    """An event with a snapshot of the response."""
    return {"type": f"response.{word}", "response": {"id": id, "model": "gpt-5", **response}}


def completed(*output: Any, **response: Any) -> Payload:
    """The closing event; without items it has no ``output``."""
    shown = {"output": list(output)} if output else {}
    return shot("completed", **{"status": "completed", "usage": USAGE, **shown, **response})


def said(text: str, **part: Any) -> dict[str, Any]:
    """A text of a message."""
    return {"type": "output_text", "text": text, **part}


def message(*content: Any, id: str = "msg_0", **item: Any) -> dict[str, Any]:
    return {"type": "message", "id": id, "role": "assistant", "content": list(content), **item}


def call(arguments: Any = "", id: str = "fc_0", **item: Any) -> dict[str, Any]:
    named = {"call_id": "call_0", "name": "look", "arguments": arguments}
    return {"type": "function_call", "id": id, **named, **item}


def thought(*summary: str, id: str = "rs_0", **item: Any) -> dict[str, Any]:
    entries = [{"type": "summary_text", "text": text} for text in summary]
    return {"type": "reasoning", "id": id, "summary": entries, **item}


def added(index: int | None, item: Any) -> Payload:
    return {"type": "response.output_item.added", "output_index": index, "item": item}


def done(index: int | None, item: Any) -> Payload:
    return {"type": "response.output_item.done", "output_index": index, "item": item}


def part(step: str, index: int, inner: int | None, entry: Any, list: str = "content_part") -> Payload:
    """An event about a whole entry of ``content`` or ``summary``."""
    key = "summary_index" if "summary" in list else "content_index"
    return {"type": f"response.{list}.{step}", "output_index": index, key: inner, "part": entry}


def delta(kind: str, text: Any, index: int | None = 0, **fields: Any) -> Payload:
    return {"type": f"response.{kind}.delta", "output_index": index, "delta": text, **fields}


def text(text: str, index: int = 0, inner: int = 0, **fields: Any) -> Payload:
    return delta("output_text", text, index, content_index=inner, **fields)


def whole(kind: str, key: str, text: Any, index: int | None = 0, **fields: Any) -> Payload:
    return {"type": f"response.{kind}.done", "output_index": index, key: text, **fields}


def text_done(shown: str, index: int = 0, inner: int = 0, **fields: Any) -> Payload:
    return whole("output_text", "text", shown, index, content_index=inner, **fields)


def opened(index: int = 0, **item: Any) -> list[Payload]:
    """The beginning of a message with one text."""
    return [added(index, message(id=f"msg_{index}", **item)), part("added", index, 0, said(""))]


def spoken(*texts: str) -> list[Payload]:
    """A message in deltas, which its end repeats."""
    return [*opened(), *(text(piece) for piece in texts), done(0, message(said("".join(texts))))]


def numbered(events: Sequence[Payload], first: int = 0) -> list[Payload]:
    return [{**event, "sequence_number": number} for number, event in enumerate(events, first)]


def answer(*events: Payload, **closing: Any) -> list[Payload]:
    """A stream with a beginning and an end."""
    return [shot(), *events, completed(**closing)]


def fold(items: Sequence[Payload | str], policies: Policies = DEFAULT) -> Folded:
    folding = OPENAI_RESPONSES.fold(policies)
    folding.add(items)
    return folding.finish(done=False)


def replied(items: Sequence[Payload | str]) -> Message:
    """The message that a stream folds into."""
    return fold(items).response.choices[0].message


def parts(items: Sequence[Payload | str]) -> list[dict[str, Any]]:
    return [dict(one) for one in replied(items).parts]


def rules(items: Sequence[Payload | str]) -> list[str]:
    """What the fold of a stream notes."""
    return [note.rule for note in fold(items).notes]
