"""What stands between recordings and cannot be read is counted, and fails a run that wants everything."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from stream_audit.cli import main
from tests.recordings.doubles import answer


@pytest.fixture(autouse=True)
def not_strict(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


WHOLE = "".join(f"data: {json.dumps(chunk)}\n\n" for chunk in answer("a", "Hi")) + "data: [DONE]\n\n"
ENVELOPES = "".join(
    json.dumps({"stream": name, "chunk": chunk}) + "\n" for name in ("s", "t") for chunk in answer(name, "Hi")
)


def entry(number: int, content: Mapping[str, Any]) -> dict[str, Any]:
    request = {"method": "POST", "url": f"https://api.example/{number}", "postData": {"text": "{}"}}
    kept = {"mimeType": "text/event-stream", **content}
    return {"request": request, "response": {"status": 200, "content": kept}}


def archive(*contents: Mapping[str, Any]) -> str:
    entries = [entry(number, content) for number, content in enumerate(contents)]
    return json.dumps({"log": {"version": "1.2", "entries": entries}}, indent=1)


def cut_off() -> str:
    text = archive({"text": WHOLE}, {"text": WHOLE})
    return text[: text.rindex("DONE")]


LOSSES: dict[str, tuple[str, str]] = {
    "a line behind the end": ("r.sse", WHOLE + 'data: {"id": \n\n'),
    "an envelope among others": ("r.jsonl", ENVELOPES + '{"at": 1}\n'),
    "an interaction that is cut off": ("r.har", cut_off()),
    "a body that was not kept": ("r.har", archive({"text": WHOLE}, {})),
    "a body that is empty": ("r.har", archive({"text": WHOLE}, {"text": ""})),
    "a body without a chunk": ("r.har", archive({"text": WHOLE}, {"text": "data: [DONE]\n\n"})),
}


@pytest.mark.parametrize("name", LOSSES)
@pytest.mark.parametrize(
    "command",
    [("replay", "--candidate", "suspect:textbook"), ("lint", "--fail-on", "never"), ("usage",)],
    ids=lambda command: command[0],
)
def test_what_is_lost_between_recordings_fails_a_strict_run_and_is_said_in_any(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, command: tuple[str, ...]
) -> None:
    file, text = LOSSES[name]
    (tmp_path / file).write_text(text, "utf-8")
    words = [command[0], str(tmp_path / file), *command[1:]]

    assert main(words) == 0
    assert "1 unreadable" in capsys.readouterr().out
    assert main([*words, "--strict"]) == 3
    assert "not everything was" in " ".join(capsys.readouterr().out.split())


def test_remarks_about_a_file_lose_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "r.har").write_text(archive({"text": WHOLE}, {"mimeType": "application/json", "text": "{}"}))

    assert main(["lint", str(tmp_path), "--strict"]) == 0
    out = capsys.readouterr().out
    assert "interactions-not-streamed" in out
    assert "0 unreadable" in out


@pytest.mark.parametrize("text", ["data: [DONE]\n\n", ": ping\n\n: ping\n\n", "event: ping\ndata:\n\n"])
def test_a_stream_of_nothing_but_markers_and_comments_is_a_finding(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    (tmp_path / "none.sse").write_text(text)
    (tmp_path / "whole.sse").write_text(WHOLE)

    assert main(["lint", str(tmp_path)]) == 1
    assert "no chunk, only comments or end markers" in " ".join(capsys.readouterr().out.split())


def test_a_stream_that_was_asked_for_and_not_sent_is_told_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = json.loads(archive({"text": WHOLE}, *[{"mimeType": "application/json", "text": "{}"}] * 3))
    for number, body in ((1, '{"stream": true}'), (2, '{"stream": false}')):
        told["log"]["entries"][number]["request"]["postData"]["text"] = body
    (tmp_path / "r.har").write_text(json.dumps(told))

    assert main(["lint", str(tmp_path)]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "3 of 4 interactions hold no stream, 1 of them though one was asked for" in said
    assert main(["usage", str(tmp_path)]) == 0
    assert "1 file holds answers that were not streamed" in capsys.readouterr().err
