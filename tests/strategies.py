"""Generated streams: what servers send, with everything that some server somewhere does differently.

``chat_streams`` and ``completions_streams`` are plausible chunks in any order, every oddity of the
field mixed in. ``wild`` is any JSON object, with the dialects' own keys among its keys.
"""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

Strategy = st.SearchStrategy[Any]

NULL = st.none()
WORDS = st.sampled_from(
    ["", " ", "\n\n", "na", "na na", "Hello", " wörld", "🎉", "\ud83c", "\udf89", "<", "a<b>c", "1"]
)
NAMES = st.sampled_from(["", "a", "b", "get_time", "get_", "time", "get_time_now"])
UNKNOWN = st.dictionaries(
    st.sampled_from(["citations", "provider", "obfuscation", "p", "x_new"]),
    st.sampled_from([None, "red", "blue", 1, 2, ["a"], {"k": 1}]),
    max_size=2,
)
COUNTS = st.sampled_from([None, 0, 1, 2, 5, 30, 32, 37, -3, 2.0, 2.5, True, "7"])


def fields(**optional: Strategy) -> Strategy:
    """An object with any of these keys, and perhaps unknown ones."""
    return st.tuples(UNKNOWN, st.fixed_dictionaries({}, optional=optional)).map(
        lambda two: {**two[0], **two[1]}
    )


def details(*names: str) -> Strategy:
    """A ``*_details`` object, or null."""
    return NULL | st.fixed_dictionaries({}, optional=dict.fromkeys(names, COUNTS))


USAGE = st.fixed_dictionaries(
    {},
    optional={
        "prompt_tokens": COUNTS,
        "completion_tokens": COUNTS,
        "total_tokens": COUNTS,
        "prompt_tokens_details": details("cached_tokens", "cache_write_tokens", "audio_tokens"),
        "prompt_token_details": details("cached_tokens"),
        "completion_tokens_details": details("reasoning_tokens", "accepted_prediction_tokens"),
        "prompt_cache_hit_tokens": COUNTS,
        "cached_tokens": COUNTS,
        "reasoning_tokens": COUNTS,
        "cost": st.sampled_from([None, 0, 0.0, 0.25]),
        "service": st.sampled_from([None, "x", ["y"], {"z": {"deep": 0}}, {"z": {"deep": 3}}]),
    },
)
FRAGMENTS = st.sampled_from(
    [
        None,
        "",
        " ",
        '{"a":',
        '{"a":1',
        '{"a":1}',
        "1}",
        "{}",
        "[1",
        "]",
        {"a": 1},
        {"ä": [1, None]},
        "\ud83c",
        "\udf89",
    ]
)
FUNCTION = fields(name=NULL | NAMES, arguments=FRAGMENTS)
ENTRY = fields(
    index=st.sampled_from([None, 0, 0, 1, 2, 7]),
    id=st.sampled_from([None, "", "call_a", "call_b", "call_c"]),
    type=st.sampled_from([None, "function", ""]),
    function=NULL | FUNCTION,
    extra_content=st.sampled_from([None, {"google": {"thought_signature": "s"}}, {"google": {}}]),
)
PART = st.one_of(
    st.builds(lambda text: {"type": "text", "text": text}, WORDS),
    st.builds(lambda text: {"type": "text", "text": text, "index": 1}, WORDS),
    st.builds(lambda text: {"type": "thinking", "thinking": text}, WORDS),
    st.builds(
        lambda texts: {"type": "thinking", "thinking": [{"type": "text", "text": text} for text in texts]},
        st.lists(WORDS, max_size=3),
    ),
    st.sampled_from([{"type": "image_url", "image_url": {"url": "u"}}, {"type": "reference", "ids": [1]}]),
)
CITATION = st.sampled_from([{"type": "url_citation", "url": "a"}, {"type": "url_citation", "url": "b"}])
AUDIO = fields(
    id=st.sampled_from([None, "", "audio_1", "audio_2"]),
    data=NULL | WORDS,
    transcript=NULL | WORDS,
    expires_at=st.sampled_from([None, 5, 6]),
)
DETAILS = st.lists(
    st.sampled_from(
        [{"type": "reasoning.text", "text": "hm"}, {"text": ""}, {"type": "reasoning.encrypted", "data": "x"}]
    ),
    max_size=2,
)
DELTA = fields(
    role=st.sampled_from([None, "", "assistant", "assistant", "tool"]),
    content=NULL | WORDS | WORDS | st.lists(PART, max_size=3),
    reasoning=NULL | WORDS,
    reasoning_content=NULL | WORDS,
    reasoning_text=NULL | WORDS,
    reasoning_details=NULL | DETAILS,
    refusal=NULL | WORDS,
    tool_calls=NULL | st.lists(ENTRY, max_size=3) | ENTRY,
    function_call=NULL | FUNCTION,
    audio=NULL | AUDIO,
    annotations=NULL | st.lists(CITATION, max_size=2),
)
TOKENS = NULL | st.lists(st.sampled_from([None, {"token": "a", "logprob": -0.5}, "t", -0.25]), max_size=2)
LOGPROBS = st.fixed_dictionaries(
    {},
    optional={
        **dict.fromkeys(
            ("content", "refusal", "tokens", "token_logprobs", "top_logprobs", "text_offset"), TOKENS
        ),
        "other": st.sampled_from([None, 1, "x"]),
    },
)
REASONS = st.sampled_from([None, None, "", "stop", "tool_calls", "length"])
CHOICE = fields(
    index=st.sampled_from([None, 0, 0, 0, 1, 3]),
    delta=NULL | DELTA,
    finish_reason=REASONS,
    logprobs=NULL | LOGPROBS,
    message=NULL | st.just({"role": "assistant", "content": "so far"}),
    text=NULL | WORDS,
    usage=NULL | USAGE,
    content_filter_results=st.sampled_from([None, {}, {"hate": {"filtered": False}}]),
)
ERRORS = st.sampled_from([None, "overloaded", {"message": "overloaded"}, {"code": 429}])
GROQ = fields(id=st.sampled_from([None, "req_1"]), usage=NULL | USAGE)


