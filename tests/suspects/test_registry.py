from __future__ import annotations

import re
from collections.abc import Iterable

import pytest

from stream_audit import suspects
from stream_audit.errors import UnknownName
from stream_audit.model import FIELDS
from stream_audit.suspects import SUSPECTS, TEXTBOOKS, Suspect, fold, suspect, suspects_for

KEBAB = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")


def names(some: Iterable[type[Suspect]]) -> list[str]:
    return [one.name for one in some]


def test_no_two_suspects_share_a_name() -> None:
    assert len(set(names(SUSPECTS))) == len(SUSPECTS)


def test_a_suspect_and_its_failure_have_kebab_case_names() -> None:
    called = [name for one in SUSPECTS for name in (one.name, one.failure)]
    assert [name for name in called if not KEBAB.fullmatch(name)] == []


def test_a_suspect_says_what_is_wrong() -> None:
    said = {None, "", *(textbook.__doc__ for textbook in TEXTBOOKS.values())}
    assert names(one for one in SUSPECTS if one.__doc__ in said) == []


@pytest.mark.parametrize(
    "dialect",
    [
        *("openai-chat", "cohere-v2", "bedrock-converse", "gemini", "ollama"),
        *("ai-sdk-ui", "claude-log", "codex-log"),
    ],
)
def test_a_suspect_says_how_such_code_looks(dialect: str) -> None:
    assert names(one for one in suspects_for(dialect) if "In the wild:" not in (one.__doc__ or "")) == []


def test_a_suspect_cites_public_reports_only() -> None:
    cited = [source for one in SUSPECTS for source in one.sources]
    assert [source for source in cited if not source.startswith("https://")] == []


def test_a_suspect_touches_known_fields() -> None:
    assert {field for one in SUSPECTS for field in one.touches} <= {*FIELDS, "usage"}


def test_a_suspect_names_dialects_that_have_a_textbook() -> None:
    assert names(one for one in SUSPECTS if not one.dialects) == []
    assert {dialect for one in SUSPECTS for dialect in one.dialects} <= set(TEXTBOOKS)


def test_kin_are_other_suspects_of_the_same_dialects() -> None:
    known = {dialect: {*names(suspects_for(dialect))} for dialect in TEXTBOOKS}
    for one in SUSPECTS:
        assert set(one.kin) <= set().union(*(known[dialect] for dialect in one.dialects)) - {one.name}, one


@pytest.mark.parametrize("dialect", TEXTBOOKS)
def test_a_suspect_stands_on_the_textbook_of_the_dialect_it_folds(dialect: str) -> None:
    assert all(issubclass(one, TEXTBOOKS[dialect]) for one in suspects_for(dialect))


def test_a_suspect_of_two_dialects_reads_the_text_where_the_dialect_has_it() -> None:
    chunk = {"choices": [{"index": 0, "text": "Tea", "finish_reason": None}]}

    folded = fold(suspect("finish-fabricated-stop", "openai-completions"), [chunk])

    assert folded.choices[0].message.content == "Tea"
    assert folded.choices[0].finish_reason == "stop"


@pytest.mark.parametrize(
    ("rarer", "other"),
    [
        ("role-not-defaulted", "role-last-wins"),
        ("role-not-defaulted", "role-null-overwrites"),
        ("usage-zero-when-absent", "usage-estimated"),
        ("content-stripped", "content-deltas-stripped"),
        ("finish-fabricated-stop", "finish-always-stop"),
    ],
)
def test_of_two_suspects_that_give_the_same_wrong_value_the_one_of_fewer_streams_stands_first(
    rarer: str, other: str
) -> None:
    assert names(SUSPECTS).index(rarer) < names(SUSPECTS).index(other)


def test_an_unknown_dialect_has_no_suspects() -> None:
    assert suspects_for("morse") == ()


def test_an_unknown_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UnknownName, match="role-last-wins"):
        suspect("role-last-win")


def test_a_suspect_of_another_dialect_is_unknown_here() -> None:
    with pytest.raises(UnknownName):
        suspect("role-last-wins", "openai-completions")


def test_every_exported_name_exists() -> None:
    assert all(hasattr(suspects, name) for name in suspects.__all__)
