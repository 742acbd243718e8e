"""Converse streams for hypothesis: as Bedrock sends them, as relays do, and as nobody should."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload
from tests.strategies_wild import json_values, optional, spoilt

__all__ = ["json_objects", "reports", "responses", "tidy_responses", "wild_responses"]

PIECES = st.sampled_from(["", " ", "\n", "Hello", "na", "na ", "é", "🙂", "\ud83d", "\ude42"])
JSON_PIECES = st.sampled_from(
    ["", "NaN", '{"n": NaN', "{", "}", '{"city": "', "Oslo", '"}', '{"n": 1}', "[1, 2]", "7"]
)
BASE64 = st.sampled_from(["", "YQ==", "YWI=", "YWJj", "YWJjZA==", "no base64", "é", "Y", "YQ==YQ=="])
COUNTS = st.sampled_from([None, 0, 1, 12, 900, True, -3, 2.5, "12"])
FEW_COUNTS = st.sampled_from([0, 1, 12, 900])
NAMES = st.sampled_from([None, "", "get_weather", "search"])
REASONS = st.sampled_from([None, "", "end_turn", "tool_use", "max_tokens", "guardrail_intervened"])
ROLES = st.sampled_from([None, "", "assistant", "user"])
UNKNOWN = st.sampled_from([None, "", "a", "b", 1, [1], {"deep": {"er": None}}])
CITATIONS = st.fixed_dictionaries({"title": PIECES}, optional={"location": st.just({"web": {"url": "u"}})})
INPUTS = st.sampled_from([None, {}, {"city": "Oslo"}, {"größe": [1, None]}])
RESULTS = st.sampled_from([{"text": "7"}, {"json": {"n": 7}}])

WORDS = [
    *(
        "messageStart",
        "contentBlockStart",
        "contentBlockDelta",
        "contentBlockStop",
        "messageStop",
        "metadata",
    ),
    *("throttlingException", "error", "contentBlockIndex", "start", "delta", "role", "stopReason", "usage"),
    *("serviceTier", "type", "text", "citation", "reasoningContent", "signature", "redactedContent"),
    *("toolUse", "toolUseId", "name", "input", "toolResult", "content", "image", "source", "bytes", "p"),
    *("inputTokens", "server_tool_use", "message"),
]


def usages(counts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Usage objects, of which each report may leave anything out."""
    return optional(
        inputTokens=counts,
        outputTokens=counts,
        totalTokens=counts,
        cacheReadInputTokens=counts,
        cacheWriteInputTokens=counts,
        cacheReadInputTokenCount=counts,
        cacheWriteInputTokenCount=counts,
        serverToolUsage=st.sampled_from([None, {}, {"searches": 2}]),
        cacheDetails=st.sampled_from([[], [{"ttl": "5m", "inputTokens": 12}], [{"ttl": "1h"}, 5]]),
    )


