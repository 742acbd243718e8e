"""Which trigger shapes the recordings of a run have, and which they lack. Part of the corridor.

The chunks are parsed once more, and only where that was asked for: a fold may
take its payloads apart, and a replay pays nothing. What the fold noted counts
too: each of its rules is the name of a shape.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping

from stream_audit import recordings, rules, tags
from stream_audit.model import Audited, Batch, Dialect, Folded, Payload
from stream_audit.model.tag import Tag, TagCount, Tagged, Tagging

__all__ = ["RecordingTags", "TagTotals"]

_OTHERS = frozenset(
    ("input", "candidate", "ledger", "snapshot", "difference", "parity", "speed", "container")
)
"""Families of rules that are about no shape of a stream."""


class RecordingTags:
    """The trigger shapes of one recording, while it is read.

    Args:
        dialect: The recording's.
    """

    def __init__(self, dialect: Dialect) -> None:
        self._tagger = tags.Tagger(tags.reader_for(dialect.name), dialect.usage)
        self._passing = _Passing()
        self._sightings = dialect.sightings(self._passing)

    def add(self, batch: Batch) -> None:
        """Take further chunks, in order."""
        for raw, line in zip(batch.raws, batch.lines, strict=True):
            payload, _ = recordings.parse(raw)
            if isinstance(payload, dict):
                self._passing.payload = payload
                self._tagger.add(payload, raw, line, next(self._sightings))

    def end(self, folded: Folded, noted: Iterable[Tagged], *, done: bool) -> tuple[Tagged, ...]:
        """What the recording has.

        Args:
            folded: What its chunks fold into.
            noted: What the fold noted and the reader met.
            done: An end marker was read.
        """
        about_streams = (one for one in noted if rules.rule(one.name).family not in _OTHERS)
        return self._tagger.end(folded.response, about_streams, complete=folded.complete, done=done)


class _Passing:
    """The payload that passes by, as often as it is asked for."""

    payload: Payload

    def __iter__(self) -> Iterator[Payload]:
        return self

    def __next__(self) -> Payload:
        return self.payload


class TagTotals:
    """The trigger shapes of a run.

    Args:
        wanted: Whether a user wants to hear of a rule; a shape that sets off none of those is left out.
    """

    def __init__(self, wanted: Callable[[str], bool]) -> None:
        self._wanted = wanted
        self._found: dict[str, TagCount] = {}
        self._dialects: dict[str, int] = {}

    def add(self, audited: Audited) -> None:
        """Take one recording in, in the order of the sources."""
        name = audited.recording.dialect
        if audited.tags is None or name is None:
            return
        self._dialects[name] = self._dialects.get(name, 0) + 1
        for one in audited.tags:
            count = self._found.setdefault(one.name, TagCount(audited.recording.path, one.line))
            count.recordings += 1
            if one.chunks is not None:
                count.chunks = (count.chunks or 0) + one.chunks

    def result(self) -> Tagging:
        """What was found, and what no recording has that could have had it."""
        known = [tag for tag in _known(self._dialects, self._found) if any(map(self._wanted, tag.rules))]
        names = [tag.name for tag in known]
        found = {name: self._found[name] for name in names if name in self._found}
        return Tagging(
            found=found,
            missing=tuple(tag for tag in known if tag.name not in found),
            known=tuple(known),
            unread={name: many for name, many in self._dialects.items() if tags.reader_for(name) is None},
        )


def _known(names: Mapping[str, int], found: Container[str]) -> tuple[Tag, ...]:
    """The shapes that a recording of one of these dialects can have, and the rules that their folds noted."""
    aspects = {aspect for name in names for aspect in tags.aspects_of(tags.reader_for(name))}
    told = [tag for tag in tags.TAGS if tag.aspect in aspects]
    here = {name for tag in told for name in (tag.name, *tag.noted)}
    noted = (
        Tag(rule.slug, f"{rule.seen[:1].lower()}{rule.seen[1:]}", (rule.slug,), "stream")
        for rule in rules.RULES
        if rule.seen
        and rule.family not in _OTHERS
        and (rule.slug in found or _concerns(rule.slug, rule.dialects, names))
    )
    return (*told, *(tag for tag in noted if tag.name not in here))


def _concerns(slug: str, listed: Iterable[str], names: Mapping[str, int]) -> bool:
    listed = tuple(listed)
    return any(name in listed if listed else tags.can_note(tags.reader_for(name), slug) for name in names)
