"""Lines of session logs for hypothesis: of one response as the agents write them, and as they should not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload
from tests.strategies_wild import json_values, optional, spoilt

__all__ = ["claude_lines", "codex_lines", "wild_claude_lines", "wild_codex_lines"]

COUNTS = st.sampled_from([None, 0, 1, 2, 12, 900, True, -3, 2.5, "12", {}, {"in": 3}])
NAMES = st.sampled_from([None, "", "a", "b"])
MODELS = st.sampled_from([None, "", "sonnet", "haiku", "<synthetic>"])
TIERS = st.sampled_from([None, "standard", {"in": 1}, ["standard"]])

CLAUDE_WORDS = [
    *("type", "message", "id", "role", "model", "usage", "uuid", "sessionId", "session_id", "requestId"),
    *("content", "text", "stop_reason", "isSidechain", "isApiErrorMessage", "input_tokens", "output_tokens"),
    *("cache_read_input_tokens", "cache_creation_input_tokens", "output_tokens_details", "thinking_tokens"),
    *("assistant", "user", "<synthetic>", "summary", "leafUuid"),
]
CODEX_WORDS = [
    *("type", "payload", "info", "last_token_usage", "total_token_usage", "usage", "thread_token_usage"),
    *("turn_token_usage", "response_id", "model", "id", "forked_from_id", "parent_thread_id", "timestamp"),
    *("token_count", "event_msg", "token_usage_record", "session_meta", "turn_context", "input_tokens"),
    *("cached_input_tokens", "output_tokens", "reasoning_output_tokens", "source", "subagent"),
]


def reports() -> st.SearchStrategy[dict[str, Any]]:
    """Usage objects of Claude Code, of which each may leave anything out."""
    return optional(
        input_tokens=COUNTS,
        output_tokens=COUNTS,
        cache_read_input_tokens=COUNTS,
        cache_creation_input_tokens=COUNTS,
        cache_creation=optional(ephemeral_5m_input_tokens=COUNTS) | st.none() | COUNTS,
        output_tokens_details=optional(thinking_tokens=COUNTS) | st.none(),
        service_tier=TIERS,
        iterations=st.none() | st.lists(optional(output_tokens=COUNTS), max_size=1),
    )


def claude_line() -> st.SearchStrategy[Payload]:
    """A line that may be of an answer."""
    message = optional(
        id=NAMES,
        role=st.sampled_from([None, "assistant", "user"]),
        model=MODELS,
        content=st.none() | st.lists(optional(type=st.just("text"), text=NAMES), max_size=2),
        stop_reason=st.sampled_from([None, "", "end_turn"]),
        usage=reports() | st.none(),
    )
    return optional(
        type=st.sampled_from(["assistant", "user", "summary"]),
        message=message,
        uuid=NAMES,
        sessionId=NAMES,
        session_id=NAMES,
        requestId=NAMES,
        isSidechain=st.booleans(),
        isApiErrorMessage=st.booleans(),
    )


def tallies() -> st.SearchStrategy[Any]:
    """Usage objects of Codex, and counters."""
    return (
        optional(
            input_tokens=COUNTS,
            cached_input_tokens=COUNTS,
            cache_write_input_tokens=COUNTS,
            output_tokens=COUNTS,
            reasoning_output_tokens=COUNTS,
            total_tokens=COUNTS,
            tier=TIERS,
        )
        | st.none()
    )


def codex_line() -> st.SearchStrategy[Payload]:
    """A line that may be a report, or say what session or model it is."""
    event = optional(
        type=st.sampled_from(["token_count", "agent_message"]),
        info=optional(last_token_usage=tallies(), total_token_usage=tallies()) | st.none(),
    )
    record = optional(
        response_id=NAMES, usage=tallies(), thread_token_usage=tallies(), turn_token_usage=tallies()
    )
    spawned = st.fixed_dictionaries({"subagent": optional(thread_spawn=optional(parent_thread_id=NAMES))})
    meta = optional(id=NAMES, forked_from_id=NAMES, parent_thread_id=NAMES, source=st.just("cli") | spawned)

    def line(kind: str, payload: st.SearchStrategy[Any]) -> st.SearchStrategy[Payload]:
        return st.fixed_dictionaries(
            {"type": st.just(kind), "payload": payload},
            optional={"timestamp": st.sampled_from([None, "", "07:00", "07:01"])},
        )

    return st.one_of(
        line("event_msg", event),
        line("token_usage_record", record),
        line("session_meta", meta),
        line("turn_context", optional(model=MODELS)),
        line("response_item", optional(type=st.just("message"))),
    )


def claude_lines() -> st.SearchStrategy[list[Payload]]:
    """Lines of Claude Code."""
    return st.lists(claude_line(), max_size=6)


def codex_lines() -> st.SearchStrategy[list[Payload]]:
    """Lines of Codex."""
    return st.lists(codex_line(), max_size=6)


def wild_claude_lines() -> st.SearchStrategy[list[Payload]]:
    """The same with values of any type in them."""
    objects = st.dictionaries(st.sampled_from(CLAUDE_WORDS), json_values(CLAUDE_WORDS), max_size=3)
    return spoilt(claude_lines(), CLAUDE_WORDS) | st.lists(objects, max_size=3)


def wild_codex_lines() -> st.SearchStrategy[list[Payload]]:
    """The same with values of any type in them."""
    objects = st.dictionaries(st.sampled_from(CODEX_WORDS), json_values(CODEX_WORDS), max_size=3)
    return spoilt(codex_lines(), CODEX_WORDS) | st.lists(objects, max_size=3)
