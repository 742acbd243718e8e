"""Anthropic streams for hypothesis: messages as servers send them, and as they should not."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload

__all__ = ["json_objects", "messages", "nested", "reports", "tidy_messages", "wild_messages"]

PIECES = st.sampled_from(["", " ", "\n", "Hello", "na", "na ", "é", "🙂", "\ud83d", "\ude42"])
JSON_PIECES = st.sampled_from(
    [
        "",
        "NaN",
        "-Infinity",
        '{"n": NaN',
        "1e999",
        "\ufeff",
        "{",
        "}",
        '{"city": "',
        "Oslo",
        '"}',
        '{"n": 1}',
        "[1, 2]",
        "7",
        "\ud83d",
    ]
)
COUNTS = st.sampled_from([None, 0, 1, 12, 900, True, -3, 2.5, "12"])
FEW_COUNTS = st.sampled_from([0, 1, 12, 900])
NAMES = st.sampled_from([None, "", "get_weather", "search"])
REASONS = st.sampled_from([None, "", "end_turn", "tool_use", "max_tokens", "pause_turn"])
UNKNOWN = st.sampled_from([None, "", "a", "b", 1, [1], {"deep": {"er": None}}])
CITATIONS = st.fixed_dictionaries({"type": st.just("char_location"), "cited_text": PIECES})
INPUTS = st.sampled_from([None, {}, {"city": "Oslo"}, {"größe": [1, None]}])

WORDS = [
    "type",
    "message",
    "index",
    "content_block",
    "delta",
    "usage",
    "error",
    "id",
    "role",
    "model",
    "content",
    "stop_reason",
    "text",
    "text_delta",
    "message_start",
    "content_block_start",
    "content_block_delta",
    "input_json_delta",
    "partial_json",
    "message_delta",
    "tool_use",
    "input",
    "citations",
    "citation",
]


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


def usages(counts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Usage objects, of which each report may leave anything out."""
    return optional(
        input_tokens=counts,
        output_tokens=counts,
        cache_read_input_tokens=counts,
        cache_creation_input_tokens=counts,
        cache_creation=optional(ephemeral_5m_input_tokens=counts, ephemeral_1h_input_tokens=counts)
        | st.none(),
        output_tokens_details=optional(thinking_tokens=counts) | st.none(),
        server_tool_use=optional(web_search_requests=counts),
        iterations=st.just([{"type": "message", "input_tokens": 5, "output_tokens": 4}]),
        service_tier=st.sampled_from([None, "standard", "priority"]),
    )


def blocks() -> st.SearchStrategy[dict[str, Any]]:
    """Blocks as they are opened, or as a message has them from the start."""
    return st.one_of(
        optional(text=PIECES | st.none(), citations=st.lists(CITATIONS, max_size=2) | st.none()).map(
            lambda fields: {"type": "text", **fields}
        ),
        optional(thinking=PIECES, signature=PIECES | st.none()).map(lambda f: {"type": "thinking", **f}),
        st.just({"type": "redacted_thinking", "data": "c2VhbGVk"}),
        st.builds(
            lambda kind, fields: {"type": kind, **fields},
            st.sampled_from(["tool_use", "server_tool_use", "mcp_tool_use"]),
            optional(id=NAMES, name=NAMES, input=INPUTS, caller=UNKNOWN),
        ),
        st.just({"type": "web_search_tool_result", "tool_use_id": "srvtoolu_1", "content": [{"url": "u"}]}),
        st.sampled_from([{"type": "compaction", "content": None}, {"type": "compaction", "content": "So"}]),
    )


def deltas() -> st.SearchStrategy[dict[str, Any]]:
    """What a block may be told; any block any of it."""
    return st.one_of(
        PIECES.map(lambda piece: {"type": "text_delta", "text": piece}),
        PIECES.map(lambda piece: {"type": "thinking_delta", "thinking": piece}),
        PIECES.map(lambda piece: {"type": "signature_delta", "signature": piece}),
        JSON_PIECES.map(lambda piece: {"type": "input_json_delta", "partial_json": piece}),
        CITATIONS.map(lambda citation: {"type": "citations_delta", "citation": citation}),
        optional(content=PIECES | st.none(), encrypted_content=PIECES | st.none()).map(
            lambda fields: {"type": "compaction_delta", **fields}
        ),
        UNKNOWN.map(lambda value: {"type": "novelty_delta", "novelty": value}),
        st.sampled_from(["text", "thinking", "signature", "partial_json", "citation"]).map(
            lambda key: {
                "type": {"partial_json": "input_json", "citation": "citations"}.get(key, key) + "_delta"
            }
        ),
    )


def starts(message_id: str = "msg_1") -> st.SearchStrategy[Payload]:
    """The first event of a message."""
    message = st.fixed_dictionaries(
        {"id": st.just(message_id), "type": st.just("message")},
        optional={
            "role": st.sampled_from([None, "", "assistant"]),
            "model": st.sampled_from([None, "", "claude-sonnet-4-5"]),
            "content": st.none() | st.lists(blocks(), max_size=2),
            "stop_reason": REASONS,
            "stop_sequence": st.sampled_from([None, "###"]),
            "container": UNKNOWN,
            "usage": usages(COUNTS) | st.none(),
        },
    )
    return message.map(lambda fields: {"type": "message_start", "message": fields})