def chunks(object_: str) -> Strategy:
    """Chunks of one dialect."""
    return fields(
        id=st.sampled_from([None, "", "x-1", "x-1", "x-2"]),
        object=st.sampled_from([None, "", object_]),
        created=st.sampled_from([None, 0, 1760000000, 1760000001]),
        model=st.sampled_from([None, "", "m-1", "m-2"]),
        system_fingerprint=st.sampled_from([None, "", "fp_1", "fp_2"]),
        service_tier=st.sampled_from([None, "default", "flex"]),
        choices=NULL | st.lists(CHOICE, max_size=3),
        usage=NULL | USAGE,
        error=ERRORS,
        x_groq=NULL | GROQ,
    )


GROWING = st.lists(st.sampled_from(["a", "bc", " d", ""]), min_size=3, max_size=6).map(
    lambda steps: ["".join(steps[: end + 1]) for end in range(len(steps))]
)
"""Texts that each extend the one before."""


def cumulative(wrap: Any) -> Strategy:
    """A stream whose every chunk repeats the text so far."""
    return GROWING.map(lambda texts: [{"choices": [wrap(text)]} for text in texts])


def streams_of(**delta: Strategy) -> Strategy:
    """Streams about a few fields of the delta, in one or two choices."""
    entry = st.fixed_dictionaries(
        {"index": st.sampled_from([0, 0, 0, 1]), "delta": st.fixed_dictionaries({}, optional=delta)},
        optional={"finish_reason": REASONS},
    )
    return st.lists(st.fixed_dictionaries({"choices": st.lists(entry, min_size=1, max_size=1)}), max_size=7)


def choices_of(**choice: Strategy) -> Strategy:
    """Streams about a few fields of the choice."""
    entry = st.fixed_dictionaries({}, optional=choice)
    return st.lists(st.fixed_dictionaries({"choices": st.lists(entry, min_size=1, max_size=1)}), max_size=7)


PLAIN_FUNCTION = st.fixed_dictionaries({}, optional={"name": NULL | NAMES, "arguments": FRAGMENTS})
PLAIN_ENTRY = st.fixed_dictionaries(
    {"function": PLAIN_FUNCTION},
    optional={
        "index": st.sampled_from([0, 0, 1, 4]),
        "id": st.sampled_from([None, "", "call_a", "call_a", "call_b"]),
    },
)
ONE_CALL = st.lists(PLAIN_FUNCTION, min_size=1, max_size=6).map(
    lambda functions: [
        {"choices": [{"delta": {"tool_calls": [{"index": 0, "function": function}]}}]}
        for function in functions
    ]
)
"""The fragments of a single call."""

ROLES = st.lists(st.sampled_from([None, "", "assistant", "tool"]), min_size=1, max_size=5).map(
    lambda roles: [{"choices": [{"index": 0, "delta": {"role": role}}]} for role in roles]
)

USAGES: Strategy = st.lists(
    st.fixed_dictionaries({"usage": USAGE}, optional={"choices": st.just([])})
    | st.fixed_dictionaries({"usage": USAGE, "timings": st.just({"prompt_n": 3, "predicted_n": 4})}),
    max_size=4,
)

