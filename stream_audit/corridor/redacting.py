"""Recordings in, out again without what is somebody's own. Part of the corridor.

Lines stay lines; what is no lines is written in the recording format. What was
written is read again and held against its source: what a fold makes of both must
be the same but for what it says. What is not so is said, never hoped.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from secrets import token_bytes

from stream_audit import recordings
from stream_audit.corridor.beside import write_twins
from stream_audit.corridor.converting import converted_name, is_left_out, say_left_out
from stream_audit.corridor.enveloping import Streams, envelopes
from stream_audit.corridor.looks import Look, shape
from stream_audit.corridor.places import written_whole
from stream_audit.corridor.rewriting import Asked, Job, rewrite
from stream_audit.ledger.sidecar import BESIDE
from stream_audit.model import Progress
from stream_audit.model.rewriting import Rewriting, Rewritten
from stream_audit.recordings import Source
from stream_audit.redaction import Keeping, Redactor, Tally

__all__ = ["redact"]

_BROKEN = frozenset(("source-unreadable", "compression-truncated", "compression-broken"))
"""Why lines of a source are not there. Those that are damaged themselves are redacted like others."""
_REFUSED = _BROKEN | {"source-not-text", "source-empty", "recording-format-newer"}
"""Why there may be no recording in lines."""


def redact(
    asked: Asked,
    keeping: Keeping,
    key: bytes = b"",
    progress: Progress | None = None,
    sized: Callable[[int], None] | None = None,
) -> Rewriting:
    """Redact the recordings of every source, a file a source.

    Args:
        asked: What to read, and where to write.
        keeping: What is to be left as it is.
        key: Decides what stands in for what; drawn by lot and thrown away when empty.
        progress: Told how many bytes were read since the last call.
        sized: Told once how many bytes there are to read.

    Raises:
        UsageError: A path that does not exist, or a place that cannot be written to.
    """
    redactor = Redactor(key or token_bytes(32), keeping)
    made = rewrite(asked, "redact", _name, partial(_redact, redactor), progress, sized)
    unmet = sorted(keeping.fields - redactor.kept) if made.done else ()
    return replace(made, remarks=tuple(f"--keep {name}: no field is called that" for name in unmet))


def _name(source: Source, name: str) -> str:
    if source.path == "-":
        return f"{name}.txt"  # Nothing of it was read yet; text it will be.
    return name if recordings.is_lines(source) else converted_name(name)


def _redact(redactor: Redactor, job: Job) -> Rewritten | None:
    as_lines = recordings.is_lines(job.here)
    rules = {problem.rule for problem in job.seen.problems}
    if not job.seen.looks and (not as_lines or rules & _REFUSED):
        return None
    left_out = _BROKEN.__contains__ if as_lines else is_left_out
    say_left_out(job, left_out)
    tally = Tally()
    owners = _Owners(job, as_lines=as_lines)
    document = redactor.document(tally, lambda line: (job.source, owners.of(line)))
    with written_whole(job.place) as file:
        for line, end in _lines(job, as_lines=as_lines):
            file.writelines(map(_bytes, document.line(_text(line), _text(end))))
        file.writelines(map(_bytes, document.finish()))
    after = job.again(enveloped=not as_lines)

    def answer(text: bytes, look: Look) -> bytes:
        number = job.seen.looks.index(look) if as_lines else 0
        return _bytes(redactor.answer(_text(text), tally, (job.source, number)))

    return Rewritten(
        source=job.source.id,
        output=job.place.as_posix(),
        recordings=len(job.seen.looks),
        chunks=sum(look.recording.chunks for look in job.seen.looks),
        twins=write_twins(job, [look.label for look in after], answer),
        pieces=tally.pieces,
        characters=tally.characters,
        remarks=tuple(_remarks(job, as_lines=as_lines)),
        unlike=tuple(_unlike(job.seen.looks, after, left_out)),
    )


def _text(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _bytes(line: str) -> bytes:
    return line.encode("utf-8", "surrogateescape")


def _remarks(job: Job, *, as_lines: bool) -> Iterator[str]:
    if not as_lines:
        yield "it is written in the recording format, as its chunks do not stand on lines"
    if os.path.isfile(f"{job.source.path}{BESIDE}"):
        yield f"the labels that lie beside it ({BESIDE}) were not taken along"


def _lines(job: Job, *, as_lines: bool) -> Iterator[tuple[bytes, bytes]]:
    if as_lines:
        return recordings.raw_lines(job.here)
    return ((line[:-1], line[-1:]) for line in envelopes(job.here, job.dialect, Streams(job.seen.looks)))


class _Owners:
    """Of which recording the chunk on a line is that is written.

    Where it is an envelope that says so itself, all are one.
    """

    def __init__(self, job: Job, *, as_lines: bool) -> None:
        self._before = job.source.first_line - 1
        self._of: dict[int, int] = {}
        self._last = 0
        if as_lines and len(job.seen.looks) > 1:
            for number, look in enumerate(job.seen.looks):
                self._of.update(dict.fromkeys(look.lines, number))

    def of(self, line: int) -> int:
        """A number; of a line without a chunk that of the last chunk before it."""
        self._last = self._of.get(line + self._before, self._last)
        return self._last


def _unlike(read: Sequence[Look], written: Sequence[Look], left_out: Callable[[str], bool]) -> Iterator[str]:
    """In what the recordings that were written show something else than those that were read.

    Problems whose rule is ``left_out`` were said: what they are about was not written.
    """
    if len(read) != len(written):
        yield f"{len(written)} recordings, not {len(read)}"
        return
    for before, after in zip(read, written, strict=True):
        differing = [what for what, one, other in _compared(before, after, left_out) if one != other]
        if differing:
            yield f"{before.label or 'it'}: other {', '.join(differing)}"


def _compared(
    before: Look, now: Look, left_out: Callable[[str], bool]
) -> Iterator[tuple[str, object, object]]:
    """What must be the same, each as it was and as it is."""
    yield "dialect", before.recording.dialect, now.recording.dialect
    yield "number of chunks", before.recording.chunks, now.recording.chunks
    yield "end", (before.recording.done, before.complete), (now.recording.done, now.complete)
    yield "moments", before.moments, now.moments
    yield "damage", {rule: n for rule, n in before.problems.items() if not left_out(rule)}, dict(now.problems)
    yield "wire findings", before.noted, now.noted
    yield "shape of the response", shape(before.response), shape(now.response)
