"""Texts that come in pieces: what a piece has to do with those before it holds of their stand-ins too.

A fold looks at more than one piece: it joins them, it compares the joined text
with what a server says the whole is, and it is led astray by a server that
sends a piece twice or all the text so far in every piece. So that it does the
same with the stand-ins,

* a piece that was met before gets the stand-in that it had,
* a piece that begins with the one before it, or with all the text so far,
  begins with the stand-in of that,
* a text that is what pieces elsewhere come to, or how that begins, gets the
  pieces of its stand-in.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from stream_audit.redaction.json_text import START, JsonText, State
from stream_audit.redaction.mask import Mask
from stream_audit.redaction.prose import Prose
from stream_audit.redaction.scan import Place

__all__ = ["Channels", "Way"]

_LEAST = 3
"""Characters of a text that may be the joined text of another place; shorter ones meet by chance."""


Way = Literal["json", "prose", "name"]
"""How a text is read: as JSON, as running text, or as a name, of which no two are to look alike."""


@dataclass(slots=True, eq=False)
class _Joined:
    """A text and what stands in for it, growing."""

    size: int = 0
    pieces: int = 0
    _said: list[str] = field(default_factory=list)
    _shown: list[str] = field(default_factory=list)

    def add(self, said: str, shown: str) -> None:
        self._said.append(said)
        self._shown.append(shown)
        self.size += len(said)
        self.pieces += 1

    def both(self) -> tuple[str, str]:
        """What was said and what stands in for it."""
        if len(self._said) > 1:
            self._said, self._shown = ["".join(self._said)], ["".join(self._shown)]
        return self._said[0], self._shown[0]


@dataclass(slots=True, eq=False)
class _Channel:
    """One place at which pieces arrive."""

    way: Way
    owner: str = ""
    """Id of the object in which the last piece stood that had one."""
    joined: _Joined = field(default_factory=_Joined)
    state: State = START
    last: tuple[str, str, State] = ("", "", START)
    """The last piece, its stand-in, and the state behind it."""
    afresh: bool = True
    """The last piece began the text anew: it was the first, or repeated what was there before it."""
    known: dict[tuple[str, State], tuple[str, State]] = field(default_factory=dict)


class Channels:
    """Replaces the texts of one stream, piece by piece.

    Args:
        json_text: Replaces what JSON texts say.
        prose: Replaces what other texts say.
        mask: Gives names their stand-ins.
    """

    def __init__(self, json_text: JsonText, prose: Prose, mask: Mask) -> None:
        self._json = json_text
        self._prose = prose
        self._mask = mask
        self._channels: dict[Place, _Channel] = {}

    def replace(self, place: Place, piece: str, owner: str = "", way: Way | None = None) -> str:
        """The stand-in of a piece.

        Args:
            place: Where it stands.
            piece: What it says.
            owner: Id of the object that it stands in, where that has one. Another one begins another text.
            way: How it is read; ``None``: as JSON if it begins like JSON, otherwise as running text.
        """
        if not piece:
            return piece
        channel = self._channels.get(place)
        if channel is None or (owner and channel.owner and owner != channel.owner):
            looks: Way = "json" if piece.lstrip()[:1] in ("{", "[") else "prose"
            channel = self._channels[place] = _Channel(way or looks)
        channel.owner = owner or channel.owner
        before = channel.state
        known = channel.known.get((piece, before))
        if known is None:
            known = channel.known[piece, before] = self._new(channel, piece)
        shown, channel.state = known
        channel.last = (piece, shown, channel.state)
        channel.joined.add(piece, shown)
        return shown

    def texts(self, way: Way) -> Iterator[tuple[str, str]]:
        """What the pieces at each place that are read this way came to, and what stands in for it."""
        for channel in self._channels.values():
            if channel.way == way and channel.joined.pieces:
                yield channel.joined.both()

    def _new(self, channel: _Channel, piece: str) -> tuple[str, State]:
        """The stand-in of a piece that was not met in this state of its text."""
        own = channel.joined
        if own.pieces > 1 and len(piece) >= own.size and piece.startswith(own.both()[0]):
            channel.afresh = True
            return self._going_on(channel, piece, *own.both(), channel.state)
        # In the middle of JSON nothing but the text before it tells how a piece is to be read.
        midway = channel.way == "json" and own.pieces > 0
        found = None if midway else self._elsewhere(channel, piece)
        if found is not None:
            return found
        said, shown, state = channel.last
        if said and piece.startswith(said) and (channel.afresh or not midway):
            return self._going_on(channel, piece, said, shown, state)
        channel.afresh = not own.pieces
        return self._going_on(channel, piece, "", "", channel.state)

    def _elsewhere(self, channel: _Channel, piece: str) -> tuple[str, State] | None:
        """The stand-in of a text that begins with what pieces elsewhere came to, or is how that begins."""
        for other in self._channels.values() if len(piece) >= _LEAST else ():
            text = other.joined
            if other is channel or text.pieces < 2 or 2 * len(piece) < text.size:
                continue
            if other.way != channel.way:
                continue
            said, shown = text.both()
            if piece.startswith(said):
                return self._going_on(channel, piece, said, shown, other.state)
            if said.startswith(piece):
                return shown[: len(piece)], self._read(channel, piece, START)[1]
        return None

    def _going_on(
        self, channel: _Channel, piece: str, said: str, shown: str, state: State
    ) -> tuple[str, State]:
        """The stand-in of a piece that begins with ``said``, for which ``shown`` stands in."""
        rest, state = self._read(channel, piece[len(said) :], state)
        return shown + rest, state

    def _read(self, channel: _Channel, text: str, state: State) -> tuple[str, State]:
        if channel.way == "json":
            return self._json.replace(text, state)
        if channel.way == "name":
            return self._mask.of(text), START
        shown, begun = self._prose.replace(text, state.begun)
        return shown, State(begun=begun)
