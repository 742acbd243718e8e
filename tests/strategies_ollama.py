"""Ollama streams for hypothesis: answers as servers send them, and as they should not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload
from tests.strategies_wild import json_values, optional, spoilt

__all__ = ["answers", "tidy_answers", "wild_answers"]

PIECES = st.sampled_from(["", " ", "\n", "Hello", "na", "na ", "é", "🙂", "\ud83d", "\ude42"])
COUNTS = st.sampled_from([None, 0, 1, 12, 900, True, -3, 2.5, "12", {"of": 1}])
NAMES = st.sampled_from([None, "", "get_weather", "search"])
REASONS = st.sampled_from([None, "", "stop", "length", "load"])
UNKNOWN = st.sampled_from([None, "", "a", "b", 1, [1], {"deep": {"er": None}}])
MODELS = st.sampled_from(["llama3.2", "qwen3"])
CLOCKS = st.sampled_from(["2026-03-01T08:00:00Z", "2026-03-01T08:00:01Z", ""])
LOGPROBS = st.lists(st.fixed_dictionaries({"token": PIECES, "logprob": st.just(-0.5)}), max_size=2)

WORDS = [
    *("model", "created_at", "message", "response", "thinking", "tool_calls", "done", "done_reason"),
    *("logprobs", "error", "context", "prompt_eval_count", "prompt_eval_cached_count", "eval_count"),
    *("eval_duration", "role", "content", "images", "id", "type", "function", "index", "name", "arguments"),
]


def calls() -> st.SearchStrategy[list[dict[str, Any]]]:
    """Calls, whole, as one chunk has them."""
    arguments = st.sampled_from(
        [None, {}, {"city": "Oslo"}, {"größe": [1, None]}, "", '{"city": "Oslo"', "NaN"]
    )
    function = optional(index=st.integers(0, 1), name=NAMES, arguments=arguments, strict=UNKNOWN)
    return st.lists(
        optional(
            id=NAMES,
            type=st.sampled_from([None, "", "function", "custom"]),
            function=function | st.none(),
            caller=UNKNOWN,
        ),
        max_size=2,
    )


def counts() -> st.SearchStrategy[dict[str, Any]]:
    """The counts of a chunk, beside what looks like them."""
    return optional(
        prompt_eval_count=COUNTS,
        prompt_eval_cached_count=COUNTS,
        eval_count=COUNTS,
        total_duration=st.integers(0, 9),
        eval_duration=st.integers(0, 9),
    )


def messages() -> st.SearchStrategy[dict[str, Any]]:
    """The message of a chunk."""
    return optional(
        role=st.sampled_from([None, "", "assistant", "tool"]),
        content=PIECES | st.none(),
        thinking=PIECES | st.none(),
        tool_calls=calls() | st.none(),
        images=UNKNOWN,
    )


def usual() -> st.SearchStrategy[Payload]:
    """Chunks as most are: a piece of text and nothing new, of either endpoint."""
    role = st.just("assistant")
    said = st.fixed_dictionaries({"role": role, "content": PIECES}, optional={"thinking": PIECES})
    fields = {"model": MODELS, "created_at": CLOCKS, "done": st.just(False)}
    beside = {"remote_model": st.sampled_from(["big", "bigger"]), "p": st.just("x")}
    return st.fixed_dictionaries({**fields, "message": said}, optional=beside) | st.fixed_dictionaries(
        {**fields, "response": PIECES}, optional=beside
    )


def chunks() -> st.SearchStrategy[Payload]:
    """Any chunk, in any place."""
    odd = st.builds(
        lambda fields, said: {**fields, **said},
        optional(
            model=MODELS | st.none(),
            created_at=CLOCKS | st.none(),
            message=messages() | st.none(),
            response=PIECES | st.none(),
            thinking=PIECES,
            tool_calls=calls(),
            done=st.booleans() | st.none(),
            done_reason=REASONS,
            logprobs=LOGPROBS | st.none(),
            context=st.sampled_from([None, [1, 2], [3]]),
            error=st.sampled_from([None, "no memory", {"message": "no memory"}]),
            remote_model=UNKNOWN,
        ),
        counts(),
    )
    return st.one_of(usual(), usual(), odd, UNKNOWN.map(lambda value: {"novelty": value}))


def answers() -> st.SearchStrategy[list[Payload]]:
    """Streams in which anything may happen, every value of an allowed type."""
    return st.lists(chunks(), max_size=12)


@st.composite
def tidy_answers(draw: st.DrawFn) -> list[Payload]:
    """Streams exactly as the server sends them."""
    chat = draw(st.booleans())

    def chunk(second: int, text: str, *, thinking: str = "", calls: Any = None, **fields: Any) -> Payload:
        more = {key: value for key, value in (("thinking", thinking), ("tool_calls", calls)) if value}
        said = (
            {"message": {"role": "assistant", "content": text, **more}}
            if chat
            else {"response": text, **more}
        )
        clock = {"model": "llama3.2", "created_at": f"2026-03-01T08:00:{second:02}Z"}
        return {**clock, **said, "done": bool(fields), **fields}

    stream = [chunk(i, "", thinking=piece) for i, piece in enumerate(draw(st.lists(PIECES, max_size=3)))]
    stream += [chunk(10 + i, piece) for i, piece in enumerate(draw(st.lists(PIECES, max_size=5)))]
    for i in range(draw(st.integers(0, 2))):
        call = {"function": {"index": i, "name": f"f{i}", "arguments": {"n": i}}}
        stream.append(chunk(20 + i, "", calls=[call]))
    ends: dict[str, Any] = {
        "done_reason": "stop",
        "total_duration": 5,
        "eval_count": draw(st.integers(0, 20)),
    }
    more = draw(optional(prompt_eval_count=st.integers(1, 20), prompt_eval_cached_count=st.integers(0, 5)))
    context: dict[str, Any] = {} if chat else {"context": [1, 2, 3]}
    stream.append(chunk(59, "", **context, **ends, **more))
    return stream


def json_objects() -> st.SearchStrategy[Payload]:
    """Any JSON object, many of them almost a chunk."""
    said = optional(**{key: json_values(WORDS) for key in ("role", "content", "thinking", "tool_calls")})
    almost = optional(
        message=said | json_values(WORDS),
        **{key: json_values(WORDS) for key in WORDS[:14] if key != "message"},
    )
    return almost | st.dictionaries(st.text(max_size=3), json_values(WORDS), max_size=4)


def wild_answers() -> st.SearchStrategy[list[Payload]]:
    """Streams in which a few values are of any type, under the names that the format has."""
    return spoilt(tidy_answers() | answers() | st.lists(json_objects(), max_size=6), WORDS)