chat_streams: st.SearchStrategy[list[dict[str, Any]]] = st.one_of(
    st.lists(chunks("chat.completion.chunk"), max_size=4),
    cumulative(lambda text: {"index": 0, "delta": {"content": text}}),
    cumulative(
        lambda text: {"index": 0, "delta": {"tool_calls": [{"index": 0, "function": {"arguments": text}}]}}
    ),
    ROLES,
    streams_of(role=st.sampled_from([None, "", "assistant", "tool"]), content=NULL | WORDS),
    streams_of(content=WORDS, reasoning=WORDS, reasoning_content=WORDS, reasoning_details=DETAILS),
    streams_of(content=NULL | WORDS | st.lists(PART, max_size=3), reasoning_text=WORDS),
    streams_of(content=WORDS, tool_calls=st.lists(PLAIN_ENTRY, min_size=1, max_size=2)),
    streams_of(tool_calls=st.lists(ENTRY, min_size=1, max_size=3) | ENTRY, function_call=FUNCTION),
    ONE_CALL,
    streams_of(refusal=WORDS, audio=AUDIO, annotations=st.lists(CITATION, max_size=2)),
    choices_of(logprobs=LOGPROBS, index=st.sampled_from([0, 0, 1]), finish_reason=REASONS),
    USAGES,
)
completions_streams: st.SearchStrategy[list[dict[str, Any]]] = st.one_of(
    st.lists(chunks("text_completion"), max_size=4),
    cumulative(lambda text: {"index": 0, "text": text}),
    choices_of(text=NULL | WORDS, index=st.sampled_from([0, 0, 1]), finish_reason=REASONS),
    choices_of(text=WORDS, logprobs=LOGPROBS),
    USAGES,
)

KEYS = st.sampled_from(
    [
        *(
            "id",
            "object",
            "created",
            "model",
            "system_fingerprint",
            "service_tier",
            "choices",
            "usage",
            "error",
        ),
        *("x_groq", "index", "delta", "finish_reason", "logprobs", "message", "text", "role", "content"),
        *("reasoning", "reasoning_content", "reasoning_details", "refusal", "tool_calls", "function_call"),
        *("audio", "annotations", "type", "function", "name", "arguments", "thinking", "data", "transcript"),
        *("prompt_tokens", "completion_tokens", "total_tokens", "prompt_tokens_details", "cached_tokens"),
        *("tokens", "p", "unheard_of"),
    ]
)
json_values: Strategy = st.recursive(
    NULL | st.booleans() | st.integers(-2, 3) | st.sampled_from([0.5, 1e300, 2**70]) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


WRONG: Strategy = st.sampled_from(
    [
        0,
        -1,
        1.5,
        True,
        False,
        "",
        "odd",
        "\ud83c",
        [],
        ["odd"],
        {},
        {"odd": 1},
        [None],
        [{}],
        {"text": "t"},
        [[]],
    ]
)
"""Values of any type, for places where the dialect wants another."""

CHOICE_WORDS = ("index", "delta", "finish_reason", "logprobs", "message", "text", "usage")
DELTA_WORDS = (
    *("role", "content", "reasoning", "reasoning_content", "reasoning_text", "reasoning_details", "refusal"),
    *("tool_calls", "function_call", "audio", "annotations"),
)


def wrong(*keys: str) -> Strategy:
    """An object with a few of these keys, each with a value of some wrong type."""
    return st.dictionaries(st.sampled_from(keys), WRONG, max_size=3)


def in_choice(choice: Strategy) -> Strategy:
    """A chunk with one such choice."""
    return choice.map(lambda value: {"choices": [value]})


def in_delta(delta: Strategy) -> Strategy:
    """A chunk with one such delta."""
    return in_choice(delta.map(lambda value: {"delta": value}))


wild: st.SearchStrategy[list[dict[str, Any]]] = st.lists(
    st.one_of(
        st.dictionaries(KEYS, json_values, max_size=5),
        wrong("id", "object", "created", "model", "choices", "usage", "error", "x_groq", "service_tier"),
        in_choice(WRONG),
        in_choice(wrong(*CHOICE_WORDS)),
        in_choice(wrong("tokens", "content", "refusal", "other").map(lambda value: {"logprobs": value})),
        in_delta(WRONG),
        in_delta(wrong(*DELTA_WORDS)),
        in_delta(wrong("index", "id", "type", "function").map(lambda value: {"tool_calls": [value]})),
        in_delta(
            wrong("name", "arguments", "odd").map(
                lambda value: {"tool_calls": [{"index": 0, "function": value}]}
            )
        ),
        in_delta(wrong("name", "arguments").map(lambda value: {"function_call": value})),
        in_delta(wrong("id", "data", "transcript", "expires_at").map(lambda value: {"audio": value})),
        in_delta(wrong("type", "text", "thinking").map(lambda value: {"content": [value]})),
        in_delta(WRONG.map(lambda value: {"content": [{"type": "thinking", "thinking": value}]})),
        in_delta(WRONG.map(lambda value: {"content": [{"type": "text", "text": value}, "odd", None]})),
        in_delta(wrong("type", "text").map(lambda value: {"reasoning_details": [value]})),
        wrong("prompt_tokens", "completion_tokens", "prompt_tokens_details", "odd").map(
            lambda value: {"usage": value}
        ),
        wrong("usage", "id").map(lambda value: {"x_groq": value}),
    ),
    max_size=6,
)
"""Streams of any JSON objects: keys in the wrong places, and in the right ones values of wrong types."""
