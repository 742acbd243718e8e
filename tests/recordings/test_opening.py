from __future__ import annotations

import gzip
import random
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Batch
from stream_audit.recordings import opening
from stream_audit.recordings.opening import Broken, blocks
from tests.recordings.doubles import answer, ends, events, jsonl, payloads, problems

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

ROWS = [row for name in "abcdef" for row in answer(name, *(f"text {number}" for number in range(60)))]
PLAIN = jsonl(ROWS)
HALVES = PLAIN[: len(PLAIN) // 2], PLAIN[len(PLAIN) // 2 :]
PACKED = {
    "gzip": gzip.compress(PLAIN),
    "gzip members": b"".join(map(gzip.compress, HALVES)),
    "gzip padded": gzip.compress(PLAIN) + b"\0" * 100,
    "zstd": bytes(zstd.compress(PLAIN)),
    "zstd frames": b"".join(bytes(zstd.compress(half)) for half in HALVES),
}


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("block", [1, 100, 1 << 18])
def test_compression_is_told_by_content_and_every_part_is_read(tmp_path: Path, kind: str, block: int) -> None:
    found = events(tmp_path, PACKED[kind], name="plain.txt", block=block)
    assert problems(found) == []
    assert [row for rows in payloads(found).values() for row in rows] == ROWS


@pytest.mark.parametrize("kind", PACKED)
@pytest.mark.parametrize("lost", [1, 5, 30])
def test_a_compressed_file_that_ends_early_keeps_what_came_before(
    tmp_path: Path, kind: str, lost: int
) -> None:
    packed = PACKED[kind].rstrip(b"\0")
    found = events(tmp_path, packed[:-lost])
    assert "compression-truncated" in [rule for rule, _ in problems(found)]
    if kind != "zstd":  # A frame this small is a single block: all of it or nothing.
        assert ends(found)[-1].damaged


def test_the_whole_blocks_of_a_truncated_frame_are_read(tmp_path: Path) -> None:
    noise = random.Random(1)
    rows = answer("a", *(f"{noise.getrandbits(2000):x}" for _ in range(1000)))
    found = events(tmp_path, bytes(zstd.compress(jsonl(rows)))[:-1000])
    assert [rule for rule, _ in problems(found)][-1] == "compression-truncated"
    (recording,) = ends(found)
    assert 500 < recording.chunks < len(rows)
    assert recording.damaged


def test_a_header_alone_is_truncated_not_empty(tmp_path: Path) -> None:
    for packed in (PACKED["gzip"][:9], PACKED["zstd"][:5], PACKED["gzip"] + PACKED["gzip"][:9]):
        assert "compression-truncated" in [rule for rule, _ in problems(events(tmp_path, packed))]


@pytest.mark.parametrize("kind", PACKED)
def test_damaged_compression_is_a_problem(tmp_path: Path, kind: str) -> None:
    checked: dict[int, int] = {zstd.CompressionParameter.checksum_flag: 1}
    packed = bytearray(zstd.compress(PLAIN, options=checked) if kind == "zstd" else PACKED[kind])
    middle = len(packed) // 3
    packed[middle : middle + 40] = b"\xff" * 40
    found = events(tmp_path, bytes(packed))
    assert {rule for rule, _ in problems(found)} & {"compression-broken", "compression-truncated"}


def test_what_stands_before_the_damage_of_a_gzip_file_is_read(tmp_path: Path) -> None:
    noise = random.Random(1)
    rows = answer("a", *(f"{noise.getrandbits(2000):x}" for _ in range(1000)))
    packed = bytearray(gzip.compress(jsonl(rows)))
    middle = len(packed) // 2
    packed[middle : middle + 400] = b"\xff" * 400

    found = events(tmp_path, bytes(packed))

    assert "compression-broken" in {rule for rule, _ in problems(found)}
    (recording, *_) = ends(found)
    assert recording.chunks > 400


def test_a_small_file_that_unpacks_to_much_is_read_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "bomb"
    for packed in (gzip.compress(b" " * 5_000_000), bytes(zstd.compress(b" " * 5_000_000))):
        path.write_bytes(packed)
        assert max(map(len, blocks(str(path), 4096, None))) <= 2 * 131_072
        assert sum(map(len, blocks(str(path), 4096, None))) == 5_000_000


@settings(max_examples=30, deadline=None)
@given(parts=st.lists(st.binary(max_size=300), min_size=1, max_size=4), size=st.integers(1, 64))
def test_unpacking_gives_back_what_was_packed(parts: list[bytes], size: int) -> None:
    for pack in (gzip.compress, zstd.compress):
        packed = b"".join(bytes(pack(part)) for part in parts)

        def raw(packed: bytes = packed) -> Iterator[bytes]:
            for start in range(0, len(packed), size):
                yield packed[start : start + size]

        assert b"".join(opening.decompressed(raw(), size)) == b"".join(parts)


def test_an_error_while_reading_says_so(tmp_path: Path) -> None:
    with pytest.raises(Broken, match="cannot be read: no such file"):
        list(blocks(str(tmp_path / "gone"), 10, None))


def test_lines_before_the_break_are_delivered(tmp_path: Path) -> None:
    found = events(tmp_path, PACKED["gzip"][:-8])
    rows = sum(len(event.items) for event in found if isinstance(event, Batch))
    assert rows == len(ROWS)
