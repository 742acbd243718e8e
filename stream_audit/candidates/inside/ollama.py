"""What the classes of Ollama's SDK declare for its answers, and that their objects can be subscripted.

A table like those of ``declared``, with Ollama's name before each class: others have a ``Message`` too.

Source: the type definitions of ollama 0.6.
"""

from __future__ import annotations

from typing import Any

from .record import Record

_BASE = (
    "model created_at done done_reason total_duration load_duration prompt_eval_count prompt_eval_duration"
    " eval_count eval_duration"
)

FIELDS: dict[str, str] = {
    "ollama.ChatResponse": f"{_BASE} message! logprobs",
    "ollama.GenerateResponse": f"{_BASE} response thinking context logprobs image completed total",
    "ollama.Message": "role! content thinking images tool_name tool_calls",
    "ollama.ToolCall": "function!",
    "ollama.Function": "name! arguments!",
    "ollama.Logprob": "token! logprob! top_logprobs",
    "ollama.TokenLogprob": "token! logprob!",
}

CHILDREN: dict[str, dict[str, str]] = {
    "ollama.ChatResponse": {"message": "ollama.Message", "logprobs": "ollama.Logprob"},
    "ollama.GenerateResponse": {"logprobs": "ollama.Logprob"},
    "ollama.Message": {"tool_calls": "ollama.ToolCall"},
    "ollama.ToolCall": {"function": "ollama.Function"},
    "ollama.Logprob": {"top_logprobs": "ollama.TokenLogprob"},
}

ROOT = "ollama.answer"


def root(chunk: Any) -> str:
    """Class of a chunk: only a chat's has a message."""
    return "ollama.ChatResponse" if "message" in chunk else "ollama.GenerateResponse"


class Subscriptable(Record):
    """An object that can be read like a dict: ``in`` is what it carries, and so is a subscript."""

    __slots__ = ()

    def __getitem__(self, name: str) -> Any:
        return self._given()[name]

    def __setitem__(self, name: str, value: Any) -> None:
        setattr(self, name, value)

    def __contains__(self, name: object) -> bool:
        return name in self._given()

    def get(self, name: str, default: Any = None) -> Any:
        """The field; ``None`` and not the default where it is declared and not there, as with the SDK."""
        return getattr(self, name, default)


Subscriptable._methods = frozenset(dir(Subscriptable))
