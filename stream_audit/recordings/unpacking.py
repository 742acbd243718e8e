"""The streams among the interactions of a container become events, each with its twin.

The twin of a streamed answer may stand behind it, so answers wait for theirs:
in their order, and only as many as fit into some megabytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from stream_audit.model import End, Problem, Twin
from stream_audit.recordings.containers import Container
from stream_audit.recordings.containers.bodies import unpacked_body
from stream_audit.recordings.containers.interaction import Damage, Interaction
from stream_audit.recordings.containers.pairing import Twins
from stream_audit.recordings.containers.streamed import asks_for_stream, is_streamed
from stream_audit.recordings.framings import first_bytes
from stream_audit.recordings.ongoing import Event
from stream_audit.recordings.opening import Broken, until_broken
from stream_audit.recordings.place import Place
from stream_audit.recordings.source import Source
from stream_audit.recordings.stream import Names, Terms, stream_events

__all__ = ["unpack"]

_BESIDE = frozenset(("yaml-tag-refused",))
"""What is said of an interaction although its body is as it was."""


def unpack(
    container: Container,
    blocks: Iterable[bytes],
    faults: Sequence[Broken],
    source: Source,
    terms: Terms,
) -> Iterator[Event]:
    """Read every streamed answer of a container; what else it holds is counted, and said once.

    Args:
        container: What it is.
        blocks: Its bytes.
        faults: Why the blocks ended early, once they have.
        source: An interaction that has a line in its range is wanted.
        terms: How to read the streams.
    """
    unpacker = _Unpacker(source, terms)
    for found in container.interactions(blocks):
        if isinstance(found, Damage):
            if source.holds(found.line):
                yield unpacker.problem(found)
        elif source.overlaps(found.line, found.last_line):
            yield from unpacker.take(found)
    yield from unpacker.read_ready(final=True)
    for fault in faults:
        yield unpacker.problem(Damage(fault.rule, fault.message))
    yield from unpacker.remarks(container.LOSES)


class _Unpacker:
    """Takes the interactions of one file."""

    def __init__(self, source: Source, terms: Terms) -> None:
        self._source = source
        self._terms = terms
        self._names = Names(source.id)
        self._twins = Twins(source.path)
        self._seen = self._streams = self._recordings = self._problems = 0
        self._refused = 0
        """Streams that were asked for, and answered by something else."""

    def take(self, found: Interaction) -> Iterator[Event]:
        """Take an interaction; whatever can be read by now."""
        self._seen += not found.lost
        streamed = not found.lost and self._is_streamed(found)
        for damage in found.damage:
            if not streamed or damage.rule in _BESIDE:
                yield self.problem(damage, found)
        if streamed:
            self._streams += 1
            self._twins.wait(found)
        elif not found.lost:
            self._refused += asks_for_stream(found)
            self._twins.keep(found)
        yield from self.read_ready()

    def read_ready(self, *, final: bool = False) -> Iterator[Event]:
        """Read the streams that wait for nothing."""
        for interaction, twin in self._twins.ready(final=final):
            yield from self._read(interaction, twin)

    def problem(self, damage: Damage, interaction: Interaction | None = None) -> Problem:
        """What is wrong with an interaction, or between two."""
        self._problems += 1
        line, message = damage.line, damage.message
        if interaction is not None:
            line, message = line or interaction.line, f"interaction {interaction.number}: {message}"
        return Problem(damage.rule, self._source.path, line, message)

    def remarks(self, loses: str) -> Iterator[Problem]:
        """What is said once of the whole file."""
        path, seen, streams = self._source.path, self._seen, self._streams
        if self._recordings:
            yield Problem("timing-not-kept", path, 0, loses)
            if streams < seen:
                refused = f", {self._refused:,} of them though one was asked for" if self._refused else ""
                message = f"{seen - streams:,} of {seen:,} interactions hold no stream{refused}"
                yield Problem("interactions-not-streamed", path, 0, message)
        elif self._problems:
            return
        elif not self._source.explicit:
            yield Problem("not-a-recording", path, 0, "holds no streamed answer")
        elif not seen:
            what = "holds no interaction" if self._source.whole else "no interaction has one of these lines"
            yield Problem("source-empty", path, 0, what)
        else:
            message = f"none of its interactions ({seen:,}) is a stream"
            yield Problem("source-without-recording", path, 0, message)

    def _is_streamed(self, interaction: Interaction) -> bool:
        start = first_bytes(until_broken(unpacked_body(interaction), []))
        return is_streamed(interaction, start, self._terms.dialects)

    def _read(self, interaction: Interaction, twin: Twin | None) -> Iterator[Event]:
        """The events of a streamed answer."""
        known = [self.problem(one, interaction) for one in interaction.damage if one.rule not in _BESIDE]
        if interaction.body is None:
            yield from known
            yield self.problem(Damage("body-not-kept", "the body of its stream was not kept"), interaction)
            return
        faults: list[Broken] = []
        blocks = until_broken(unpacked_body(interaction), faults)
        place = Place(interaction.name, interaction.line, interaction.body_line, twin, interaction.times)
        whole = Source(self._source.path)
        start = first_bytes(blocks)
        for event in stream_events(start, blocks, faults, whole, self._names, self._terms, place, known):
            self._recordings += isinstance(event, End)
            self._problems += isinstance(event, Problem)
            yield event
