"""Responses streams for hypothesis: as servers send them, and as they should not."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

from stream_audit.dialects.text import join_text
from stream_audit.model import Payload

__all__ = [
    "events",
    "item_streams",
    "json_objects",
    "nested",
    "numbered",
    "streams",
    "tidy_streams",
    "wild_streams",
]

PIECES = st.sampled_from(["", " ", "\n", "Hello", "na", "na ", "é", "🙂", "\ud83d", "\ude42"])
JSON_PIECES = st.sampled_from(["", "{", "}", '{"city": "', "Oslo", '"}', "NaN", "[1, 2]", "7", "\ud83d"])
WHOLES = PIECES | st.sampled_from(["HelloHello", "na na ", "{}", "🙂", "other"])
NAMES = st.sampled_from([None, "", "get_weather", "search"])
IDS = st.sampled_from([None, "", "it_0", "it_1", "it_9"])
INDEX = st.sampled_from([0, 0, 0, 1, 1, 2, 5])
COUNTS = st.sampled_from([None, 0, 1, 12, 900, True, -3, 2.5, "12"])
UNKNOWN = st.sampled_from([None, "", "a", "b", 1, [1], {"deep": {"er": None}}])
STATUS = st.sampled_from([None, "", "in_progress", "completed", "incomplete"])
ANNOTATIONS = st.sampled_from([{"type": "url_citation", "url": "u"}, {"type": "file_path"}, "odd", None])
LOGPROBS = st.lists(st.sampled_from([{"token": "a", "logprob": -0.5}, {"token": "b"}, 7]), max_size=2)

TEXTS = {
    "response.output_text": ("content_index", "text"),
    "response.refusal": ("content_index", "refusal"),
    "response.reasoning_text": ("content_index", "text"),
    "response.reasoning_summary_text": ("summary_index", "text"),
    "response.function_call_arguments": (None, "arguments"),
    "response.mcp_call_arguments": (None, "arguments"),
    "response.custom_tool_call_input": (None, "input"),
    "response.code_interpreter_call_code": (None, "code"),
    "response.apply_patch_call_operation_diff": (None, "diff"),
    "response.shell_call_command": ("command_index", "command"),
}
KINDS = st.sampled_from(sorted(TEXTS))
PARTS = {
    "response.content_part": "content_index",
    "response.reasoning_part": "content_index",
    "response.reasoning_summary_part": "summary_index",
}
RESPONSES = ("created", "queued", "in_progress", "completed", "incomplete", "failed")
WORDS = [
    *("type", "response", "item", "part", "delta", "text", "refusal", "arguments", "input", "code", "diff"),
    *("command", "output", "content", "summary", "action", "operation", "commands", "output_index"),
    *("content_index", "summary_index", "item_id", "sequence_number", "usage", "error", "id", "call_id"),
    *("name", "role", "status", "annotations", "logprobs", "annotation", "annotation_index", "message"),
    *("response.output_text.delta", "response.completed", "response.created", "reasoning", "stdout"),
    *("response.output_item.added", "response.output_item.done", "function_call", "output_text"),
    *("incomplete_details", "reason", "service_tier", "created_at", "model"),
]


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


def usages() -> st.SearchStrategy[dict[str, Any]]:
    """Usage objects, of which each report may leave anything out."""
    return optional(
        input_tokens=COUNTS,
        output_tokens=COUNTS,
        total_tokens=COUNTS,
        input_tokens_details=optional(cached_tokens=COUNTS, cache_write_tokens=COUNTS) | st.none(),
        output_tokens_details=optional(reasoning_tokens=COUNTS) | st.none(),
        cost=st.sampled_from([None, 0, 0.25]),
    )


def parts() -> st.SearchStrategy[dict[str, Any]]:
    """Entries of ``content`` and ``summary``, of any type."""
    return st.one_of(
        optional(
            text=WHOLES | st.none(),
            annotations=st.lists(ANNOTATIONS, max_size=2) | st.none(),
            logprobs=LOGPROBS | st.none(),
        ).map(lambda fields: {"type": "output_text", **fields}),
        optional(refusal=WHOLES).map(lambda fields: {"type": "refusal", **fields}),
        optional(text=WHOLES).map(lambda fields: {"type": "reasoning_text", **fields}),
        optional(text=WHOLES).map(lambda fields: {"type": "summary_text", **fields}),
        optional(type=st.just("novelty"), text=WHOLES, mood=UNKNOWN),
    )


def items() -> st.SearchStrategy[dict[str, Any]]:
    """Items, at any time of their lives."""
    entries = st.lists(parts(), max_size=2) | st.none()
    common = {"id": IDS, "status": STATUS}
    named = {**common, "call_id": IDS, "name": NAMES, "namespace": UNKNOWN}
    action = optional(commands=st.lists(WHOLES, max_size=2), timeout_ms=st.sampled_from([None, 5]))
    environment = st.sampled_from([None, {"type": "local"}, {"type": "container_reference"}])
    shapes: dict[str, dict[str, Any]] = {
        "message": {**common, "role": st.sampled_from([None, "", "assistant", "user"]), "content": entries},
        "reasoning": {**common, "summary": entries, "content": entries, "encrypted_content": PIECES},
        "function_call": {**named, "arguments": WHOLES | st.sampled_from([None, {"city": "Oslo"}, {}])},
        "custom_tool_call": {**named, "call_id": IDS | st.just("xs_call_7"), "input": WHOLES},
        "mcp_call": {**common, "arguments": WHOLES, "output": st.sampled_from([None, "done"])},
        "code_interpreter_call": {**common, "code": WHOLES, "outputs": UNKNOWN},
        "shell_call": {**named, "action": action, "environment": environment},
        "local_shell_call": {**named, "action": optional(command=st.just(["ls"]))},
        "apply_patch_call": {**named, "operation": optional(diff=WHOLES, path=st.just("a.txt"))},
        "shell_call_output": {**common, "output": st.sampled_from([None, [], [{"stdout": "x"}]])},
        "computer_call": {
            **named,
            "action": UNKNOWN,
            "actions": st.sampled_from([None, [], [{"type": "wait"}]]),
        },
        "tool_search_call": {
            **named,
            "execution": st.sampled_from(["client", "server"]),
            "arguments": st.sampled_from([{}, {"goal": "find"}]),
        },
        "web_search_call": {**common, "action": st.sampled_from([{}, {"type": "search", "query": ""}])},
    }
    return st.sampled_from(sorted(shapes)).flatmap(
        lambda kind: optional(**shapes[kind]).map(lambda fields: {"type": kind, **fields})
    )


def responses() -> st.SearchStrategy[dict[str, Any]]:
    """Snapshots of a response."""
    return optional(
        id=st.sampled_from([None, "", "resp_1", "resp_2"]),
        model=st.sampled_from([None, "", "gpt-5"]),
        created_at=st.sampled_from([None, 0, 1780000000, 1780000001.0]),
        status=STATUS,
        service_tier=st.sampled_from([None, "", "auto", "default"]),
        incomplete_details=st.sampled_from([None, {"reason": "max_output_tokens"}, {"reason": None}, {}]),
        output=st.lists(items(), max_size=3) | st.none(),
        usage=usages() | st.none(),
        error=st.sampled_from([None, None, {"code": "server_error", "message": "No"}]),
        temperature=UNKNOWN,
    )


def places() -> st.SearchStrategy[dict[str, Any]]:
    """Where something belongs, mostly said in full."""
    return st.one_of(
        st.builds(lambda at, inner: {"output_index": at, "inner": inner}, INDEX, INDEX),
        optional(output_index=INDEX, item_id=IDS, inner=INDEX),
    )


def placed(kind: str, place: dict[str, Any], index: str | None, **fields: Any) -> Payload:
    """An event about something inside an item."""
    inner = {index: place["inner"]} if index is not None and "inner" in place else {}
    outer = {key: value for key, value in place.items() if key != "inner"}
    return {"type": kind, **outer, **inner, **fields}


def texts() -> st.SearchStrategy[Payload]:
    """Deltas and whole texts of any kind."""

    def delta(kind: str, place: dict[str, Any], piece: str, more: dict[str, Any]) -> Payload:
        return placed(f"{kind}.delta", place, TEXTS[kind][0], delta=piece, **more)

    def whole(kind: str, place: dict[str, Any], piece: str, more: dict[str, Any]) -> Payload:
        return placed(f"{kind}.done", place, TEXTS[kind][0], **{TEXTS[kind][1]: piece}, **more)

    nothing: dict[str, Any] = {}
    more = st.just(nothing) | optional(logprobs=LOGPROBS | st.none(), obfuscation=st.just("xyz"), name=NAMES)
    return st.builds(delta, KINDS, places(), PIECES | JSON_PIECES, more) | st.builds(
        whole, KINDS, places(), WHOLES, more
    )


def events() -> st.SearchStrategy[Payload]:
    """Any event, in any place."""
    step = st.sampled_from(["added", "done"])
    output = st.sampled_from([{"stdout": "a"}, {"stdout": "b", "stderr": "c"}, {"code": 1}, {}])
    return st.one_of(
        texts(),
        texts(),
        st.builds(
            lambda word, response: {"type": f"response.{word}", "response": response},
            st.sampled_from(RESPONSES),
            responses(),
        ),
        st.builds(
            lambda step, place, item: {
                "type": f"response.output_item.{step}",
                **({"output_index": place["output_index"]} if "output_index" in place else {}),
                "item": item,
            },
            step,
            places(),
            items(),
        ),
        st.builds(
            lambda kind, step, place, part: placed(f"{kind}.{step}", place, PARTS[kind], part=part),
            st.sampled_from(sorted(PARTS)),
            step,
            places(),
            parts(),
        ),
        st.builds(
            lambda place, more, annotation: placed(
                "response.output_text.annotation.added", place, "content_index", **more, annotation=annotation
            ),
            places(),
            optional(annotation_index=INDEX),
            ANNOTATIONS,
        ),
        st.builds(
            lambda place, text: placed(
                "response.shell_call_command.added", place, "command_index", command=text
            ),
            places(),
            PIECES,
        ),
        st.builds(
            lambda place, delta: placed(
                "response.shell_call_output_content.delta", place, "command_index", delta=delta
            ),
            places(),
            output,
        ),
        st.builds(
            lambda place, found: placed(
                "response.shell_call_output_content.done", place, "command_index", output=found
            ),
            places(),
            st.lists(output, max_size=2),
        ),
        st.builds(
            lambda kind, piece: {"type": f"response.{kind}.delta", "delta": piece},
            st.sampled_from(["audio", "audio.transcript"]),
            PIECES,
        ),
        st.builds(
            lambda usage, error: {"type": "error", **usage, **error},
            optional(usage=usages()),
            st.sampled_from(
                [{}, {"message": "No", "code": 5}, {"error": "No", "code": 5}, {"error": {"code": 1}}]
            ),
        ),
        st.builds(lambda value: {"type": "response.novelty", "novelty": value}, UNKNOWN),
        st.builds(lambda usage: {"type": "keepalive", "usage": usage}, usages()),
        st.just({"type": "response.web_search_call.searching", "output_index": 0, "item_id": "it_0"}),
    )


@st.composite
def numbered(draw: st.DrawFn, stream: list[Payload]) -> list[Payload]:
    """The same events with numbers: mostly in order, some skipped, late, or sent again."""
    number, made = 0, []
    for event in stream:
        made.append({**event, "sequence_number": number})
        if draw(st.integers(0, 5)) == 0:
            again = draw(st.sampled_from(made))
            made.append(
                draw(st.sampled_from([again, {**again, "obfuscation": "q"}, {**event, "delta": "?"}]))
            )
        number += draw(st.sampled_from([1, 1, 1, 1, 1, 1, 2, 0, -1]))
        number = max(number, 0)
    return made


def streams() -> st.SearchStrategy[list[Payload]]:
    """Streams in which anything may happen, every value of an allowed type."""
    plain = st.lists(events(), max_size=14)
    return plain | plain.flatmap(numbered) | tidy_streams()


def _item_events(index: int, item: dict[str, Any], pieces: list[str]) -> Iterator[Payload]:
    """One item as a provider streams it: a message, or a call."""
    if item["type"] == "message":
        place = {"item_id": item["id"], "output_index": index, "content_index": 0}
        text: dict[str, Any] = {"logprobs": []}
        part: Payload = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        kind, key = "response.output_text", "text"
        opened: Payload = {**item, "content": []}
    else:
        place = {"item_id": item["id"], "output_index": index}
        kind, key = "response.function_call_arguments", "arguments"
        opened, part, text = {**item, "arguments": ""}, {}, {}
    whole = "".join(pieces)
    yield {"type": "response.output_item.added", "output_index": index, "item": opened}
    if part:
        yield {"type": "response.content_part.added", **place, "part": part}
    for piece in pieces:
        yield {"type": f"{kind}.delta", **place, "delta": piece, **text}
    yield {"type": f"{kind}.done", **place, key: whole, **text}
    if part:
        yield {"type": "response.content_part.done", **place, "part": {**part, "text": whole}}
    yield {"type": "response.output_item.done", "output_index": index, "item": finished(item, whole)}


def finished(item: dict[str, Any], whole: str) -> dict[str, Any]:
    """The item in the end."""
    if item["type"] == "message":
        part = {"type": "output_text", "text": whole, "annotations": [], "logprobs": []}
        return {**item, "status": "completed", "content": [part]}
    return {**item, "status": "completed", "arguments": whole}


@st.composite
def items_and_pieces(draw: st.DrawFn) -> list[tuple[dict[str, Any], list[str]]]:
    """Messages and calls, each with the deltas that it is streamed in."""
    made = []
    for index in range(draw(st.integers(0, 3))):
        item: dict[str, Any] = {"type": "message", "id": f"msg_{index}", "role": "assistant"}
        if draw(st.booleans()):
            item = {"type": "function_call", "id": f"fc_{index}", "call_id": f"call_{index}", "name": "look"}
        pieces = draw(st.lists(PIECES | JSON_PIECES, max_size=5))
        made.append(({**item, "status": "in_progress"}, pieces))
    return made


def item_streams() -> st.SearchStrategy[list[list[Payload]]]:
    """The events of each of several items."""
    return items_and_pieces().map(
        lambda made: [list(_item_events(index, *one)) for index, one in enumerate(made)]
    )


def tidy_streams() -> st.SearchStrategy[list[Payload]]:
    """Streams exactly as the format promises them, numbered."""

    def stream(made: list[tuple[dict[str, Any], list[str]]]) -> list[Payload]:
        response: dict[str, Any] = {"id": "resp_1", "model": "gpt-5", "created_at": 1780000000}
        begun = {**response, "status": "in_progress", "output": [], "usage": None}
        output = [finished(item, join_text(pieces)) for item, pieces in made]
        usage = {"input_tokens": 7, "output_tokens": 5, "total_tokens": 12}
        ended = {**response, "status": "completed", "output": output, "usage": usage}
        whole: list[Payload] = [
            {"type": "response.created", "response": begun},
            *(event for index, one in enumerate(made) for event in _item_events(index, *one)),
            {"type": "response.completed", "response": ended},
        ]
        return [{**event, "sequence_number": number} for number, event in enumerate(whole)]

    return items_and_pieces().map(stream)


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
        [f"response.{word}" for word in RESPONSES]
        + [f"response.output_item.{step}" for step in ("added", "done")]
        + [f"{kind}.{step}" for kind in TEXTS for step in ("delta", "done")]
        + [f"{kind}.{step}" for kind in PARTS for step in ("added", "done")]
        + ["response.output_text.annotation.added", "response.shell_call_output_content.delta", "error"]
    )
    keys = (
        "response",
        "item",
        "part",
        "delta",
        "text",
        "arguments",
        "output_index",
        "content_index",
        "usage",
    )
    almost = st.fixed_dictionaries({"type": kinds}, optional={key: json_values() for key in keys})
    return almost | st.dictionaries(st.text(max_size=3), json_values(), max_size=4)


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, ``depth`` times over."""
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"in": value}
    return value


@st.composite
def wild_streams(draw: st.DrawFn) -> list[Payload]:
    """Streams in which a few values are of any type, under the names that the format has."""
    stream = copy.deepcopy(draw(streams() | st.lists(json_objects(), max_size=6)))
    for _ in range(draw(st.integers(1, 4)) if stream else 0):
        place = draw(st.sampled_from(stream))
        while inner := [value for value in _inside(place) if isinstance(value, dict) and value]:
            if draw(st.integers(0, 3)) == 0:
                break
            place = draw(st.sampled_from(inner))
        key = draw(st.sampled_from([*sorted(place), *WORDS]))
        if draw(st.booleans()):
            place[key] = draw(json_values())
        else:
            place.pop(key, None)
    return stream


def _inside(place: dict[str, Any]) -> Iterator[Any]:
    """The values of an object, and those of lists in it."""
    for value in place.values():
        if isinstance(value, list):
            yield from value
        else:
            yield value
