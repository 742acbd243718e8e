"""The fold and the textbook of each session log, written apart, give one answer."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from stream_audit.dialects import dialect
from stream_audit.model import Payload, Policies, Response
from stream_audit.suspects import TEXTBOOKS, fold
from tests.strategies_session_logs import claude_lines, codex_lines, wild_claude_lines, wild_codex_lines
from tests.strategies_wild import nested
from tests.suspects.recorded import fixtures, payloads

MANY = settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
LOGS = ("claude-log", "codex-log")
FIXTURES = [(name, path) for name in LOGS for path in fixtures(name)]


def agree(name: str, items: list[Payload], size: int = 64) -> Response:
    running = dialect(name).fold(Policies())
    for start in range(0, len(items), size):
        running.add(copy.deepcopy(items[start : start + size]))
    found = running.finish(done=False).response
    assert found == fold(TEXTBOOKS[name], items)
    return found


@pytest.mark.parametrize(("name", "path"), FIXTURES, ids=lambda value: getattr(value, "stem", value))
def test_both_folds_agree_on_every_fixture(name: str, path: Path) -> None:
    agree(name, payloads(path))


@MANY
@given(items=claude_lines() | wild_claude_lines(), size=st.integers(1, 6))
@example(
    items=[
        {"message": {"id": "a", "usage": {"x": 1}}},
        {"message": {"id": "a", "usage": {"x": {"y": 2}}}},
        {"message": {"id": "a", "usage": {"x": "z"}}},
    ],
    size=1,
)
def test_both_folds_agree_on_lines_of_claude_code(items: list[Payload], size: int) -> None:
    agree("claude-log", items, size)


@MANY
@given(items=codex_lines() | wild_codex_lines(), size=st.integers(1, 6))
def test_both_folds_agree_on_lines_of_codex(items: list[Payload], size: int) -> None:
    agree("codex-log", items, size)


def reported(usage: Any) -> Payload:
    return {"message": {"id": "a", "usage": usage}}


def deep(levels: int, inside: Any) -> Any:
    for _ in range(levels):
        inside = {"in": inside}
    return inside


@pytest.mark.parametrize("levels", [15, 16, 17, 18])
def test_both_folds_agree_on_how_deep_usage_is_folded(levels: int) -> None:
    items = [reported(deep(levels, {"a": 3})), reported(deep(levels, {"a": 2, "b": 1}))]

    agree("claude-log", items)


def test_no_depth_of_usage_raises_in_either_fold() -> None:
    items = [reported(nested(20_000)), reported(nested(20_000))]

    running = dialect("claude-log").fold(Policies())
    running.add(items)

    assert running.finish(done=False).response.usage is not None
    assert fold(TEXTBOOKS["claude-log"], items).usage is not None
