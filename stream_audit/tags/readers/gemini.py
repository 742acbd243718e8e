"""What a chunk of ``gemini`` says."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from stream_audit.model import Payload
from stream_audit.model.tag import Tag
from stream_audit.tags.saying import ABSENT, Fragment, Said, Saying, object_of, objects_of

__all__ = ["GEMINI", "Gemini"]

NAME = "gemini"
CHUNK = ("candidates", "usageMetadata", "usage_metadata", "promptFeedback", "prompt_feedback")


class Gemini:
    """Reads the chunks of an answer, also in the Python SDK's names. A call without a name goes on."""

    __slots__ = ()

    name = NAME
    aspects = frozenset(
        (
            *("role", "text", "mixed", "reasoning", "signature", "calls", "call-pieces"),
            *("finish", "finish-in-delta", "choices", "names", "logprobs", "citations"),
        )
    )

    tags: tuple[Tag, ...] = (
        Tag("parts-in-one-chunk", "several parts in one chunk", ("content-parts-first-only",), NAME),
        Tag("part-not-text", "a part that is neither text nor a call", ("stream-vs-nonstream",), NAME),
        Tag(
            "arguments-in-leaves",
            "arguments that come leaf by leaf, under JSON paths",
            ("tool-fragments-not-merged", "tool-phantom-nameless", "block-stop-missing"),
            NAME,
        ),
        Tag("prompt-blocked", "a prompt that was blocked", ("finish-incomplete-mapping",), NAME),
        Tag("tool-result-tokens", "tokens of what tools found", ("tool-use-prompt-left-out",), NAME),
        Tag("chunk-wrapped", "chunks that stand in an object", ("unknown-event",), NAME),
    )

    def read(self, payload: Payload) -> Said:
        """What the chunk says."""
        inside = object_of(payload.get("response"))
        wrapped = bool(inside) and not any(name in payload for name in CHUNK)
        chunk = inside if wrapped else payload
        candidates = list(objects_of(chunk.get("candidates")))
        shapes = {shape for candidate in candidates for shape in _shapes(candidate)}
        if wrapped:
            shapes.add("chunk-wrapped")
        if _pick(object_of(_pick(chunk, "promptFeedback")), "blockReason"):
            shapes.add("prompt-blocked")
        if _pick(object_of(_pick(chunk, "usageMetadata")), "toolUsePromptTokenCount"):
            shapes.add("tool-result-tokens")
        return Said(
            [_saying(candidate) for candidate in candidates],
            choices=None if "error" in chunk else len(candidates),
            id=_pick(chunk, "responseId"),
            model=_pick(chunk, "modelVersion"),
            shapes=sorted(shapes),
        )


def _saying(candidate: Mapping[str, Any]) -> Saying:
    content, index = object_of(candidate.get("content")), candidate.get("index")
    parts = list(objects_of(content.get("parts")))
    texts = [part["text"] for part in parts if _is_text(part) and part.get("thought") is not True]
    thoughts = [part["text"] for part in parts if _is_text(part) and part.get("thought") is True]
    calls = [_fragment(call) for part in parts if isinstance(call := _pick(part, "functionCall"), dict)]
    return Saying(
        choice=index if type(index) is int else 0,
        role=content.get("role", ABSENT),
        text="".join(texts) if texts else ABSENT,
        reasoning={"thought": "".join(thoughts)} if thoughts else {},
        signature=next((sign for part in parts if (sign := _pick(part, "thoughtSignature"))), ABSENT),
        calls=calls,
        finish=_pick(candidate, "finishReason"),
        logprobs=_pick(candidate, "logprobsResult"),
        citations=list(_citations(candidate)),
        bare="content" not in candidate,
    )


def _fragment(call: Mapping[str, Any]) -> Fragment:
    opens = bool(call.get("name"))
    return Fragment(
        object() if opens else None,
        id=call.get("id", ABSENT),
        name=call.get("name", ABSENT),
        arguments=call.get("args", ABSENT),
        opens=True if opens else None,
    )


def _citations(candidate: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    cited = object_of(_pick(candidate, "citationMetadata"))
    for name in ("citations", "citationSources"):
        yield from objects_of(_pick(cited, name))
    yield from objects_of(_pick(object_of(_pick(candidate, "groundingMetadata")), "groundingChunks"))


def _shapes(candidate: Mapping[str, Any]) -> Iterator[str]:
    parts = list(objects_of(object_of(candidate.get("content")).get("parts")))
    if len(parts) > 1:
        yield "parts-in-one-chunk"
    for part in parts:
        call = _pick(part, "functionCall")
        if isinstance(call, dict):
            if _pick(call, "partialArgs"):
                yield "arguments-in-leaves"
        elif not _is_text(part) and any(value is not None for value in part.values()):
            yield "part-not-text"


def _is_text(part: Mapping[str, Any]) -> bool:
    return isinstance(part.get("text"), str)


def _pick(source: Mapping[str, Any], name: str) -> Any:
    """The value of a key in either spelling, ``ABSENT`` where there is none, or where the SDK's is null."""
    if name in source:
        return source[name]
    snake = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    value = source.get(snake)
    return ABSENT if value is None else value


GEMINI = Gemini()
