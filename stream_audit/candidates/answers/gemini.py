"""``candidates``: the answer of ``generateContent``, as its API sends it or as the Python SDK dumps it.

The SDK writes names in snake case, every part with all its keys, and base64 in the alphabet that is made for
URLs. All are brought to the API's ways.
Neighbouring texts that a combiner collected one by one are the text that they are pieces of.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator, Mapping
from typing import Any

from stream_audit.candidates.answers.extra import read_extra
from stream_audit.candidates.answers.messages import Claims
from stream_audit.candidates.answers.shape import CORE, UnknownShape
from stream_audit.candidates.answers.top import position_of, top, word
from stream_audit.model import Choice, Message, Response, ToolCall

__all__ = ["GEMINI"]

_TOP = {"responseId": "id", "modelVersion": "model", "usageMetadata": "usage"}
_MARKS = frozenset((*_TOP, "promptFeedback"))
_READ = frozenset(("index", "content", "finishReason", "citationMetadata", "logprobsResult"))
_TEXT = frozenset(("text", "thought", "thoughtSignature"))
_CALL = frozenset(("id", "name", "args"))
_FREE = frozenset(("args", "response", "partMetadata"))
"""Under these keys stand names that are not the API's."""


class _Gemini:
    def fits(self, value: Mapping[str, Any]) -> bool:
        given = value.get("candidates", ())
        marked = not _MARKS.isdisjoint(map(_camel, value))
        return isinstance(given, list) or (marked and "choices" not in value and given in (None, ()))

    def read(self, value: Mapping[str, Any], claims: Claims) -> Response:
        claims.update((*CORE, "choices", "parts", "reasoning"))
        entries = value.get("candidates") or []
        given = [_named(entry) for entry in entries if isinstance(entry, Mapping)]
        if len(given) != len(entries):
            raise UnknownShape("candidates holds something that is no mapping")
        choices = [_choice(entry, claims) for entry in given]
        told = _named({name: item for name, item in value.items() if name != "candidates"})
        renamed = {_TOP.get(name, name): item for name, item in told.items()}
        return top(renamed, sorted(choices, key=lambda choice: choice.index), claims, {"candidates"})


def _choice(entry: Mapping[str, Any], claims: Claims) -> Choice:
    if "logprobsResult" in entry:
        claims.add("logprobs")
    if entry.get("citationMetadata") is not None or entry.get("groundingMetadata") is not None:
        claims.add("annotations")
    content, logprobs = entry.get("content"), entry.get("logprobsResult")
    return Choice(
        index=position_of(entry, 0),
        message=_message(content if isinstance(content, Mapping) else {}, tuple(_sources(entry))),
        finish_reason=word(entry.get("finishReason")),
        logprobs=logprobs if isinstance(logprobs, Mapping) else None,
        extra=read_extra(entry, _READ, claims, "choices.extra"),
    )


def _message(content: Mapping[str, Any], sources: tuple[Mapping[str, Any], ...]) -> Message:
    parts = list(_joined(content.get("parts") or []))
    spoken = [part["text"] for part in parts if _is_text(part) and part.get("thought") is not True]
    thought = [part["text"] for part in parts if _is_text(part) and part.get("thought") is True]
    return Message(
        role=word(content.get("role")) or "model",
        content="".join(spoken) if spoken else None,
        reasoning="".join(thought) if thought else None,
        tool_calls=tuple(_call(part) for part in parts if isinstance(part.get("functionCall"), Mapping)),
        parts=tuple(parts),
        annotations=sources,
    )


def _joined(parts: Any) -> Iterator[dict[str, Any]]:
    """The parts that say something, neighbouring pieces of one text put together."""
    held: dict[str, Any] = {}
    for part in parts if isinstance(parts, list) else []:
        said = _said(part) if isinstance(part, Mapping) else {}
        if not _is_worth(said):
            continue
        if _is_piece(held) and _is_piece(said) and _go_together(held, said):
            held = {**held, **said, "text": held["text"] + said["text"]}
            continue
        yield from [held] if held else []
        held = said
    yield from [held] if held else []


def _said(part: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: item for name, item in _named(part).items() if item is not None}
    if said.get("thought") is False:
        del said["thought"]
    if "thoughtSignature" in said:
        said["thoughtSignature"] = _base64(said["thoughtSignature"])
    blob = said.get("inlineData")
    if isinstance(blob, Mapping) and "data" in blob:
        said["inlineData"] = {**blob, "data": _base64(blob["data"])}
    call = said.get("functionCall")
    if isinstance(call, Mapping):
        said["functionCall"] = {"args": {}, **{name: item for name, item in call.items() if item is not None}}
    return said


def _base64(value: Any) -> Any:
    """The same bytes in the API's alphabet; what is no base64 as it is."""
    if not isinstance(value, str) or ("-" not in value and "_" not in value):
        return value
    text = value.replace("-", "+").replace("_", "/")
    try:
        base64.b64decode(text, validate=True)
    except ValueError:
        return value
    return text


def _is_text(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("text"), str) and not isinstance(part.get("functionCall"), Mapping)


def _is_piece(part: Mapping[str, Any]) -> bool:
    return _is_text(part) and part.keys() <= _TEXT and isinstance(part.get("thoughtSignature", ""), str)


def _go_together(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    signatures = {part["thoughtSignature"] for part in (one, other) if "thoughtSignature" in part}
    return one.get("thought") == other.get("thought") and len(signatures) < 2


def _is_worth(part: Mapping[str, Any]) -> bool:
    """Whether it is a part at all: an empty text that nothing stands beside says nothing."""
    return bool(part) and not (part.get("text") == "" and part.keys() <= {"text", "thought"})


def _call(part: Mapping[str, Any]) -> ToolCall:
    call = part["functionCall"]
    args = call.get("args")
    beside = {name: item for name, item in part.items() if name != "functionCall"}
    return ToolCall(
        id=word(call.get("id")),
        name=word(call.get("name")),
        arguments=json.dumps(args, ensure_ascii=False, separators=(",", ":")) if args else "",
        extra={**{name: item for name, item in call.items() if name not in _CALL}, **beside},
    )


def _sources(entry: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """What the answer cites, then what it is grounded in."""
    for name, lists in (
        ("citationMetadata", ("citations", "citationSources")),
        ("groundingMetadata", ("groundingChunks",)),
    ):
        told = entry.get(name)
        for key in lists:
            found = told.get(key) if isinstance(told, Mapping) else None
            yield from (one for one in (found if isinstance(found, list) else []) if isinstance(one, Mapping))


def _named(value: Any) -> Any:
    """The same with the API's names, here and below."""
    if isinstance(value, Mapping):
        return {_camel(name): item if _camel(name) in _FREE else _named(item) for name, item in value.items()}
    return [_named(item) for item in value] if isinstance(value, list) else value


def _camel(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(other.capitalize() for other in others) if first and all(others) else name


GEMINI = _Gemini()
