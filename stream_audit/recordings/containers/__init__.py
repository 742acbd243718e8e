"""Files that hold HTTP interactions: cassettes and archives. Told by the first bytes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Protocol

from stream_audit.recordings.containers import har, vcr_json, vcr_yaml
from stream_audit.recordings.containers.interaction import Damage, Interaction

__all__ = ["CONTAINERS", "Container", "container"]


class Container(Protocol):
    """What a module of this folder that is listed below offers."""

    LOSES: str
    """What it does not keep of a stream, as a clause."""

    def recognises(self, start: bytes) -> bool:
        """Whether a file that begins like this is such a container."""

    def interactions(self, blocks: Iterable[bytes]) -> Iterator[Interaction | Damage]:
        """Every interaction, in order, one that cannot be read as ``lost``; and damage between them."""


CONTAINERS: tuple[Container, ...] = (vcr_yaml, vcr_json, har)


def container(start: bytes) -> Container | None:
    """The container that begins with these bytes; ``None`` where the whole file is one stream."""
    for one in CONTAINERS:
        if one.recognises(start):
            return one
    return None
