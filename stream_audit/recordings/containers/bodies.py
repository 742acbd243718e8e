"""The body of an answer as the application saw it: unchunked, uncompressed.

Headers say how it was sent; many recorders keep them and store the body
unpacked. So what is unpacked already is left as it is.
"""

from __future__ import annotations

import importlib
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import Any

from stream_audit.recordings.containers.interaction import Interaction
from stream_audit.recordings.framings import framing, text
from stream_audit.recordings.opening import BLOCK, Broken, decompressed

__all__ = ["unpacked_body"]

_LARGEST = 512 * 1024 * 1024
"""Bytes that a body may unpack to."""
_CHUNK = re.compile(rb"([0-9a-fA-F]{1,8})(?:;[^\r\n]*)?\r\n")
_TRAILERS = re.compile(rb"(?:[^\r\n:]+:[^\r\n]*\r\n)*\s*")
"""What may stand behind the last chunk: headers, a blank line, and what a recorder's own form adds."""
_LENGTH_CUT = re.compile(rb"[0-9a-fA-F]*\r?")
_WRONG_LENGTH = "a piece of its chunked body is not as long as it says"
_TEXT = re.compile(rb"\s*(?:\{\s*[\"}]|data:|event:|id:|retry:|:)")
_MAGIC = ("gzip", "x-gzip", "zstd")
"""Told by their first bytes."""
_BROTLI = ("brotli", "brotlicffi")


def unpacked_body(interaction: Interaction) -> Iterator[bytes]:
    """The body in blocks.

    Raises:
        Broken: It cannot be unpacked, or no further; every byte before was handed over.
    """
    data, fault = interaction.body or b"", ""
    if "chunked" in interaction.headers.get("transfer-encoding", "").lower():
        data, fault = _unchunked(data)
    blocks: Iterator[bytes] = (data[at : at + BLOCK] for at in range(0, len(data), BLOCK))
    encodings = interaction.headers.get("content-encoding", "").lower().split(",")
    blocks = _decoded(blocks, [name.strip() for name in encodings])
    size = 0
    for block in blocks:
        size += len(block)
        if size > _LARGEST:
            most = _LARGEST // 2**20
            raise Broken("body-not-decoded", f"it unpacks to more than {most} MiB; what came before was read")
        yield block
    if fault:
        raise Broken("body-not-decoded", fault)


def _decoded(blocks: Iterator[bytes], encodings: Sequence[str]) -> Iterator[bytes]:
    """Undo the encodings, the last first. First bytes that show a compression are believed in any case."""
    for name in reversed(encodings):
        if name == "deflate":
            blocks = _inflated(blocks)
        elif name == "br":
            blocks = _unbrotlied(blocks)
        elif name in _MAGIC:
            blocks = decompressed(blocks, BLOCK)
        elif name not in ("", "identity", "aws-chunked"):
            raise Broken("body-not-decoded", f"its content-encoding {name[:40]!r} is not known here")
    return blocks if set(encodings) & set(_MAGIC) else decompressed(blocks, BLOCK)


def _unchunked(data: bytes) -> tuple[bytes, str]:
    """What is left when the lengths between chunks are taken out, and what is wrong with them.

    A body that does not begin with one is as it was before it was cut up: recorders like to join them.
    """
    parts: list[bytes] = []
    at = 0
    while match := _CHUNK.match(data, at):
        start, size = match.end(), int(match[1], 16)
        if not size:
            ended = _TRAILERS.fullmatch(data, start) is not None
            behind = "something stands behind the last piece of its chunked body, and is not read"
            return b"".join(parts), "" if ended else behind
        at = start + size + 2
        if data[at - 2 : at] not in (b"\r\n", b"\r", b""):
            at = start
            break
        parts.append(data[start : at - 2])
    if not parts:
        return data, ""
    cut = _LENGTH_CUT.fullmatch(data, min(at, len(data))) is not None
    what = "its chunked body ends before its last piece" if cut else _WRONG_LENGTH
    return b"".join(parts), f"{what}; what came before was read"


def _is_plain(start: bytes) -> bool:
    """Whether a body that begins like this is unpacked already."""
    return _TEXT.match(start) is not None or framing(start) is not text


def _inflated(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Undo ``deflate``: zlib, as the standard says, or the bare format, as many servers send it."""
    start = next(blocks, b"")
    blocks = chain([start], blocks)
    if _is_plain(start):
        return blocks
    wrapped = len(start) > 1 and start[0] & 15 == 8 and int.from_bytes(start[:2]) % 31 == 0
    return _inflate(blocks, zlib.decompressobj(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS))


def _inflate(blocks: Iterable[bytes], decoder: Any) -> Iterator[bytes]:
    try:
        for block in blocks:
            data = block
            while data:
                yield decoder.decompress(data, BLOCK)
                data = decoder.unconsumed_tail
        yield decoder.flush()
    except zlib.error as error:
        raise Broken("body-not-decoded", f"its deflate compression is damaged ({error})") from error
    if not decoder.eof:
        raise Broken("body-not-decoded", "its deflate compression ends early; what came before was read")
    if decoder.unused_data:
        raise Broken("body-not-decoded", "something stands behind its deflate compression, and is not read")


def _unbrotlied(blocks: Iterator[bytes]) -> Iterator[bytes]:
    """Undo ``br``, which Python itself cannot."""
    start = next(blocks, b"")
    blocks = chain([start], blocks)
    if not start or _is_plain(start):
        return blocks
    for name in _BROTLI:
        try:
            decoder = importlib.import_module(name).Decompressor()
        except (ImportError, AttributeError):
            continue
        if hasattr(decoder, "can_accept_more_data"):  # Older ones cannot be told to stop.
            return _unbrotli(blocks, decoder, name)
    wish = "install brotli 1.2 or newer, or record it unpacked"
    raise Broken("body-not-decoded", f"it is compressed with Brotli, which cannot be read here: {wish}")


def _unbrotli(blocks: Iterable[bytes], decoder: Any, name: str) -> Iterator[bytes]:
    errors: tuple[type[Exception], ...] = (importlib.import_module(name).error,)
    try:
        for block in blocks:
            piece = decoder.process(block, output_buffer_limit=BLOCK)
            while piece:
                yield piece
                piece = decoder.process(b"", output_buffer_limit=BLOCK)
    except errors as error:
        raise Broken("body-not-decoded", f"its Brotli compression is damaged ({error})") from error
    if not decoder.is_finished():
        raise Broken("body-not-decoded", "its Brotli compression ends early; what came before was read")
