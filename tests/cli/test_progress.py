from __future__ import annotations

import pytest

from stream_audit.cli import progress
from stream_audit.cli.progress import Bar


def test_a_short_run_shows_no_bar(capsys: pytest.CaptureFixture[str]) -> None:
    with Bar(shown=True) as bar:
        bar.sized(100)
        bar.read(100)

    assert capsys.readouterr().err == ""


def test_a_long_run_shows_one_on_stderr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    monkeypatch.setenv("FORCE_COLOR", "1")
    with Bar(shown=True) as bar:
        bar.sized(2_000_000)
        bar.read(1_000_000)
    captured = capsys.readouterr()

    assert "auditing" in captured.err
    assert captured.out == ""


def test_a_bar_that_is_not_wanted_never_appears(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(progress, "_PATIENCE", 0.0)
    with Bar(shown=False) as bar:
        bar.read(1_000_000)

    assert capsys.readouterr().err == ""
