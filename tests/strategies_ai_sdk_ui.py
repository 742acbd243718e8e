"""Chunks of UI message streams for hypothesis: as the protocol has them, and as it should not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload

__all__ = ["messages", "wild_chunks"]

PIECES = st.sampled_from(["", " ", "\n", "hello", " world", "é", "🙂", "\ud83d", "\ude42"])
JSON_PIECES = st.sampled_from(["", "{", '{"city":', '"Oslo"', "}", "{}", " ", "[1", "]"])
IDS = st.sampled_from(["0", "1", ""])
CALLS = st.sampled_from(["call_1", "call_2"])
NAMES = st.sampled_from(["", "radar", "weather"])
ANYTHING: st.SearchStrategy[Any] = st.sampled_from([None, 0, "rain", {}, {"city": "Oslo"}, [1, None], ""])
FLAGS = st.sampled_from([None, True, False])
PROVIDER = {"providerMetadata": st.sampled_from([None, {}, {"openai": {"itemId": "i"}}])}
USAGES = st.fixed_dictionaries(
    {},
    optional={
        "inputTokens": st.sampled_from([None, 0, 9, 9.5]),
        "outputTokens": st.sampled_from([0, 2, "2"]),
        "totalTokens": st.sampled_from([11, True]),
        "reasoningTokens": st.just(1),
        "cachedInputTokens": st.just(4),
        "inputTokenDetails": st.sampled_from([None, {"cacheReadTokens": 3, "cacheWriteTokens": 0}, {}]),
        "outputTokenDetails": st.sampled_from([{"reasoningTokens": 2}, {"reasoningTokens": None}, 5]),
    },
)
METADATA: dict[str, Any] = {
    "messageMetadata": st.none()
    | st.fixed_dictionaries(
        {},
        optional={
            "usage": USAGES | st.none(),
            "totalUsage": USAGES | st.just(3),
            "model": st.sampled_from(["m-1", "m-2", None]),
            "deep": st.sampled_from([{"a": {"b": 1}}, {"a": {"c": 2}}, {"a": 3}, [1]]),
        },
    )
}
ODD = st.sampled_from([None, True, -3, 2.5, 7, "12", "", [], ["a", 1], {}, {"deep": {"er": None}}])


def chunk(name: str, optional: dict[str, st.SearchStrategy[Any]] | None = None, **required: Any) -> Any:
    """Chunks of one type, with any of its optional keys."""
    return st.fixed_dictionaries({"type": st.just(name), **required}, optional=optional or {})


CITATIONS: st.SearchStrategy[Any] = st.sampled_from([[], [{"source": {"id": "s"}}, 3], None, {}])


def texts(kind: str) -> Any:
    return st.one_of(
        chunk(f"{kind}-start", PROVIDER, id=IDS),
        chunk(f"{kind}-delta", id=IDS, delta=PIECES),
        chunk(f"{kind}-delta", PROVIDER, id=IDS, delta=PIECES),
        chunk(f"{kind}-end", {"citations": CITATIONS, **PROVIDER}, id=IDS),
    )


RUN = {"providerExecuted": FLAGS, "dynamic": FLAGS, "toolMetadata": st.sampled_from([{"a": 1}]), **PROVIDER}
OPENED = {"title": PIECES, **RUN}
ENCODED = {"inputEncoding": st.sampled_from([None, "json", "text", "xml"])}
TOOLS = st.one_of(
    chunk("tool-input-start", {**OPENED, **ENCODED}, toolCallId=CALLS, toolName=NAMES),
    chunk("tool-input-delta", toolCallId=CALLS, inputTextDelta=JSON_PIECES),
    chunk("tool-input-available", {"input": ANYTHING, **OPENED}, toolCallId=CALLS, toolName=NAMES),
    chunk(
        "tool-input-error", {"input": ANYTHING, **OPENED}, toolCallId=CALLS, toolName=NAMES, errorText=PIECES
    ),
    chunk("tool-output-available", {"output": ANYTHING, "preliminary": FLAGS, **RUN}, toolCallId=CALLS),
    chunk("tool-output-error", RUN, toolCallId=CALLS, errorText=PIECES),
    chunk("tool-output-denied", toolCallId=CALLS),
    chunk(
        "tool-approval-request",
        {
            "isAutomatic": FLAGS,
            "signature": PIECES,
            "approvalDescriptor": ANYTHING,
            "inputSchemaInput": ANYTHING,
            "reason": PIECES,
        },
        approvalId=st.sampled_from(["ask_1", "ask_2"]),
        toolCallId=CALLS,
    ),
    chunk(
        "tool-approval-response",
        {"reason": PIECES, "providerExecuted": FLAGS, **PROVIDER},
        approvalId=st.sampled_from(["ask_1", "ask_2"]),
        approved=st.booleans(),
    ),
)
WHOLE = st.one_of(
    chunk("source-url", {"title": PIECES, **PROVIDER}, sourceId=IDS, url=PIECES),
    chunk("source-document", {"filename": PIECES}, sourceId=IDS, mediaType=PIECES, title=PIECES),
    chunk("file", PROVIDER, url=PIECES, mediaType=st.just("image/png")),
    chunk("reasoning-file", url=PIECES, mediaType=st.just("image/png")),
    chunk("steering-message", id=IDS, parts=st.sampled_from([[], [{"type": "text", "text": "Wait"}]])),
    chunk("custom", PROVIDER, kind=st.just("openai.compaction")),
    chunk("data-status", {"data": ANYTHING, "id": IDS, "transient": FLAGS}),
    chunk("data-plan", {"data": ANYTHING, "id": IDS}),
)
STEPS = st.one_of(chunk("start-step"), chunk("finish-step"), chunk("reset-step"))
ABOUT = st.one_of(
    chunk("message-metadata", **METADATA),
    chunk("start", {"messageId": st.sampled_from([None, "", "msg_1", "msg_2"]), **METADATA}),
)
REASON = {"finishReason": st.sampled_from(["stop", "length", "tool-calls", "", None])}
ENDS = st.one_of(
    chunk("finish", REASON),
    chunk("finish", {**REASON, **METADATA}),
    chunk("abort", {"reason": PIECES}),
    chunk("error", errorText=PIECES),
)
STRANGERS = chunk("teapot-start", {"teapot": ANYTHING})
CHUNKS = st.one_of(texts("text"), texts("reasoning"), TOOLS, TOOLS, WHOLE, STEPS, ABOUT, STRANGERS)


@st.composite
def called(draw: st.DrawFn) -> list[Payload]:
    """A call as it comes: its start, pieces, its input, what came of it."""
    identity: Any = st.just(draw(CALLS))
    name: Any = st.just(draw(NAMES))
    dynamic = {"dynamic": st.just(draw(st.booleans()))}
    made: list[Payload] = [
        draw(chunk("tool-input-start", {**dynamic, **ENCODED}, toolCallId=identity, toolName=name))
    ]
    made += draw(
        st.lists(chunk("tool-input-delta", toolCallId=identity, inputTextDelta=JSON_PIECES), max_size=3)
    )
    made += draw(
        st.lists(
            chunk("tool-input-available", {"input": ANYTHING, **dynamic}, toolCallId=identity, toolName=name),
            max_size=1,
        )
    )
    outcome = chunk("tool-output-available", {"output": ANYTHING, "preliminary": FLAGS}, toolCallId=identity)
    made += draw(st.lists(outcome, max_size=2))
    return made


@st.composite
def written(draw: st.DrawFn) -> list[Payload]:
    """A text as it comes, of which ids come again."""
    kind = draw(st.sampled_from(["text", "reasoning"]))
    identity: Any = st.just(draw(IDS))
    made: list[Payload] = [draw(chunk(f"{kind}-start", id=identity))]
    made += draw(st.lists(chunk(f"{kind}-delta", id=identity, delta=PIECES), max_size=4))
    made += draw(st.lists(chunk(f"{kind}-end", id=identity), max_size=1))
    return made


@st.composite
def replaced(draw: st.DrawFn) -> list[Payload]:
    """Data of the application's own, of which the later replaces the earlier."""
    identity: Any = st.just(draw(IDS))
    made: list[Payload] = draw(st.lists(chunk("data-plan", {"data": ANYTHING}, id=identity), max_size=3))
    return made


@st.composite
def messages(draw: st.DrawFn) -> list[Payload]:
    """Messages with or without their start and end, some of which go on behind it."""
    begin = draw(st.lists(ABOUT, max_size=3))
    groups = draw(
        st.lists(called() | written() | replaced() | st.lists(CHUNKS, min_size=1, max_size=3), max_size=6)
    )
    end = draw(st.lists(ENDS, max_size=3))
    late = draw(st.lists(CHUNKS | ENDS, max_size=3)) if draw(st.booleans()) else []
    made: list[Payload] = [*begin, *(one for group in groups for one in group), *end, *late]
    return made


@st.composite
def _spoilt(draw: st.DrawFn) -> Payload:
    """A chunk with some of its keys gone, of a wrong type, or strange."""
    made: Payload = dict(draw(CHUNKS | ENDS))
    for key in draw(st.lists(st.sampled_from(sorted(made)), max_size=2)):
        made[key] = draw(ODD)
    for key in draw(st.lists(st.sampled_from(["ts", "seq", "p", "type", "metadata", "id"]), max_size=2)):
        made[key] = draw(ODD)
    return made


wild_chunks = st.lists(_spoilt() | CHUNKS, max_size=10)
"""Objects that are hardly what the protocol has."""
