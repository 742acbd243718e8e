"""What is said of a file that is no text."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from stream_audit.model import Problem
from tests.recordings.doubles import answer, events, jsonl, payloads, sse

ROWS = answer("a", "x")
TEXT = jsonl(ROWS)


def zipped() -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("a.jsonl", TEXT)
    return held.getvalue()


def tarred() -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w:gz") as archive:
        entry = tarfile.TarInfo("a.jsonl")
        entry.size = len(TEXT)
        archive.addfile(entry, io.BytesIO(TEXT))
    return held.getvalue()


FILES = {
    "zip": (zipped(), "binary, not text: a zip archive, which has to be unpacked"),
    "tgz": (tarred(), "binary, not text: a tar archive, which has to be unpacked"),
    "gzip in gzip": (
        gzip.compress(gzip.compress(TEXT)),
        "binary, not text: gzip within a compression, which has to be unpacked once",
    ),
    "a picture": (b"\x89PNG\r\n\x1a\n\0\0\0", "binary, not text: a picture"),
    "anything": (b"\x01\0\x02\0", "binary, not text"),
    "UTF-16": (TEXT.decode().encode("utf-16"), "UTF-16, not UTF-8; iconv -f UTF-16 -t UTF-8 makes it that"),
    "UTF-16 without a mark": (
        sse(ROWS).decode().encode("utf-16-be"),
        "UTF-16, not UTF-8; iconv -f UTF-16BE -t UTF-8 makes it that",
    ),
}


@pytest.mark.parametrize(("content", "message"), FILES.values(), ids=FILES)
def test_a_file_that_is_no_text_is_called_by_what_it_is(tmp_path: Path, content: bytes, message: str) -> None:
    (problem,) = events(tmp_path, content)

    assert isinstance(problem, Problem)
    assert (problem.rule, problem.message) == ("source-not-text", message)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_the_remedy_for_utf_16_is_one(tmp_path: Path, encoding: str) -> None:
    content = TEXT.decode().encode(encoding)
    (problem,) = events(tmp_path, content)
    assert isinstance(problem, Problem)

    named = problem.message.split("iconv -f ")[1].split()[0]
    remedied = content.decode(named).encode()

    assert list(payloads(events(tmp_path, remedied)).values()) == [ROWS]
