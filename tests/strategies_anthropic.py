"""Anthropic streams for hypothesis: messages as servers send them, and as they should not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload

__all__ = ["json_objects", "messages", "nested", "tidy_messages", "wild_messages"]

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


EVENT_TYPES = [
    "message_start",
    "content_block_start",
    "content_block_delta",
    "content_block_stop",
    "message_delta",
    "message_stop",
    "ping",
    "error",
]
BLOCK_TYPES = ["text", "thinking", "tool_use", "server_tool_use", "mcp_tool_use", "compaction"]
DELTA_TYPES = [
    "text_delta",
    "thinking_delta",
    "signature_delta",
    "input_json_delta",
    "citations_delta",
    "compaction_delta",
]


def wild_messages() -> st.SearchStrategy[list[Payload]]:
    """Streams in which any value may be of any type, under the names that the format has."""
    anything = json_values()

    def rarely_odd(usual: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
        return usual | usual | anything

    def shape(kinds: list[str], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
        odd = {key: rarely_odd(usual) for key, usual in fields.items()}
        return optional(type=rarely_odd(st.sampled_from(kinds)), foo=UNKNOWN, p=UNKNOWN, **odd)

    block = shape(
        BLOCK_TYPES,
        text=PIECES,
        thinking=PIECES,
        signature=PIECES,
        content=PIECES,
        citations=st.lists(rarely_odd(CITATIONS), max_size=2),
        id=NAMES,
        name=NAMES,
        input=INPUTS,
    )
    delta = shape(
        DELTA_TYPES,
        text=PIECES,
        thinking=PIECES,
        signature=PIECES,
        content=PIECES,
        citation=CITATIONS,
        citations=st.lists(CITATIONS, max_size=2),
        partial_json=JSON_PIECES,
        input=INPUTS,
        id=NAMES,
        stop_reason=REASONS,
    )
    usage = st.dictionaries(
        st.sampled_from(
            [
                "input_tokens",
                "output_tokens",
                "cache_read_input_tokens",
                "cache_creation",
                "output_tokens_details",
            ]
        ),
        rarely_odd(COUNTS | usages(COUNTS)),
        max_size=4,
    )
    message = shape(
        ["message"],
        id=st.sampled_from(["", "msg_1", "msg_2"]),
        role=st.sampled_from(["", "assistant", "user"]),
        model=NAMES,
        content=st.lists(rarely_odd(block), max_size=2),
        stop_reason=REASONS,
        usage=usage,
    )
    failure = st.sampled_from(["", "overloaded", {}, {"type": "overloaded_error"}])
    event = st.one_of(
        shape(["message_start"], message=message, usage=usage),
        shape(["content_block_start"], index=st.integers(0, 2), content_block=block),
        shape(["content_block_delta"], index=st.integers(0, 2), delta=delta),
        shape(["content_block_delta"], index=st.integers(0, 2), delta=delta),
        shape(["message_delta"], delta=delta, usage=usage),
        shape(["message_delta"], usage=usage),
        shape([*EVENT_TYPES, "novelty"], error=failure, usage=usage, request_id=UNKNOWN),
        shape([*EVENT_TYPES, "novelty"], message=message, index=st.integers(0, 2), delta=delta),
        json_objects(),
    )
    return st.lists(events() | event | event, max_size=8)
