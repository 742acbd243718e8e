"""Gemini streams for hypothesis: chunks as the provider sends them, and as it should not."""

from __future__ import annotations

import copy
from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload

__all__ = ["chunk", "chunks", "json_values", "nested", "reports", "streams", "wild_streams"]

PIECES = st.sampled_from(["", " ", "\n", "Hello", "na ", "é", "🙂", "\ud83d", "\ude42"])
SIGNATURES = st.sampled_from(["c2ln", "c2ln", "b3RoZXI="])
COUNTS = st.sampled_from([None, 0, 1, 12, 900, True, -3, 2.5, "12"])
FEW_COUNTS = st.sampled_from([0, 1, 12, 900])
NAMES = st.sampled_from([None, "", "look", "look", "dim"])
IDS = st.sampled_from([None, None, "", "c1", "c2"])
REASONS = st.sampled_from([None, "", "STOP", "STOP", "MAX_TOKENS", "SAFETY", "FINISH_REASON_UNSPECIFIED"])
UNKNOWN = st.sampled_from([None, "", "a", 1, [1], {"deep": {"er": None}}])
ARGS = st.sampled_from([None, {}, {"city": "Oslo"}, {"größe": [1, None], "a": {"b": "x"}}])
PATHS = st.sampled_from(
    [
        "$.a",
        "$.a",
        "$.b",
        "$.a.b",
        "$.a[0]",
        "$.a[1].c",
        "$['a b']",
        '$["a"]',
        "$.l[70]",
        "$",
        "$[0]",
        "$.a[*]",
        "a",
    ]
)
USAGE = ("promptTokenCount", "candidatesTokenCount", "totalTokenCount", "thoughtsTokenCount")
RARE_USAGE = ("cachedContentTokenCount", "toolUsePromptTokenCount")
WORDS = [
    *(
        "candidates",
        "index",
        "content",
        "role",
        "parts",
        "text",
        "thought",
        "thoughtSignature",
        "functionCall",
    ),
    *(
        "id",
        "name",
        "args",
        "partialArgs",
        "willContinue",
        "jsonPath",
        "stringValue",
        "nullValue",
        "null_value",
    ),
    *(
        "finishReason",
        "finish_reason",
        "finishMessage",
        "safetyRatings",
        "groundingMetadata",
        "groundingChunks",
    ),
    *(
        "citationMetadata",
        "citations",
        "citationSources",
        "logprobsResult",
        "chosenCandidates",
        "topCandidates",
    ),
    *(
        "usageMetadata",
        "usage_metadata",
        *USAGE,
        "prompt_token_count",
        "promptFeedback",
        "blockReason",
        "error",
    ),
    *(
        "responseId",
        "modelVersion",
        "model",
        "response",
        "traceId",
        "createTime",
        "obfuscation",
        "p",
        "STOP",
        "model",
    ),
]


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


