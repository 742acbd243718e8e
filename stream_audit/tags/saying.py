"""What one chunk says, in no dialect's words, as far as trigger shapes are made of it.

A reader (``readers/``, one file a dialect) makes it of a payload; what a shape
is, is written once, over these words. A value is as the chunk has it, of
whatever type; ``ABSENT`` where the chunk does not have it, which is not ``null``.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Protocol, runtime_checkable

from stream_audit.model import Payload
from stream_audit.model.tag import Tag

__all__ = ["ABSENT", "Fragment", "LogReader", "Reader", "Said", "Saying", "object_of", "objects_of", "pick"]


class _Absent:
    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = _Absent()
"""A key that is not there."""


@dataclass(slots=True)
class Fragment:
    """What a chunk says of one tool call."""

    key: Hashable = None
    """What tells calls apart in the dialect; ``None`` where the fragment names none: it goes on."""
    position: Any = ABSENT
    """The number that the dialect gives calls, where it does."""
    id: Any = ABSENT
    name: Any = ABSENT
    arguments: Any = ABSENT
    opens: bool | None = None
    """Whether it begins a call; ``None`` where the dialect leaves that to the first of a key. One that
    goes on with a call that never began belongs to something else (a tool of the server's)."""
    shown: bool = False
    """It shows the call as it is by now; it is no piece of one."""
    whole: Any = ABSENT
    """All arguments, where the call is shown."""
    free: bool = False
    """Its arguments are a text of any kind, not JSON."""


@dataclass(slots=True)
class Saying:
    """What a chunk says in one answer."""

    choice: Any = 0
    """Which answer; 0 where the dialect has one."""
    part: Hashable = None
    """Which part of the answer, where the dialect tells parts apart."""
    role: Any = ABSENT
    text: Any = ABSENT
    """A piece of the answer's text; of a list of parts, the parts' texts joined."""
    parts: int | None = None
    """How many parts the text came in; ``None``: it is no list."""
    whole: Any = ABSENT
    """The text so far, or all of it, beside pieces of it."""
    reasoning: Mapping[str, Any] = field(default_factory=dict)
    """Pieces of thinking, by the name they have."""
    thinking: Any = ABSENT
    """All of the part's thinking, beside pieces of it or in their place."""
    signature: Any = ABSENT
    refusal: Any = ABSENT
    calls: Sequence[Fragment] = ()
    finish: Any = ABSENT
    logprobs: Any = ABSENT
    audio: Any = ABSENT
    citations: Sequence[Any] = ()
    bare: bool = False
    """The choice has no delta at all."""


@dataclass(slots=True)
class Said:
    """What a chunk says."""

    sayings: Sequence[Saying] = ()
    choices: int | None = None
    """Length of the list of choices; ``None`` where the chunk has none."""
    id: Any = ABSENT
    model: Any = ABSENT
    ends: bool = False
    """The chunk is the dialect's own last one."""
    again: bool = False
    """The chunk shows the answer from its beginning. Its parts and calls need not be numbered as before."""
    shapes: Sequence[str] = ()
    """Of the reader's own shapes, those that the chunk has."""


class Reader(Protocol):
    """Reads the chunks of one dialect. Stateless; never raises on what a stream contains."""

    name: str
    """The dialect."""
    aspects: frozenset[str]
    """What it reads, in the words of the tags' ``aspect``: what it does not read cannot be missing."""
    tags: tuple[Tag, ...]
    """Shapes that only this dialect has, which the reader tells by itself; their aspect is its name."""

    def read(self, payload: Payload) -> Said:
        """What the chunk says."""


@runtime_checkable
class LogReader(Reader, Protocol):
    """Reads the lines of a log, which is no stream: it has none of the shapes that every stream can have."""

    noted: frozenset[str]
    """Of the rules that are of no dialect in particular, those that its fold can note."""


def object_of(value: Any) -> Mapping[str, Any]:
    """``value`` if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> Iterator[Mapping[str, Any]]:
    """The objects of a list; nothing of anything else."""
    if isinstance(value, list):
        yield from (item for item in value if isinstance(item, dict))


def pick(source: Mapping[str, Any], key: str) -> Any:
    """The value of a key as it stands, ``ABSENT`` where there is none."""
    return source.get(key, ABSENT)