def events() -> st.SearchStrategy[Payload]:
    """Any event after the first, in any place."""
    index = st.sampled_from([0, 1, 2, 5])
    return st.one_of(
        st.builds(
            lambda i, b: {"type": "content_block_start", "index": i, "content_block": b}, index, blocks()
        ),
        st.builds(lambda i, d: {"type": "content_block_delta", "index": i, "delta": d}, index, deltas()),
        st.builds(lambda i, d: {"type": "content_block_delta", "index": i, "delta": d}, index, deltas()),
        deltas().map(lambda delta: {"type": "content_block_delta", "delta": delta}),
        blocks().map(lambda block: {"type": "content_block_start", "content_block": block}),
        index.map(lambda i: {"type": "content_block_stop", "index": i}),
        optional(
            delta=optional(
                stop_reason=REASONS, stop_sequence=st.sampled_from([None, "###"]), container=UNKNOWN
            ),
            usage=usages(COUNTS) | st.none(),
            context_management=UNKNOWN,
        ).map(lambda fields: {"type": "message_delta", **fields}),
        optional(metrics=UNKNOWN).map(lambda fields: {"type": "message_stop", **fields}),
        st.just({"type": "ping"}),
        optional(
            error=st.sampled_from([None, "overloaded", {"type": "overloaded_error"}]), request_id=UNKNOWN
        ).map(lambda fields: {"type": "message_stop", **fields}),
        st.just({"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}),
        st.fixed_dictionaries({"type": st.just("queue_position"), "position": UNKNOWN}),
        st.builds(
            lambda kind, usage: {"type": kind, "usage": usage},
            st.sampled_from(["message_stop", "ping", "content_block_stop"]),
            usages(COUNTS),
        ),
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
    stream: list[Payload] = [draw(starts())]
    for index in range(draw(st.integers(0, 4))):
        stream.append({"type": "content_block_start", "index": index, "content_block": draw(blocks())})
        stream.extend(
            {"type": "content_block_delta", "index": index, "delta": delta}
            for delta in draw(st.lists(deltas(), max_size=4))
        )
        stream.append({"type": "content_block_stop", "index": index})
    stream.append(
        {
            "type": "message_delta",
            "delta": {"stop_reason": "end_turn", "stop_sequence": None},
            "usage": draw(usages(FEW_COUNTS)),
        }
    )
    stream.append({"type": "message_stop"})
    return stream


def json_values() -> st.SearchStrategy[Any]:
    """Anything JSON can say, with the format's own keys and types in the wrong places."""
    words = st.sampled_from(WORDS)
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-2, 2)
        | st.floats(allow_nan=False)
        | words
        | st.text(max_size=2)
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(words | st.text(max_size=2), inner, max_size=4)
        ),
        max_leaves=8,
    )


def json_objects() -> st.SearchStrategy[Payload]:
    """Any JSON object, many of them almost an event."""
    kinds = st.sampled_from(
        ["message_start", "content_block_start", "content_block_delta", "content_block_stop", "message_delta"]
    )
    almost = st.fixed_dictionaries(
        {"type": kinds},
        optional={
            key: json_values() for key in ("message", "index", "content_block", "delta", "usage", "error")
        },
    )
    return almost | st.dictionaries(st.text(max_size=3), json_values(), max_size=4)


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, ``depth`` times over."""
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"in": value}
    return value


@st.composite
def wild_messages(draw: st.DrawFn) -> list[Payload]:
    """Streams in which a few values are of any type, under the names that the format has."""
    stream = copy.deepcopy(draw(tidy_messages() | messages() | st.lists(json_objects(), max_size=6)))
    for _ in range(draw(st.integers(1, 4)) if stream else 0):
        place = draw(st.sampled_from(stream))
        while inner := [value for value in place.values() if isinstance(value, dict) and value]:
            if draw(st.integers(0, 3)) == 0:
                break
            place = draw(st.sampled_from(inner))
        key = draw(st.sampled_from([*sorted(place), *WORDS]))
        if draw(st.booleans()):
            place[key] = draw(json_values())
        else:
            place.pop(key, None)
    return stream


def reports() -> st.SearchStrategy[list[Payload]]:
    """A start and what later events say about its tokens."""
    counts = COUNTS | FEW_COUNTS | FEW_COUNTS
    usage = usages(counts)
    kinds = st.sampled_from(["message_delta", "message_delta", "message_delta", "message_stop", "novelty"])
    later = st.builds(lambda kind, said: {"type": kind, "usage": said}, kinds, usage)
    begin = usage.map(lambda said: {"type": "message_start", "message": {"id": "msg_1", "usage": said}})
    return st.builds(lambda first, rest: [first, *rest], begin, st.lists(later, min_size=1, max_size=4))
