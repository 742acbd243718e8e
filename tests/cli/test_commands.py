from __future__ import annotations

import json

import pytest

from stream_audit import candidates, dialects, rules, suspects
from stream_audit.cli import main
from stream_audit.cli.explain import explain
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
        assert entry.title in text
        assert max(map(len, text.splitlines())) <= 130


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


def test_an_adapter_whose_library_is_missing_says_how_to_get_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    assert "openai  (not installed: pip install 'stream-audit[openai]')" in said(capsys, "candidates")


def test_dialects_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    names = [line.split(" ")[0] for line in said(capsys, "dialects").splitlines()]

    assert names == [entry.name for entry in dialects.DIALECTS]


def test_the_schema_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert json.loads(said(capsys, "schema")) == schema()
