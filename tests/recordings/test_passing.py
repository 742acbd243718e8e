"""What is passed over in a folder: only what neither begins nor is named like a recording."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from stream_audit.recordings import Source, read
from tests.recordings.doubles import DOUBLES, answer, jsonl, problems, sse


def test_a_walked_file_that_is_no_recording_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "README.md"
    path.write_text("# Hello\n")
    assert problems(read(Source(str(path), explicit=False), DOUBLES)) == [("not-a-recording", 0)]
    assert problems(read(Source(str(path)), DOUBLES)) == [("line-not-json", 1)]
    path.write_bytes(jsonl(answer("a", "x")))
    assert problems(read(Source(str(path), explicit=False), DOUBLES)) == []


@pytest.mark.parametrize("name", ["a.sse", "a.SSE.gz", "b.jsonl.zst", "in.d/b.log"])
def test_what_is_named_like_a_recording_is_never_passed_over(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(gzip.compress(b"<html>502</html>\n") if name.endswith("gz") else b"<html>502</html>\n")
    assert problems(read(Source(str(path), explicit=False), DOUBLES)) == [("line-not-json", 1)]


def test_a_damaged_start_of_a_compressed_recording_is_said_in_a_folder_too(tmp_path: Path) -> None:
    path = tmp_path / "a.sse.gz"
    path.write_bytes(b"\0\0" + gzip.compress(sse(answer("a", "x")))[2:])
    assert problems(read(Source(str(path), explicit=False), DOUBLES)) == [("source-not-text", 0)]


@pytest.mark.parametrize("name", ["notes.txt.md", "a.jsonl.py", "log", "in.log/b"])
def test_an_ending_of_a_recording_within_a_name_is_none(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"# Hello\n")
    assert problems(read(Source(str(path), explicit=False), DOUBLES)) == [("not-a-recording", 0)]