def usages(counts: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Usage objects, of which each report may leave anything out."""
    return optional(
        **dict.fromkeys((*USAGE, *RARE_USAGE), counts),
        promptTokensDetails=st.just([{"modality": "TEXT", "tokenCount": 12}]),
        trafficType=st.sampled_from([None, "ON_DEMAND"]),
    )


def entries() -> st.SearchStrategy[dict[str, Any]]:
    """Leaves of arguments."""
    return st.builds(
        lambda path, value, more: {"jsonPath": path, **value, **more},
        PATHS,
        st.one_of(
            PIECES.map(lambda piece: {"stringValue": piece}),
            st.sampled_from([{"numberValue": 0.5}, {"numberValue": 3}, {"boolValue": False}, {}]),
            st.sampled_from([{"nullValue": None}, {"nullValue": "NULL_VALUE"}, {"null_value": None}]),
            st.sampled_from(
                [{"numberValue": True}, {"stringValue": 5}, {"stringValue": None, "boolValue": True}]
            ),
        ),
        optional(willContinue=st.booleans(), note=UNKNOWN),
    )


def calls() -> st.SearchStrategy[dict[str, Any]]:
    """Whole calls, and fragments of calls."""
    return optional(
        id=IDS,
        name=NAMES,
        args=ARGS,
        partialArgs=st.lists(entries(), max_size=2),
        willContinue=st.sampled_from([None, True, True, False]),
        kind=UNKNOWN,
    )


def parts() -> st.SearchStrategy[dict[str, Any]]:
    """Parts of every kind."""
    beside = optional(thoughtSignature=SIGNATURES, thought=st.booleans(), vendor=UNKNOWN)
    texts = st.builds(lambda text, more: {"text": text, **more}, PIECES, beside)
    plain = PIECES.map(lambda text: {"text": text})
    thoughts = PIECES.map(lambda text: {"text": text, "thought": True})
    call = st.builds(lambda call, more: {"functionCall": call, **more}, calls(), beside)
    whole = st.sampled_from(
        [
            {"executableCode": {"language": "PYTHON", "code": "1"}},
            {"codeExecutionResult": {"outcome": "OUTCOME_OK", "output": "1"}, "text": None},
            {"inlineData": {"mimeType": "image/png", "data": "aQ=="}},
            {"toolCall": {"toolType": "FILE_SEARCH", "id": "t"}, "thoughtSignature": "c2ln"},
            {"thoughtSignature": "c2ln"},
            {},
        ]
    )
    return st.one_of(plain, plain, plain, thoughts, texts, call, call, whole)


def told() -> st.SearchStrategy[dict[str, Any]]:
    """What is told about a candidate."""
    citation = st.sampled_from([{"uri": "a"}, {"uri": "b"}, 5, None])
    return optional(
        finishReason=REASONS,
        finishMessage=st.sampled_from([None, "", "Done."]),
        safetyRatings=st.sampled_from([[], [{"category": "X", "probability": "LOW"}]]),
        groundingMetadata=st.sampled_from(
            [{}, {"webSearchQueries": ["q"]}, {"groundingChunks": [{"web": {"uri": "a"}}, 5], "x": None}]
        ),
        citationMetadata=st.builds(
            lambda key, those: {key: those},
            st.sampled_from(["citations", "citationSources"]),
            st.lists(citation, max_size=2),
        ),
        logprobsResult=st.sampled_from(
            [
                {"chosenCandidates": [{"token": "a"}]},
                {"chosenCandidates": None, "logProbabilitySum": -1},
                {"topCandidates": 5},
            ]
        ),
        avgLogprobs=st.sampled_from([0, -0.5]),
        vendor=UNKNOWN,
    )


def candidates() -> st.SearchStrategy[dict[str, Any]]:
    """What a chunk says about one candidate."""
    content = st.builds(
        lambda those, more: {"parts": those, **more},
        st.lists(parts(), min_size=1, max_size=3),
        optional(role=st.sampled_from(["model", "model", None, "", "user"]), vendor=UNKNOWN),
    )
    return st.builds(
        lambda where, inside, more: {**inside, **more, **where},
        st.sampled_from([{}, {"index": 0}, {"index": 0}, {"index": 1}, {"index": None}]),
        st.one_of(
            content.map(lambda one: {"content": one}), content.map(lambda one: {"content": one}), st.just({})
        ),
        told() | st.just({}) | st.just({}),
    )


def chunks(counts: st.SearchStrategy[Any] = COUNTS) -> st.SearchStrategy[Payload]:
    """Any chunk, in any place; every value of an allowed type."""
    return st.builds(
        lambda those, more: {**({} if those is None else {"candidates": those}), **more},
        st.none()
        | st.lists(candidates(), min_size=1, max_size=2)
        | st.lists(candidates(), min_size=1, max_size=1),
        optional(
            usageMetadata=usages(counts) | usages(FEW_COUNTS),
            modelVersion=st.sampled_from([None, "", "gemini-3", "gemini-3", "gemini-4"]),
            responseId=st.sampled_from([None, "", "r1", "r1", "r2"]),
            promptFeedback=st.sampled_from(
                [{}, {"blockReason": "SAFETY"}, {"safetyRatings": [], "blockReason": ""}]
            ),
            createTime=UNKNOWN,
            error=st.sampled_from([None, "late", {"code": 503, "status": "UNAVAILABLE"}]),
        ),
    )


def chunk(*those: dict[str, Any], **more: Any) -> Payload:
    """A chunk of these parts of candidate 0."""
    content = {"parts": list(those), "role": "model"}
    return {
        "candidates": [{"content": content, "index": 0}],
        "modelVersion": "gemini-3",
        "responseId": "r1",
        **more,
    }


@st.composite
def streams(draw: st.DrawFn) -> list[Payload]:
    """Streams as the provider sends them: one part a chunk, usage so far, a reason in the last chunk."""
    sent = draw(st.lists(parts().filter(bool), max_size=12))
    found = []
    for number, part in enumerate(sent):
        usage = {"promptTokenCount": 12, "candidatesTokenCount": number, "totalTokenCount": 12 + number}
        found.append(chunk(part, **draw(st.sampled_from([{}, {"usageMetadata": usage}]))))
    last = chunk({"text": ""})
    last["candidates"][0]["finishReason"] = "STOP"
    return [*found, last]


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


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, ``depth`` times over."""
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"in": value}
    return value


def _snake(value: Any) -> Any:
    """The keys of the format as the Python SDK dumps them, here and below."""
    if isinstance(value, list):
        return [_snake(one) for one in value]
    if not isinstance(value, dict):
        return value
    return {
        "".join(f"_{c.lower()}" if c.isupper() else c for c in key): _snake(one) for key, one in value.items()
    }


@st.composite
def wild_streams(draw: st.DrawFn) -> list[Payload]:
    """Streams in which a few values are of any type, in wraps, or spelt otherwise."""
    any_objects = st.dictionaries(st.sampled_from(WORDS), json_values(), max_size=4)
    stream = copy.deepcopy(
        draw(st.lists(chunks(), max_size=6) | streams() | st.lists(any_objects, max_size=5))
    )
    for _ in range(draw(st.integers(1, 4)) if stream else 0):
        place: Any = draw(st.sampled_from(stream))
        while inner := [
            one
            for one in (place.values() if isinstance(place, dict) else place)
            if isinstance(one, dict | list) and one
        ]:
            if draw(st.integers(0, 4)) == 0:
                break
            place = draw(st.sampled_from(inner))
        if isinstance(place, list):
            place[draw(st.integers(0, len(place) - 1))] = draw(json_values())
            continue
        key = draw(st.sampled_from([*sorted(place), *WORDS]))
        if draw(st.booleans()):
            place[key] = draw(json_values())
        else:
            place.pop(key, None)
    for at in range(len(stream)):
        how = draw(st.integers(0, 9))
        if how == 0:
            stream[at] = {
                "response": stream[at],
                "traceId": draw(UNKNOWN),
                "error": draw(st.sampled_from([None, "outer"])),
            }
        if how == 1:
            stream[at] = _snake(stream[at])
    return stream


def reports() -> st.SearchStrategy[list[Payload]]:
    """Chunks of usage."""
    usage = usages(COUNTS | FEW_COUNTS | FEW_COUNTS)
    some = usage.map(lambda said: {"usageMetadata": said, "responseId": "r1", "candidates": []})
    return st.lists(some, min_size=1, max_size=5)
