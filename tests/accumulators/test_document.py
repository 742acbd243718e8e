"""The page about accumulators shows what the program does."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from stream_audit.accumulators import ACCUMULATORS
from stream_audit.cli import main
from tests.runs import ROOT, audit

PAGE = (ROOT / "docs" / "accumulators.md").read_text("utf-8")


def block(marker: str) -> str:
    """The fenced block behind an HTML comment of the page."""
    found = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```", PAGE, re.DOTALL)
    assert found
    return found[1]


def cells(folder: Path, marker: str, *counts: str) -> dict[str, list[str]]:
    """What the table says of one of the two streams, by accumulator."""
    recording = folder / f"{marker}.jsonl"
    recording.write_text(block(marker), "utf-8")
    kept = audit(recording, accumulators=tuple(policy.name for policy in ACCUMULATORS))
    said = {}
    for result in kept.audited[0].candidates:
        usage = result.response.usage if result.response is not None else None
        nothing = {"unavailable": "not run", "refused": "refused"}.get(result.status, "none")
        values = [getattr(usage, name) if usage is not None else None for name in counts]
        said[result.name.removeprefix("accumulator:")] = [
            nothing if value is None else str(value) for value in values
        ]
    return said


def test_the_table_of_the_page_is_what_the_accumulators_give(tmp_path: Path) -> None:
    chat = cells(tmp_path, "chat", "input_tokens", "output_tokens", "cache_read_tokens")
    writer = cells(tmp_path, "writer", "output_tokens")

    rows = [row.strip("| ").split("|") for row in PAGE.splitlines() if row.startswith("| ")]
    shown = {row[0].strip(): [cell.strip() for cell in (*row[1:], "", "")[:5]] for row in rows[2:]}
    assert shown == {
        policy.name: [*chat[policy.name], *writer[policy.name], ", ".join(policy.reference_of)]
        for policy in ACCUMULATORS
    }


def test_the_trail_of_the_page_is_what_the_command_prints(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(ROOT)
    for name in ("CI", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    command, _, shown = block("trail").partition("\n")

    main([*shlex.split(command)[2:], "--width", "100"])

    printed = capsys.readouterr().out
    assert shown == printed[printed.index("usage: ") : printed.index("\n\ntotals")] + "\n"


def test_the_code_of_the_page_is_an_accumulator(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "mine.py").write_text(code, "utf-8")
    recording = tmp_path / "chat.jsonl"
    recording.write_text(block("chat"), "utf-8")

    kept = audit(recording, accumulators=(f"mine={tmp_path / 'mine.py'}:fold",))

    assert [(finding.field, finding.got) for finding in kept.about_candidates()] == [
        ("usage.output_tokens", 15)
    ]
