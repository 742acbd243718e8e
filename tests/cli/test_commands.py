from __future__ import annotations

import json
import re

import pytest

from stream_audit import candidates, dialects, rules, suspects
from stream_audit.cli import main
from stream_audit.cli.explain import explain
from stream_audit.cli.prose import folded, unmarked
from stream_audit.cli.reference import commands
from stream_audit.reports.schema import schema


def said(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(words) == 0
    return capsys.readouterr().out


def test_every_rule_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = said(capsys, "rules")

    assert [entry.slug for entry in rules.RULES if f"  {entry.slug}  (" not in listed] == []


def test_every_rule_can_be_explained(capsys: pytest.CaptureFixture[str]) -> None:
    for entry in rules.RULES:
        assert explain(entry.slug) == 0
        text = capsys.readouterr().out
        assert unmarked(entry.title) in " ".join(text.split())


def test_every_suspect_can_be_explained_by_either_name(capsys: pytest.CaptureFixture[str]) -> None:
    for entry in suspects.SUSPECTS:
        explain(f"suspect:{entry.name}")
        text = capsys.readouterr().out
        assert entry.failure in text
        assert f"--candidate suspect:{entry.name}" in text
        explain(entry.name)
        assert text in capsys.readouterr().out


def test_candidates_that_come_along_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = said(capsys, "candidates")

    assert all(f"  {adapter.name}  (" in listed for adapter in candidates.ADAPTERS)
    assert all(f"  suspect:{entry.name}  ({entry.failure})" in listed for entry in suspects.SUSPECTS)


def test_an_adapter_whose_library_is_missing_says_what_it_gets(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert "openai  (not installed: gets an environment of its own)" in said(capsys, "candidates")


READ_RECORDINGS = ("replay", "lint", "usage", "reconcile", "snapshot", "diff")


def test_an_option_of_several_commands_is_written_and_repeated_alike() -> None:
    every = commands()
    alike: dict[str, set[tuple[object, ...]]] = {}
    for name in READ_RECORDINGS:
        for one in every[name].params:
            if one.param_type_name == "option":
                alike.setdefault(one.name, set()).add((*one.opts, str(one.default), one.multiple))

    assert len(alike) > 30
    assert {name: found for name, found in alike.items() if len(found) > 1} == {}


def test_dialects_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "dialects").splitlines()
    names = [line.split(" ")[0] for line in lines if not line.startswith(" ")]

    assert names == [entry.name for entry in dialects.DIALECTS]


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(said(capsys, "schema")) == schema()


@pytest.mark.parametrize("columns", [50, 80, 120])
def test_lists_fit_the_terminal_but_for_words_that_must_stay_whole(
    columns: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    text = said(capsys, "rules") + said(capsys, "candidates") + said(capsys, "dialects")

    wide = [line for line in text.splitlines() if len(line) > columns]
    assert [line for line in wide if not re.fullmatch(r"  \S+  \(\S+\)", line)] == []


def test_nothing_that_is_printed_has_marks_of_markup(capsys: pytest.CaptureFixture[str]) -> None:
    texts = [said(capsys, word) for word in ("rules", "candidates", "dialects")]
    for name in {entry.slug for entry in rules.RULES} | {entry.name for entry in suspects.SUSPECTS}:
        explain(name)
    texts.append(capsys.readouterr().out)

    assert ["``" in text for text in texts] == [False] * 4


def test_every_rule_is_listed_and_speaks_of_dialects_that_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    listed = said(capsys, "rules")

    assert [entry.slug for entry in rules.RULES if f"\n  {entry.slug}  (" not in listed] == []
    assert f"{len(rules.RULES)} rules." in listed
    known = {entry.name for entry in dialects.DIALECTS}
    assert [entry.slug for entry in rules.RULES if not known.issuperset(entry.dialects)] == []


def test_the_textbook_is_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert "\ntextbook\n" in said(capsys, "candidates")


@pytest.mark.parametrize(
    ("name", "is_"),
    [
        ("textbook", "is a bundled candidate, the plain fold"),
        *((adapter.name, "is a bundled candidate") for adapter in candidates.ADAPTERS),
        *((entry.name, f"is a dialect (--dialect {entry.name})") for entry in dialects.DIALECTS),
    ],
)
def test_what_is_no_rule_is_explained_in_a_sentence(
    name: str, is_: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert f"{name} {is_}" in " ".join(said(capsys, "explain", name).split())


def test_a_name_of_both_is_explained_under_two_headings(capsys: pytest.CaptureFixture[str]) -> None:
    lines = said(capsys, "explain", "usage-cumulative-summed").splitlines()
    headings = [line.partition("  (")[0] for line in lines if line[:1].isalpha() and "  (" in line]

    assert headings == ["rule usage-cumulative-summed", "suspect usage-cumulative-summed"]


def test_folding_keeps_line_breaks_and_hangs_under_the_lead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")

    assert list(folded("one two three\n\n``four``", lead="  why   ")) == [
        "  why   one two",
        "        three",
        "",
        "        four",
    ]
