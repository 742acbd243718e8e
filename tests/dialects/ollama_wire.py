"""Chunks of Ollama's two endpoints, written short."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from stream_audit.dialects.ollama.stream import OLLAMA
from stream_audit.model import Choice, Folded, Message, Payload, Policies

DEFAULT = Policies()
MODEL = {"model": "qwen3", "created_at": "2026-03-01T08:00:00Z"}
COUNTS = {"prompt_eval_count": 26, "eval_count": 3}


def chat(content: Any = "", **message: Any) -> Payload:
    """A chunk of ``/api/chat``."""
    return {**MODEL, "message": {"role": "assistant", "content": content, **message}, "done": False}


def generate(response: Any = "", **fields: Any) -> Payload:
    """A chunk of ``/api/generate``."""
    return {**MODEL, "response": response, "done": False, **fields}


def call(name: Any = "look", arguments: Any = None, index: Any = None, **fields: Any) -> dict[str, Any]:
    function = {"index": index, "name": name, "arguments": arguments}
    return {"function": {key: value for key, value in function.items() if value is not None}, **fields}


def calls(*entries: Any) -> Payload:
    return chat(tool_calls=list(entries))


def done(reason: Any = "stop", **fields: Any) -> Payload:
    return {**chat(), "done": True, "done_reason": reason, **fields}


def fold(items: Sequence[Payload | str], policies: Policies = DEFAULT) -> Folded:
    folding = OLLAMA.fold(policies)
    folding.add([one if isinstance(one, str) else _copied(one) for one in items])
    return folding.finish(done=False)


def choice(*items: Payload) -> Choice:
    """The choice that a stream folds into."""
    return fold(items).response.choices[0]


def said(*items: Payload) -> Message:
    """The message that a stream folds into."""
    return choice(*items).message


def rules(*items: Payload) -> list[str]:
    """What is noted about a stream that begins and ends like any other."""
    return [note.rule for note in fold([chat(), *items, done()]).notes]


def _copied(chunk: Payload) -> Payload:
    """The fold takes chunks apart, down to the message; the rest may be too deep to copy."""
    message = chunk.get("message")
    return {**chunk, "message": {**message}} if isinstance(message, dict) else {**chunk}