def metadata(counts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """What is told about the request, in parts."""
    return optional(
        usage=usages(counts) | st.none(),
        metrics=st.sampled_from([{"latencyMs": 12}, {"latencyMs": 13}, {}, None]),
        trace=UNKNOWN,
        serviceTier=optional(type=st.sampled_from([None, "", "default", "flex"]), more=UNKNOWN) | st.none(),
    )


def tools() -> st.SearchStrategy[dict[str, Any]]:
    """What the start of a tool says."""
    kinds = st.sampled_from([None, "tool_use", "server_tool_use"])
    return optional(toolUseId=NAMES, name=NAMES, type=kinds, input=INPUTS, caller=UNKNOWN)


def images() -> st.SearchStrategy[dict[str, Any]]:
    """What may be said of a picture."""
    source = optional(bytes=BASE64 | st.none(), s3Location=st.just({"uri": "s3://a/b"}))
    return optional(
        format=st.just("png"), source=source | st.none(), error=optional(message=PIECES) | st.none()
    )


def reasonings() -> st.SearchStrategy[dict[str, Any]]:
    """Pieces of reasoning; one at a time, or against the rules several."""
    return (
        PIECES.map(lambda piece: {"text": piece})
        | PIECES.map(lambda piece: {"signature": piece})
        | BASE64.map(lambda piece: {"redactedContent": piece})
        | optional(text=PIECES, signature=PIECES, redactedContent=BASE64, data=PIECES)
    )


def starts() -> st.SearchStrategy[dict[str, Any]]:
    """The ``start`` of a block."""
    return st.one_of(
        tools().map(lambda tool: {"toolUse": tool}),
        tools().map(lambda tool: {"toolUse": tool}),
        optional(
            toolUseId=NAMES, type=NAMES, status=st.just("success"), content=st.lists(RESULTS, max_size=1)
        ).map(lambda result: {"toolResult": result}),
        images().map(lambda image: {"image": image}),
        PIECES.map(lambda piece: {"text": piece}),
        reasonings().map(lambda reasoning: {"reasoningContent": reasoning}),
        UNKNOWN.map(lambda value: {"novelty": value}),
        st.sampled_from([{}, {"": 1}, {"text": "a", "toolUse": {"name": "b"}}]),
    )


def deltas() -> st.SearchStrategy[dict[str, Any]]:
    """What a block may be told; any block any of it."""
    return st.one_of(
        PIECES.map(lambda piece: {"text": piece}),
        PIECES.map(lambda piece: {"text": piece}),
        reasonings().map(lambda reasoning: {"reasoningContent": reasoning}),
        JSON_PIECES.map(lambda piece: {"toolUse": {"input": piece}}),
        optional(input=JSON_PIECES, toolUseId=NAMES).map(lambda tool: {"toolUse": tool}),
        st.lists(RESULTS, max_size=2).map(lambda entries: {"toolResult": entries}),
        CITATIONS.map(lambda citation: {"citation": citation}),
        images().map(lambda image: {"image": image}),
        UNKNOWN.map(lambda value: {"novelty": value}),
        st.builds(lambda piece, citation: {"text": piece, "citation": citation}, PIECES, CITATIONS),
        st.just({}),
    )


def events() -> st.SearchStrategy[Payload]:
    """Any event, in any place."""
    index: st.SearchStrategy[Payload] = st.sampled_from(
        [{"contentBlockIndex": at} for at in (0, 0, 1, 2, 5)] + [{}]
    )
    padding: st.SearchStrategy[Payload] = st.sampled_from([{}, {"p": "abc"}, {"p": "abcdef"}, {"more": 1}])
    body = st.builds(lambda one, other: {**one, **other}, index, padding)
    return st.one_of(
        st.builds(lambda i, start: {"contentBlockStart": {**i, "start": start}}, body, starts()),
        st.builds(lambda i, delta: {"contentBlockDelta": {**i, "delta": delta}}, body, deltas()),
        st.builds(lambda i, delta: {"contentBlockDelta": {**i, "delta": delta}}, body, deltas()),
        body.map(lambda i: {"contentBlockStop": i}),
        optional(role=ROLES, p=st.just("ab"), conversation=UNKNOWN).map(
            lambda event: {"messageStart": event}
        ),
        optional(stopReason=REASONS, additionalModelResponseFields=UNKNOWN).map(
            lambda event: {"messageStop": event}
        ),
        metadata(COUNTS).map(lambda event: {"metadata": event}),
        st.sampled_from(
            [
                {"throttlingException": {"message": "Too many requests"}},
                {"modelStreamErrorException": {"originalMessage": "broken", "originalStatusCode": 500}},
                {"internalServerException": None},
                {"error": "overloaded"},
                {"error": {"message": "overloaded"}},
                {"contentBlockDelta": None, "messageStop": {"stopReason": "end_turn"}},
                {},
            ]
        ),
        UNKNOWN.map(lambda value: {"novelty": value}),
        UNKNOWN.map(lambda value: {"messageStop": {}, "amazon-bedrock-invocationMetrics": value}),
        UNKNOWN.map(
            lambda value: {
                "contentBlockDelta": {"contentBlockIndex": 0, "delta": {"text": "Hi"}},
                "amazon-bedrock-guardrailAction": value,
            }
        ),
    )


def responses() -> st.SearchStrategy[list[Payload]]:
    """Streams in which anything may happen, every value of an allowed type."""
    return st.lists(events(), max_size=14)


@st.composite
def tidy_responses(draw: st.DrawFn) -> list[Payload]:
    """Streams exactly as the format promises them."""
    stream: list[Payload] = [{"messageStart": {"role": "assistant"}}]
    for index in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["text", "reasoningContent", "toolUse", "toolResult"]))
        at: Payload = {"contentBlockIndex": index}
        said: st.SearchStrategy[Any] = {
            "text": PIECES.map(lambda piece: {"text": piece}) | CITATIONS.map(lambda one: {"citation": one}),
            "reasoningContent": reasonings().map(lambda one: {"reasoningContent": one}),
            "toolUse": JSON_PIECES.map(lambda piece: {"toolUse": {"input": piece}}),
            "toolResult": st.lists(RESULTS, max_size=2).map(lambda entries: {"toolResult": entries}),
        }[kind]
        if kind.startswith("tool"):
            seed = {"toolUseId": f"tooluse_{index}", **({"name": "look"} if kind == "toolUse" else {})}
            stream.append({"contentBlockStart": {**at, "start": {kind: seed}}})
        stream += [
            {"contentBlockDelta": {**at, "delta": one}}
            for one in draw(st.lists(said, min_size=1, max_size=4))
        ]
        stream.append({"contentBlockStop": at})
    end: Payload = {"messageStop": {"stopReason": draw(st.sampled_from(["end_turn", "tool_use"]))}}
    told: Payload = {"metadata": {"usage": draw(usages(FEW_COUNTS)), "metrics": {"latencyMs": 400}}}
    return [*stream, *draw(st.sampled_from([[end, told], [told, end]]))]


def json_objects() -> st.SearchStrategy[Payload]:
    """Any JSON object, many of them almost a chunk."""
    inside = optional(
        **{
            key: json_values(WORDS)
            for key in ("contentBlockIndex", "start", "delta", "role", "stopReason", "usage")
        }
    )
    almost = st.dictionaries(st.sampled_from(WORDS[:8]), inside | json_values(WORDS), min_size=1, max_size=2)
    return almost | st.dictionaries(st.text(max_size=3), json_values(WORDS), max_size=4)


def wild_responses() -> st.SearchStrategy[list[Payload]]:
    """Streams in which a few values are of any type, under the names that the format has."""
    return spoilt(tidy_responses() | responses() | st.lists(json_objects(), max_size=6), WORDS)


def reports() -> st.SearchStrategy[list[Payload]]:
    """Several reports of usage in one stream."""
    return st.lists(
        metadata(COUNTS | FEW_COUNTS).map(lambda event: {"metadata": event}), min_size=1, max_size=4
    )
