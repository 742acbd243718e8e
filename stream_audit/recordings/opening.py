"""From a path to blocks of plain bytes: standard input, gzip and Zstandard, told by their first bytes."""

from __future__ import annotations

import os
import stat
import sys
import zlib
from collections.abc import Iterable, Iterator
from typing import IO, Any

from stream_audit.model import Progress
from stream_audit.recordings.head import without_head
from stream_audit.recordings.source import STDIN

__all__ = ["BLOCK", "Broken", "blocks", "decompressed", "until_broken"]

BLOCK = 256 * 1024
"""Bytes read at a time. Measured: larger ones leave the processor's cache, smaller ones cost calls."""

_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_WRAP_GZIP = 16 + zlib.MAX_WBITS


class Broken(Exception):
    """Reading stopped early; every byte before was handed over. Never leaves this room."""

    def __init__(self, rule: str, message: str) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message


def blocks(path: str, size: int, progress: Progress | None) -> Iterator[bytes]:
    """Yield the decompressed bytes of a file in blocks of about ``size``, without the head of an HTTP answer.

    Args:
        path: A file, or ``-`` for standard input.
        size: Bytes to read at a time; an output block is never much larger.
        progress: Called with the number of bytes taken from the file, compressed as they are.

    Raises:
        Broken: The file cannot be opened or read, or its compression ends early or is damaged.
    """
    try:
        if path == STDIN:
            yield from without_head(decompressed(_raw(sys.stdin.buffer, size, progress), size))
            return
        with open(path, "rb", buffering=0) as file:
            status = os.fstat(file.fileno())
            if stat.S_ISDIR(status.st_mode):
                raise Broken("source-unreadable", "is a folder, not a file")
            at_once = size
            if stat.S_ISREG(status.st_mode):
                at_once = min(size, status.st_size + 1)  # A small file needs no large buffer.
            yield from without_head(decompressed(_raw(file, at_once, progress), size))
    except OSError as error:
        raise Broken("source-unreadable", _reason(error)) from error


def until_broken(stream: Iterable[bytes], faults: list[Broken]) -> Iterator[bytes]:
    """Note why reading stopped early instead of raising, so that the last line before it is still seen."""
    try:
        yield from stream
    except Broken as broken:
        faults.append(broken)


def _reason(error: OSError) -> str:
    if isinstance(error, IsADirectoryError):
        return "is a folder, not a file"
    return f"cannot be read: {(error.strerror or str(error)).lower()}"


def _raw(file: IO[bytes] | Any, size: int, progress: Progress | None) -> Iterator[bytes]:
    while data := file.read(size):
        if progress is not None:
            progress(len(data))
        yield data


def decompressed(raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Look at the first bytes (which may come one at a time) and decompress accordingly."""
    start = b""
    for data in raw:
        start += data
        if len(start) >= len(_ZSTD):
            break
    if start.startswith(_GZIP):
        yield from _gunzip(start, raw, size)
    elif start.startswith(_ZSTD):
        yield from _unzstd(start, raw, size)
    elif start:
        yield start
        yield from raw


def _gunzip(data: bytes, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Decompress every member of a gzip file; zero bytes behind the last one are padding."""
    decoder = before = zlib.decompressobj(_WRAP_GZIP)
    between = False  # Between two members, or behind the last one.
    while data:
        if between:
            data = data.lstrip(b"\0")
        try:
            pending = False
            while data or pending:
                between, before = False, decoder.copy()
                plain = decoder.decompress(data, size)
                if plain:
                    yield plain
                data = decoder.unconsumed_tail
                pending = len(plain) == size
                if decoder.eof:
                    data = decoder.unused_data.lstrip(b"\0")
                    decoder, between, pending = zlib.decompressobj(_WRAP_GZIP), True, False
        except zlib.error as error:
            yield from _until_fault(before, data)
            raise Broken("compression-broken", f"its gzip compression is damaged ({error})") from error
        data = next(raw, b"")
    if not between:
        raise Broken("compression-truncated", "its gzip compression ends early; what came before was read")


def _until_fault(decoder: Any, data: bytes) -> Iterator[bytes]:
    """What a call that failed had decompressed before the damage: the same again in small steps."""
    for at in range(0, len(data), 64):
        try:
            plain = decoder.decompress(data[at : at + 64])
        except zlib.error:
            return
        if plain:
            yield plain


def _unzstd(data: bytes, raw: Iterator[bytes], size: int) -> Iterator[bytes]:
    """Decompress every frame of a Zstandard file."""
    zstd = _zstd()
    decoder = zstd.ZstdDecompressor()
    touched = False
    while True:
        try:
            while data:
                plain = decoder.decompress(data, size)
                touched = True
                if plain:
                    yield plain
                data = b""
                while not decoder.eof and not decoder.needs_input:
                    yield decoder.decompress(b"", size)
                if decoder.eof:
                    data = decoder.unused_data
                    decoder, touched = zstd.ZstdDecompressor(), False
        except zstd.ZstdError as error:
            raise Broken("compression-broken", f"its Zstandard compression is damaged ({error})") from error
        data = next(raw, b"")
        if not data:
            break
    if touched:
        message = "its Zstandard compression ends early; its whole blocks before that were read"
        raise Broken("compression-truncated", message)


def _zstd() -> Any:
    """The standard library's module from Python 3.14 on, its backport before."""
    if sys.version_info >= (3, 14):
        from compression import zstd
    else:
        from backports import zstd
    return zstd
