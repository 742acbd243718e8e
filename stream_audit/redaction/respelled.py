"""Texts that stand in a recording a second time in another form, and must say the same there.

``"bytes": [72, 105]`` spells a token out. Arguments of a tool that were streamed as
JSON text are shown as an object by whoever gives the whole call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache

from stream_audit.redaction import strings
from stream_audit.redaction.channels import Channels
from stream_audit.redaction.mask import Mask
from stream_audit.redaction.prose import Prose
from stream_audit.redaction.scan import Box, Token, scan

__all__ = ["parsed", "spelled_out"]

_FIELD = "bytes"


def spelled_out(tokens: Sequence[Token], text: str, prose: Prose, mask: Mask) -> Iterator[tuple[int, str]]:
    """Stand-ins for the bytes of texts, each with the number of its token."""
    lists: dict[Box, list[int]] = {}
    for number, token in enumerate(tokens):
        if token.name == _FIELD and token.kind == "number" and token.box.listed:
            lists.setdefault(token.box, []).append(number)
    for numbers in lists.values():
        written = [text[tokens[number].start : tokens[number].end] for number in numbers]
        if all(one.isdigit() and int(one) < 256 for one in written):
            spelled = _spelled(bytes(map(int, written)), prose, mask)
            yield from zip(numbers, map(str, spelled), strict=True)


def parsed(
    tokens: Sequence[Token], text: str, owned: Mapping[Box, Box | None], channels: Channels
) -> Iterator[tuple[int, str]]:
    """Stand-ins for what objects say that were streamed as JSON text before, each with its token's number.

    Args:
        tokens: All tokens.
        text: Where they stand.
        owned: For each object the one around it, or itself, that may have been streamed.
        channels: What was streamed.
    """
    objects: dict[Box, list[int]] = {}
    for number, token in enumerate(tokens):
        root = owned[token.box]
        if root is not None:
            objects.setdefault(root, []).append(number)
    streamed = {_said(said): shown for said, shown in channels.texts("json")} if objects else {}
    for numbers in objects.values():
        written = [text[tokens[number].start : tokens[number].end] for number in numbers]
        kinds = [tokens[number].kind for number in numbers]
        shown = streamed.get(_sequence(kinds, written))
        if shown is not None:
            others = [shown[token.start : token.end] for token in scan(shown)]
            yield from zip(numbers, map(_rewritten, written, others), strict=True)


@lru_cache(maxsize=64)
def _said(text: str) -> tuple[str, ...]:
    tokens = scan(text)
    return _sequence([token.kind for token in tokens], [text[token.start : token.end] for token in tokens])


def _sequence(kinds: Sequence[str], written: Sequence[str]) -> tuple[str, ...]:
    """What the tokens of a JSON text say, one behind the other."""
    return tuple(kind + strings.read(one) for kind, one in zip(kinds, written, strict=True))


def _rewritten(written: str, other: str) -> str:
    return strings.rewrite(written, strings.read(other))


def _spelled(said: bytes, prose: Prose, mask: Mask) -> bytes:
    try:
        text = said.decode()
    except UnicodeDecodeError:  # a token may end within a character
        return bytes(_other(byte, mask) for byte in said)
    return prose.replace(text, "")[0].encode()


def _other(byte: int, mask: Mask) -> int:
    """Another byte of the same kind: a letter, or one of those that go on with a character."""
    if byte < 0x80:
        return ord(mask.said(chr(byte)))
    return 0x80 + mask.draw(f"byte {byte}") % 0x40 if byte < 0xC0 else byte
