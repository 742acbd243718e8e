"""What a wire format offers: recognising, cutting, folding; and the policies where the field disagrees."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, Literal, Protocol

from stream_audit.model.response import Payload, Response, Usage
from stream_audit.model.trail import Sighting

__all__ = ["Dialect", "Fold", "Folded", "Note", "Policies", "Volatile"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """What the reference does where the field disagrees. Each has a default; none is silent."""

    tool_name: Literal["auto", "assign", "append", "first"] = "auto"
    """A later non-empty tool name. ``auto``: equal to the name so far, or the name so far extended,
    is a resend; anything else is a continuation and is appended. ``assign``: the last one wins.
    ``append``: always appended. ``first``: the first one wins."""
    later_zero: Literal["keep", "honour"] = "keep"
    """A later usage count of 0 after a positive one. ``keep``: it does not erase, unless
    the dialect says that it is meant (Anthropic's final output). ``honour``: it does."""
    done_marker: Literal["optional", "required"] = "optional"
    """Whether a stream that has its finish reason but no ``[DONE]`` counts as incomplete."""
    identity: Literal["first", "last"] = "first"
    """Which non-empty ``id``, ``model``, ``created`` wins when they change during a stream."""
    message_delta_input: Literal["adopt", "ignore"] = "adopt"
    """Anthropic: whether input and cache counts in ``message_delta`` replace those of ``message_start``."""


@dataclass(frozen=True, slots=True)
class Note:
    """A chunk that the dialect does not allow, found while folding. A rule decides how bad it is."""

    rule: str
    """Slug of the failure class."""
    index: int
    """Chunk index; -1 when it is about the stream as a whole."""
    field: str
    """Path of the field, as in a difference; may be empty."""
    detail: str
    """One clause with the values: ``'stop' after 'tool_calls'``."""


@dataclass(frozen=True, slots=True)
class Folded:
    """What a finished fold hands over."""

    response: Response
    complete: bool
    """The dialect's terminal marker was seen."""
    notes: tuple[Note, ...]
    """Notes not collected before, those about the whole stream included."""


class Fold(Protocol):
    """A fold of one recording in progress: the reference side of every comparison."""

    notes: list[Note]
    """Grows while folding; the caller may take what is there and clear it."""

    def add(self, items: Sequence[Payload | str]) -> None:
        """Fold further chunks, in order. Never raises on what a stream contains.

        It may take the payloads apart, so whoever hands them over must not look at them again.
        """

    def response(self) -> Response:
        """The response so far; the fold goes on afterwards."""

    def finish(self, *, done: bool) -> Folded:
        """End the stream. ``done``: a ``[DONE]`` or an envelope's end was read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Volatile:
    """What each chunk of a dialect may say anew beside its text, and folding needs only once."""

    counter: str | None = None
    """Key, at the top, of a number that is one higher in each chunk."""
    clock: str | None = None
    """Key, at the top, of a text that tells the time: once one chunk has told it, what later ones tell says
    nothing, and may be any."""
    totals: tuple[str, tuple[str, ...]] | None = None
    """Key, at the top, of an object of usage so far, and the keys of counts in it: once one of them was
    seen to grow, those of a chunk say nothing if the chunk behind it tells all of them again."""


class Dialect(Protocol):
    """One wire format: how it is recognised, cut into responses, and folded. Stateless."""

    name: ClassVar[str]
    title: ClassVar[str]
    """What it is, in a line without a full stop."""
    decisive: ClassVar[bool]
    """A chunk that ``starts`` a response is proof enough that one starts; otherwise only a hint."""
    volatile: ClassVar[Volatile]

    def recognises(self, payload: Payload) -> bool:
        """True when ``payload`` can only be a chunk of this dialect."""

    def knows(self, payload: Payload) -> bool:
        """True when ``payload`` may be a chunk of this dialect, though perhaps of another.

        Asked of each chunk that is parsed: one that is not known, and that another dialect recognises, may
        begin a response of that.
        """

    def identity(self, payload: Payload) -> str | None:
        """The response id the payload carries, ``None`` when absent or empty."""

    def starts(self, payload: Payload) -> bool:
        """True when the dialect lets only a response's first chunk look like this."""

    def ends(self, payload: Payload) -> bool:
        """True when the payload says that its response (or one of its choices) is finished."""

    def next_break(self, items: Sequence[Payload | str], begin: int, identity: str | None) -> int:
        """Position of the first item from ``begin`` on that may belong to another response.

        That is: one whose identity is given and is not ``identity``, or one that ``starts`` a response
        and either gives none or is ``decisive``. ``len(items)`` when there is none. An echo never breaks.
        This is the tight loop of splitting, so it is the dialect's.
        """

    def echo(self, payload: Payload) -> str | None:
        """The text, if folding ``payload`` a second time with another text would only append that text.

        Strict on purpose: ``None`` unless everything else in it is known to be idempotent, or is what
        ``volatile`` names.
        """

    def fold(self, policies: Policies) -> Fold:
        """A new fold."""

    def sightings(self, payloads: Iterable[Payload]) -> Iterator[list[Sighting]]:
        """For each chunk of one response, in order: every place where a number of usage appears.

        Texts that a counter would count come first, so that a report beside them includes them.
        """

    def usage(self, raw: Mapping[str, Any]) -> Usage:
        """Read a folded usage object, in the provider's own names, as neutral counts."""
