"""Bodies are unpacked as their headers say, as far as they go; what is unpacked already stays as it is."""

from __future__ import annotations

import builtins
import gzip
import random
import sys
import zlib
from base64 import b64encode
from collections.abc import Callable
from typing import Any

import brotli
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.recordings.containers import bodies
from stream_audit.recordings.containers.base64_text import unpacked
from stream_audit.recordings.containers.interaction import Interaction
from stream_audit.recordings.opening import Broken, until_broken
from tests.recordings.containers.made import STREAM
from tests.recordings.framings import aws

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd


def bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return packer.compress(data) + packer.flush()


PACKED: dict[str, tuple[str, Callable[[bytes], Any]]] = {
    "gzip": ("gzip", gzip.compress),
    "x-gzip": ("x-gzip", gzip.compress),
    "gzip in capitals": ("GZip", gzip.compress),
    "deflate": ("deflate", zlib.compress),
    "bare deflate": ("deflate", bare),
    "zstd": ("zstd", zstd.compress),
    "br": ("br", lambda data: brotli.compress(data, quality=3)),
    "two": ("deflate, gzip", lambda data: gzip.compress(zlib.compress(data))),
    "identity": ("identity", bytes),
    "none": ("", bytes),
    "gzip that no header names": ("", gzip.compress),
}


def body(data: bytes, coding: str = "", **headers: str) -> tuple[bytes, list[str]]:
    """What a body unpacks to, and what is wrong with it."""
    named = {"content-encoding": coding} | {name.replace("_", "-"): value for name, value in headers.items()}
    interaction = Interaction(number=1, line=1, last_line=1, headers=named, body=data)
    faults: list[Broken] = []
    return b"".join(until_broken(bodies.unpacked_body(interaction), faults)), [one.message for one in faults]


@pytest.mark.parametrize("name", PACKED)
def test_a_body_is_unpacked(name: str) -> None:
    coding, pack = PACKED[name]
    for data in (STREAM, STREAM * 9_000, aws.chunk({"a": 1}), b""):
        assert body(bytes(pack(data)), coding) == (data, [])


@pytest.mark.parametrize("coding", ["gzip", "deflate", "zstd", "br", "gzip, br"])
@pytest.mark.parametrize(
    "data", [STREAM, b": ping\n\n" + STREAM, b'{"a": 1}\n', b'[\n{"a": 1}]', aws.chunk({"a": 1})]
)
def test_what_is_unpacked_already_stays_as_it_is(coding: str, data: bytes) -> None:
    assert body(data, coding) == (data, [])


@pytest.mark.parametrize(
    "name", [name for name, (coding, _) in PACKED.items() if coding not in ("", "identity")]
)
def test_a_body_that_is_cut_off_is_read_as_far_as_it_goes(name: str) -> None:
    coding, pack = PACKED[name]
    noise = random.Random(1)
    data = b"".join(b"data: {%d}\n\n" % noise.getrandbits(64) for _ in range(60_000))
    read, faults = body(bytes(pack(data))[:-2_000], coding)
    assert len(faults) == 1
    assert data.startswith(read)
    assert len(read) > len(data) // 2


