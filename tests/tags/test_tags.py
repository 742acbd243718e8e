"""What all trigger shapes and readers have in common."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Response
from stream_audit.rules import RULES, rule
from stream_audit.tags import EVERY, READERS, TAGS, Tagger, aspects_of, reader_for
from stream_audit.tags.page import page
from stream_audit.tags.saying import Reader
from tests.runs import ROOT

NO_SHAPE = {"finish-chunk-dropped-by-relay", "logprobs-dropped-by-branch", "terminal-snapshot-disagrees"}
"""Failure classes of makers of streams, told by two recordings side by side, not by a shape of one."""
ACROSS = ("log-", "retry-usage", "turns-", "subagent-", "cache-hit", "forward-vs")
"""How rules about several requests begin."""

words = st.sampled_from(
    [
        *(
            "type",
            "choices",
            "delta",
            "content",
            "tool_calls",
            "function",
            "arguments",
            "index",
            "id",
            "model",
        ),
        *("usage", "message", "content_block", "text_delta", "content_block_delta", "content_block_start"),
        *("contentBlockStart", "contentBlockDelta", "start", "toolUse", "reasoningContent", "metadata"),
        *("toolCallId", "tool-input-start", "citations", "text-end", "data-x", "providerExecuted"),
        *("tool_plan", "tool-call-start", "billed_units", "tokens", "done", "response", "thinking"),
        *("response.output_item.added", "response.output_item.done", "response.completed", "item", "output"),
        *("response.output_text.delta", "response.content_part.done", "output_index", "part", "reasoning"),
        *("response.function_call_arguments.done", "function_call", "output_text", "summary", "shell_call"),
        *("assistant", "session_meta", "token_usage_record", "payload", "event_msg", "token_count", "info"),
        *("tool_use", "op", "write_text", "begin_tool_call", "finish_reason", "annotations", "text", "input"),
    ]
)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 2) | st.just(float("inf")) | st.text(max_size=3) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=4),
    max_leaves=12,
)


def test_no_name_is_used_twice_and_none_is_a_suspects() -> None:
    names = [tag.name for tag in TAGS]

    assert len(set(names)) == len(names)
    assert not [name for name in names if not re.fullmatch(r"[a-z]+(-[a-z]+)*", name)]


def test_every_shape_sets_off_failures_of_the_catalogue() -> None:
    assert all(tag.rules for tag in TAGS)
    assert [slug for tag in TAGS for slug in (*tag.rules, *tag.noted) if rule(slug) is None] == []


def test_a_shape_with_the_name_of_a_rule_is_of_that_rule() -> None:
    slugs = {entry.slug for entry in RULES}

    assert [tag.name for tag in TAGS if tag.name in slugs and tag.rules != (tag.name,)] == []


def test_every_aspect_is_read_by_some_dialect() -> None:
    read = EVERY.union(*(aspects_of(reader) for reader in READERS if reader.tags))
    read |= EVERY.union(*(reader.aspects for reader in READERS))

    assert {tag.aspect for tag in TAGS} <= read
    assert read <= {tag.aspect for tag in TAGS}


def test_every_reader_is_of_a_dialect_that_there_is() -> None:
    known = {entry.name for entry in DIALECTS}

    assert {reader.name for reader in READERS} <= known
    assert reader_for("no-such-dialect") is None


def test_what_a_combiner_can_get_wrong_is_set_off_by_some_shape() -> None:
    families = ("role", "content", "reasoning", "tools", "finish", "choices", "identity", "extras", "usage")
    dialects = {reader.name for reader in READERS}
    wanted = {
        entry.slug
        for entry in RULES
        if entry.family in families
        and not entry.seen
        and (not entry.dialects or dialects & set(entry.dialects))
        and not entry.slug.startswith(ACROSS)
    }

    assert wanted - {slug for tag in TAGS for slug in tag.rules} - NO_SHAPE == set()


@pytest.mark.parametrize("reader", READERS, ids=lambda reader: reader.name)
@settings(max_examples=150, deadline=None)
@given(chunks=st.lists(st.dictionaries(words, values, max_size=5), max_size=4))
def test_whatever_a_chunk_contains_it_can_be_looked_at(reader: Reader, chunks: list[dict[str, Any]]) -> None:
    entry = dialect(reader.name)
    tagger = Tagger(reader, entry.usage)

    for number, (payload, sighted) in enumerate(zip(chunks, entry.sightings(iter(chunks)), strict=True)):
        tagger.add(payload, b"{}", number + 1, sighted)

    tagger.end(Response(), complete=False, done=False)


def test_the_page_in_docs_is_up_to_date() -> None:
    written = (ROOT / "docs" / "trigger-shapes.md").read_text("utf-8")

    assert written == page(), "run: python -m stream_audit.tags > docs/trigger-shapes.md"


@pytest.mark.slow
def test_the_documented_command_prints_the_page() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stream_audit.tags"], cwd=ROOT, capture_output=True, check=True
    )

    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == page()
