"""Which answer that is no stream was given to the same request as a stream."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator

from stream_audit.model import Twin
from stream_audit.recordings.containers.bodies import unpacked_body
from stream_audit.recordings.containers.interaction import Interaction
from stream_audit.recordings.containers.requests import request_key
from stream_audit.recordings.lines import LONGEST
from stream_audit.recordings.opening import Broken, until_broken

__all__ = ["Twins"]

_WAITING = 64 * 1024 * 1024
"""Bytes of streams that wait for their twins, and of answers kept as twins, at most."""


class Twins:
    """Streams that wait for their twins, and answers that may be one."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._waiting: deque[tuple[Interaction, bytes | None]] = deque()
        self._size = 0
        self._answers: dict[bytes, Twin] = {}
        self._kept = 0

    def wait(self, interaction: Interaction) -> None:
        """Let a stream wait."""
        self._waiting.append((interaction, request_key(interaction)))
        self._size += _size(interaction)

    def keep(self, interaction: Interaction) -> None:
        """Keep an answer that is no stream, if it can be a twin: the first to its request."""
        key = request_key(interaction)
        good = interaction.status is None or 200 <= interaction.status < 300
        if key is None or key in self._answers or not good or self._kept + _size(interaction) > _WAITING:
            return
        text = _text(interaction)
        if text is not None and text.lstrip().startswith(b"{"):
            self._kept += len(text)
            self._answers[key] = Twin(self._path, interaction.line, text)

    def ready(self, *, final: bool = False) -> Iterator[tuple[Interaction, Twin | None]]:
        """Streams that need wait no longer: their twin is here, they are too many, or no more comes."""
        while self._waiting:
            interaction, key = self._waiting[0]
            twin = None if key is None else self._answers.get(key)
            if twin is None and key is not None and not final and self._size <= _WAITING:
                return
            self._waiting.popleft()
            self._size -= _size(interaction)
            yield interaction, twin


def _text(interaction: Interaction) -> bytes | None:
    """The body as a whole; ``None`` where it is damaged, or longer than an answer."""
    faults: list[Broken] = []
    blocks, size = [], 0
    for block in until_broken(unpacked_body(interaction), faults):
        blocks.append(block)
        size += len(block)
        if size > LONGEST:
            return None
    return None if faults else b"".join(blocks)


def _size(interaction: Interaction) -> int:
    return len(interaction.body or b"") + len(interaction.request)