@pytest.mark.parametrize("name", ["gzip", "deflate", "br"])
def test_a_body_that_is_damaged_is_said(name: str) -> None:
    coding, pack = PACKED[name]
    packed = bytearray(pack(STREAM * 50))
    packed[len(packed) // 2 : len(packed) // 2 + 9] = b"\xff" * 9
    _, faults = body(bytes(packed), coding)
    assert len(faults) == 1


def test_a_coding_that_nobody_knows_is_said() -> None:
    assert body(STREAM, "compress") == (b"", ["its content-encoding 'compress' is not known here"])


@pytest.mark.parametrize("missing", ["not installed", "too old"])
def test_brotli_without_a_library_is_said(missing: str, monkeypatch: pytest.MonkeyPatch) -> None:
    class Old:
        """A decompressor that cannot be told to stop."""

    for name in bodies._BROTLI:
        module = None if missing == "not installed" else type("Module", (), {"Decompressor": Old})
        monkeypatch.setitem(sys.modules, name, module)
    read, (fault,) = body(brotli.compress(STREAM), "br")
    assert read == b""
    assert "install brotli 1.2 or newer" in fault


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_that_unpacks_to_too_much_ends_there(coding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "_LARGEST", 1024 * 1024)
    _, pack = PACKED[coding]
    read, (fault,) = body(bytes(pack(b" " * 50_000_000)), coding)
    assert len(read) <= 1024 * 1024
    assert "unpacks to more than 1 MiB" in fault


@settings(max_examples=50, deadline=None)
@given(data=st.binary(max_size=200), size=st.integers(1, 90), note=st.sampled_from([b"", b";a=b"]))
def test_a_chunked_body_is_put_together(data: bytes, size: int, note: bytes) -> None:
    pieces = [data[at : at + size] for at in range(0, len(data), size)]
    sent = b"".join(b"%x%b\r\n%b\r\n" % (len(piece), note, piece) for piece in pieces) + b"0\r\n\r\n"
    if not data.startswith((b"\x1f\x8b", b"\x28\xb5")):
        assert body(sent, transfer_encoding="chunked") == (data, [])


@pytest.mark.parametrize(
    ("sent", "read", "fault"),
    [
        (b"2\r\nab\r\n0\r\nTrailer: x\r\n\r\n", b"ab", ""),
        (b"2\r\nab\r\n0\r\n\r\nmore", b"ab", "stands behind the last piece"),
        (b"2\r\nab\r\n0\r\n2\r\ncd\r\n0\r\n\r\n", b"ab", "stands behind the last piece"),
        (b"2\r\nab\r\n", b"ab", "ends before its last piece"),
        (b"2\r\nab\r\n9\r\ncd", b"abcd", "ends before its last piece"),
        (b"2\r\nab\r\n0\r\n\r\n\n", b"ab", ""),
        (b"2\r\nab\r\n0\r\n\r", b"ab", ""),
        (b"2\r\nab\r\n0", b"ab", "ends before its last piece"),
        (b"2\r\nab\r\n2\r\ncd\r", b"abcd", "ends before its last piece"),
        (b"2\r\nab\r\n1\r\ncd\r\n0\r\n\r\n", b"ab", "not as long as it says"),
        (b"2\r\nab\r\nx\r\ncd\r\n0\r\n\r\n", b"ab", "not as long as it says"),
    ],
)
def test_what_is_lost_of_a_chunked_body_is_said(sent: bytes, read: bytes, fault: str) -> None:
    found, faults = body(sent, transfer_encoding="chunked")
    assert found == read
    assert [fault in one for one in faults] == [True] * bool(fault)


def test_what_stands_behind_a_compressed_body_is_said() -> None:
    for more in (b"more", zlib.compress(STREAM)):
        read, (fault,) = body(zlib.compress(STREAM) + more, "deflate")
        assert read == STREAM
        assert "stands behind its deflate compression" in fault


@pytest.mark.parametrize("data", [STREAM, b"5\r\nab", b"2\r\nabcd\r\n", b"zz\r\n"])
def test_a_body_that_is_not_chunked_any_more_stays_as_it_is(data: bytes) -> None:
    assert body(data, transfer_encoding="chunked")[0] in (data, data[3:])


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=60), cut=st.integers(0, 90), width=st.integers(1, 30))
def test_base64_is_read_as_far_as_it_goes(data: bytes, cut: int, width: int) -> None:
    text = b64encode(data).decode()
    lines = "\n".join(text[at : at + width] for at in range(0, len(text), width))
    assert unpacked(lines) == (data, None)
    read, complaint = unpacked(text[:cut])
    assert data.startswith(read)
    assert (complaint is None) == (len(read) == len(data) or cut % 4 == 0 or read == data)


@pytest.mark.parametrize(
    ("text", "read"), [("aGk=", b"hi"), ("aGk", b""), ("aGkaéGk=", b"hi\x1a"), ("a===", b""), ("aGk==", b"")]
)
def test_base64_that_is_none_is_said(text: str, read: bytes) -> None:
    data, complaint = unpacked(text)
    assert data == read
    assert (complaint is None) == (text == "aGk=")


def test_no_module_is_imported_that_is_not_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, *rest: Any) -> Any:
        assert "brotli" not in name
        return real(name, *rest)

    real = builtins.__import__
    monkeypatch.setattr(builtins, "__import__", refuse)
    assert body(STREAM, "br") == (STREAM, [])
