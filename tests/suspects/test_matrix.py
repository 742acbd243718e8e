"""Every suspect of these dialects against every fixture: a fixture proves one bug and its kin."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from stream_audit.model import FIELDS, Response
from stream_audit.suspects import TEXTBOOKS, Folder, Suspect, fold, suspects_for
from tests.suspects.recorded import FIXTURES, fixtures, payloads

DIALECTS = (
    "openai-chat",
    "openai-completions",
    "openai-responses",
    "cohere-v2",
    "bedrock-converse",
    "gemini",
    "ollama",
    "claude-log",
    "codex-log",
    "ai-sdk-ui",
)


def firsts(dialect: str) -> list[type[Suspect]]:
    """The suspects that are written for a dialect, and declare their kin in it."""
    return [one for one in suspects_for(dialect) if dialect == one.dialects[0]]


def own(dialect: str, one: type[Suspect]) -> list[Path]:
    """The fixtures that a suspect was given its name for."""
    return [path for path in fixtures(dialect) if path.stem == one.name]


every_dialect = pytest.mark.parametrize("dialect", DIALECTS)


@cache
def observed(folder: type[Folder], path: Path) -> Response | str:
    """What a fold makes of a fixture; an exception is an answer too."""
    try:
        return fold(folder, payloads(path))
    except Exception as error:  # noqa: BLE001 - the bug of some suspects is that they die
        return repr(error)


@cache
def failing(dialect: str, path: Path) -> tuple[type[Suspect], ...]:
    """The suspects that differ from the textbook on a fixture."""
    right = observed(TEXTBOOKS[dialect], path)
    return tuple(one for one in suspects_for(dialect) if observed(one, path) != right)


@every_dialect
def test_a_suspect_has_a_fixture_of_its_name(dialect: str) -> None:
    assert [one.name for one in firsts(dialect) if not own(dialect, one)] == []


@every_dialect
def test_a_suspect_fails_the_fixture_of_its_name(dialect: str) -> None:
    pairs = [(one, path) for one in suspects_for(dialect) for path in own(dialect, one)]

    assert [one.name for one, path in pairs if one not in failing(dialect, path)] == []
    assert pairs


@every_dialect
def test_a_fixture_is_failed_by_its_namesake_and_the_kin_alone(dialect: str) -> None:
    for one in suspects_for(dialect):
        for path in own(dialect, one):
            failed = {other.name for other in failing(dialect, path) if not other.widespread}
            assert failed - {one.name} <= set(one.kin), path.stem


@every_dialect
def test_declared_kin_do_fail_the_fixture(dialect: str) -> None:
    for one in firsts(dialect):
        failed = {other.name for path in own(dialect, one) for other in failing(dialect, path)}
        assert set(one.kin) <= failed, one.name


@every_dialect
def test_a_widespread_suspect_fails_a_clean_recording_too(dialect: str) -> None:
    names = {other.name for other in suspects_for(dialect)}
    clean = [path for path in fixtures(dialect) if path.stem not in names]
    failed = {other.name for path in clean for other in failing(dialect, path)}

    assert {one.name for one in firsts(dialect) if one.widespread} <= failed


@every_dialect
def test_a_suspect_changes_nothing_but_what_it_touches(dialect: str) -> None:
    for path in fixtures(dialect):
        right = observed(TEXTBOOKS[dialect], path)
        assert isinstance(right, Response)
        for one in suspects_for(dialect):
            wrong = observed(one, path)
            if isinstance(wrong, Response):
                assert changed(right, wrong) <= touched(one), (one.name, path.stem)


def touched(one: type[Suspect]) -> set[str]:
    usage = {field for field in FIELDS if field.startswith("usage.")} if "usage" in one.touches else set()
    extra = {field for field in FIELDS if field.endswith(".extra")} if "extra" in one.touches else set()
    calls = {"tool_calls.extra"} if "tool_calls" in one.touches else set()
    return {*one.touches, *usage, *extra, *calls}


def changed(right: Response, wrong: Response) -> set[str]:
    """The members of FIELDS in which two responses differ."""
    counts = {name for name in FIELDS if unlike(right.usage, wrong.usage, name.removeprefix("usage."))}
    found = {name for name in FIELDS if name != "choices" and unlike(right, wrong, name)} | counts
    if [one.index for one in right.choices] != [one.index for one in wrong.choices]:
        return found | {"choices"}
    for choices in zip(right.choices, wrong.choices, strict=True):
        messages = [choice.message for choice in choices]
        for before, after in (choices, messages):
            found |= {
                name for name in FIELDS if name not in ("extra", "tool_calls") and unlike(before, after, name)
            }
            found |= {"choices.extra"} if unlike(before, after, "extra") else set()
        bare = [[replace(call, extra={}) for call in message.tool_calls] for message in messages]
        found |= {"tool_calls"} if bare[0] != bare[1] else set()
        extras = [[call.extra for call in message.tool_calls] for message in messages]
        found |= {"tool_calls.extra"} if extras[0] != extras[1] else set()
    return found


def unlike(right: object, wrong: object, name: str) -> bool:
    return bool(getattr(right, name, None) != getattr(wrong, name, None))


@every_dialect
def test_every_fixture_has_a_line_in_the_readme(dialect: str) -> None:
    readme = (FIXTURES / "README.md").read_text("utf-8")

    assert [path.stem for path in fixtures(dialect) if f"| `{path.stem}" not in readme] == []
