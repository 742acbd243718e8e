"""What a file that is no text looks like, by its magic bytes."""

from __future__ import annotations

__all__ = ["bytes_look_like"]

_UNPACK = "which has to be unpacked"

_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (0, b"PK\x03\x04", f"a zip archive, {_UNPACK}"),
    (257, b"ustar", f"a tar archive, {_UNPACK}"),
    (0, b"7z\xbc\xaf\x27\x1c", f"a 7z archive, {_UNPACK}"),
    (0, b"\x1f\x8b", f"gzip within a compression, {_UNPACK} once"),
    (0, b"\x28\xb5\x2f\xfd", f"Zstandard within a compression, {_UNPACK} once"),
    (0, b"BZh", f"bzip2, {_UNPACK}"),
    (0, b"\xfd7zXZ\0", f"xz, {_UNPACK}"),
    (0, b"SQLite format 3\0", "a SQLite database"),
    (0, b"PAR1", "a Parquet file"),
    (0, b"%PDF-", "a PDF file"),
    (0, b"\x89PNG", "a picture"),
    (0, b"\x7fELF", "a program"),
)
"""Where the magic bytes stand, which they are, and what is then said."""

_UTF_16 = (
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"{\0", "UTF-16LE"),
    (b"d\0", "UTF-16LE"),
    (b"\0{", "UTF-16BE"),
    (b"\0d", "UTF-16BE"),
)
"""By its mark; without one, by how an object or a ``data:`` begins."""


def bytes_look_like(start: bytes) -> str:
    """What a file that begins with these bytes is instead of UTF-8 text, and what to do."""
    for mark, encoding in _UTF_16:
        if start.startswith(mark):
            return f"UTF-16, not UTF-8; iconv -f {encoding} -t UTF-8 makes it that"
    kind = next((words for at, magic, words in _KINDS if start.startswith(magic, at)), "")
    return f"binary, not text: {kind}" if kind else "binary, not text"
