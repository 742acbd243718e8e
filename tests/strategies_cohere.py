"""Cohere streams for hypothesis: messages as servers send them, and as they should not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload
from tests.strategies_wild import json_values, optional, spoilt

__all__ = ["messages", "reports", "tidy_messages", "wild_messages"]

PIECES = st.sampled_from(["", " ", "\n", "Hello", "na", "na ", "é", "🙂", "\ud83d", "\ude42"])
JSON_PIECES = st.sampled_from(["", "{", "}", '{"n": ', "1", "}", "NaN", '{"city": "', 'Oslo"}', "\ud83d"])
COUNTS = st.sampled_from([None, 0, 1, 12, 900, True, -3, 2.5, 7.0, "12"])
NAMES = st.sampled_from([None, "", "get_weather", "search"])
REASONS = st.sampled_from([None, "", "COMPLETE", "TOOL_CALL", "MAX_TOKENS", "ERROR"])
UNKNOWN = st.sampled_from([None, "", "a", "b", 1, [1], {"deep": {"er": None}}])
INDEX = st.sampled_from([0, 1, 2, 5])
CITATIONS = st.fixed_dictionaries(
    {"start": st.integers(0, 3), "end": st.integers(3, 5), "text": PIECES},
    optional={"sources": st.just([{"type": "document", "id": "doc:0"}]), "content_index": INDEX},
)
LOGPROBS = st.fixed_dictionaries({"token_ids": st.just([7]), "text": PIECES, "logprobs": st.just([-0.5])})

WORDS = [
    *("type", "id", "index", "delta", "message", "role", "content", "text", "thinking", "tool_plan"),
    *("tool_calls", "function", "name", "arguments", "citations", "logprobs", "finish_reason", "usage"),
    *("error", "prompt", "tokens", "cached_tokens", "message-start", "content-start", "content-delta"),
    *("tool-call-start", "tool-call-delta", "tool-plan-delta", "citation-start", "message-end", "debug"),
]


def usages() -> st.SearchStrategy[dict[str, Any]]:
    """Usage objects, of which each report may leave anything out."""
    return optional(
        tokens=optional(input_tokens=COUNTS, output_tokens=COUNTS) | st.none(),
        billed_units=optional(input_tokens=COUNTS, output_tokens=COUNTS, search_units=COUNTS),
        cached_tokens=COUNTS,
    )


def blocks() -> st.SearchStrategy[dict[str, Any]]:
    """Blocks as they are opened."""
    return optional(
        type=st.sampled_from([None, "", "text", "thinking"]),
        text=PIECES | st.none(),
        thinking=PIECES | st.none(),
        signature=UNKNOWN,
    )


def calls() -> st.SearchStrategy[dict[str, Any]]:
    """Calls as they are opened, and pieces of calls."""
    arguments: st.SearchStrategy[Any] = JSON_PIECES | st.none() | st.just({"city": "Oslo"}) | st.just({})
    return optional(
        id=NAMES,
        type=st.sampled_from([None, "function", "custom"]),
        function=optional(name=NAMES, arguments=arguments, strict=UNKNOWN) | st.none(),
        caller=UNKNOWN,
    )


def event(kind: str, message: dict[str, Any], **fields: Any) -> Payload:
    return {"type": kind, **fields, "delta": {"message": message}}


def starts(message_id: str = "msg_1") -> st.SearchStrategy[Payload]:
    """The first event of a message."""
    message = optional(
        role=st.sampled_from([None, "", "assistant", "tool"]),
        content=st.none() | st.lists(blocks(), max_size=2),
        tool_plan=PIECES | st.none(),
        tool_calls=st.lists(calls(), max_size=2),
        citations=st.lists(CITATIONS, max_size=2),
        moderation=UNKNOWN,
    )
    return message.map(lambda said: event("message-start", said, id=message_id))


def ends() -> st.SearchStrategy[Payload]:
    """The last event of a message."""
    delta = optional(
        finish_reason=REASONS,
        usage=usages() | st.none(),
        error=st.sampled_from([None, "overloaded", {"message": "overloaded"}]),
        region=UNKNOWN,
    )
    return st.builds(
        lambda said, extra: {"type": "message-end", "delta": said, **extra},
        delta,
        optional(id=st.sampled_from(["msg_1", "msg_2"])),
    )


def events() -> st.SearchStrategy[Payload]:
    """Any event after the first, in any place."""
    text = st.sampled_from(["text", "thinking"])
    return st.one_of(
        st.builds(lambda i, b: event("content-start", {"content": b}, index=i), INDEX, blocks()),
        st.builds(lambda i, k, p: event("content-delta", {"content": {k: p}}, index=i), INDEX, text, PIECES),
        st.builds(lambda i, k, p: event("content-delta", {"content": {k: p}}, index=i), INDEX, text, PIECES),
        st.builds(
            lambda i, b, p: event("content-delta", {"content": b}, index=i, logprobs=p),
            INDEX,
            blocks(),
            LOGPROBS | st.none(),
        ),
        blocks().map(lambda block: event("content-delta", {"content": block})),
        blocks().map(lambda block: event("content-start", {"content": block})),
        INDEX.map(lambda i: {"type": "content-end", "index": i}),
        PIECES.map(lambda piece: event("tool-plan-delta", {"tool_plan": piece})),
        st.builds(lambda i, c: event("tool-call-start", {"tool_calls": c}, index=i), INDEX, calls()),
        st.builds(lambda i, c: event("tool-call-delta", {"tool_calls": c}, index=i), INDEX, calls()),
        calls().map(lambda call: event("tool-call-delta", {"tool_calls": call})),
        INDEX.map(lambda i: {"type": "tool-call-end", "index": i}),
        st.builds(lambda i, c: event("citation-start", {"citations": c}, index=i), INDEX, CITATIONS),
        INDEX.map(lambda i: {"type": "citation-end", "index": i}),
        ends(),
        st.just({"type": "debug", "prompt": "<|START|>"}),
        st.sampled_from(
            [{"type": "error", "message": "down"}, {"type": "error", "error": "down"}, {"error": "down"}]
        ),
        st.fixed_dictionaries({"type": st.just("queue-position"), "position": UNKNOWN}),
        starts(),
        starts("msg_2"),
        starts(""),
    )


def messages() -> st.SearchStrategy[list[Payload]]:
    """Streams of one message in which anything may happen, every value of an allowed type."""
    return st.builds(
        lambda first, rest: [first, *rest], starts(), st.lists(events(), max_size=14)
    ) | st.lists(events(), max_size=6)


@st.composite
def tidy_messages(draw: st.DrawFn) -> list[Payload]:
    """Streams exactly as the format promises them."""
    empty = {"role": "assistant", "content": [], "tool_plan": "", "tool_calls": [], "citations": []}
    stream = [event("message-start", empty, id="msg_1")]
    stream += [event("tool-plan-delta", {"tool_plan": piece}) for piece in draw(st.lists(PIECES, max_size=3))]
    for index in range(draw(st.integers(0, 3))):
        kind = draw(st.sampled_from(["text", "thinking"]))
        stream.append(event("content-start", {"content": {"type": kind, kind: ""}}, index=index))
        stream += [
            event("content-delta", {"content": {kind: piece}}, index=index)
            for piece in draw(st.lists(PIECES, max_size=4))
        ]
        stream.append({"type": "content-end", "index": index})
    for index in range(draw(st.integers(0, 2))):
        opened = {"id": f"c{index}", "type": "function", "function": {"name": "f", "arguments": ""}}
        stream.append(event("tool-call-start", {"tool_calls": opened}, index=index))
        stream += [
            event("tool-call-delta", {"tool_calls": {"function": {"arguments": piece}}}, index=index)
            for piece in draw(st.lists(JSON_PIECES, max_size=4))
        ]
        stream.append({"type": "tool-call-end", "index": index})
    for index, citation in enumerate(draw(st.lists(CITATIONS, max_size=2))):
        stream.append(event("citation-start", {"citations": citation}, index=index))
        stream.append({"type": "citation-end", "index": index})
    stream.append({"type": "message-end", "delta": {"finish_reason": "COMPLETE", "usage": draw(usages())}})
    return stream


def json_objects() -> st.SearchStrategy[Payload]:
    """Any JSON object, many of them almost an event."""
    kinds = st.sampled_from([word for word in WORDS if "-" in word])
    message = optional(
        **{key: json_values(WORDS) for key in ("role", "content", "tool_plan", "tool_calls", "citations")}
    )
    delta = optional(
        message=message | json_values(WORDS),
        finish_reason=json_values(WORDS),
        usage=json_values(WORDS),
        error=json_values(WORDS),
    )
    almost = st.fixed_dictionaries(
        {"type": kinds},
        optional={
            "delta": delta | json_values(WORDS),
            **{key: json_values(WORDS) for key in ("id", "index", "logprobs", "error", "text")},
        },
    )
    return almost | st.dictionaries(st.text(max_size=3), json_values(WORDS), max_size=4)


def wild_messages() -> st.SearchStrategy[list[Payload]]:
    """Streams in which a few values are of any type, under the names that the format has."""
    return spoilt(tidy_messages() | messages() | st.lists(json_objects(), max_size=6), WORDS)


def reports() -> st.SearchStrategy[list[Payload]]:
    """What several events say about tokens."""
    return st.lists(ends(), min_size=1, max_size=5)
