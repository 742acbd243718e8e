"""Recordings in whatever form, out in the recording format. Part of the corridor.

What was written is read again and held against its source: the same chunks, the
same responses, the same notes. What is not so is said, never hoped.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator, Sequence

from stream_audit.corridor.beside import write_twins
from stream_audit.corridor.enveloping import Streams, envelopes
from stream_audit.corridor.looks import Look
from stream_audit.corridor.places import written_whole
from stream_audit.corridor.rewriting import Asked, Job, rewrite
from stream_audit.ledger.sidecar import BESIDE
from stream_audit.model import Progress
from stream_audit.model.rewriting import Rewriting, Rewritten

__all__ = ["convert", "converted_name", "is_left_out", "say_left_out"]

_KEPT = frozenset(
    (
        "number-not-json",
        "number-too-large",
        "integer-too-large",
        "lone-surrogate",
        "unknown-dialect",
        "timing-not-kept",
        "interactions-not-streamed",
        "yaml-tag-refused",
    )
)
"""What is said although every chunk is there."""


def convert(
    asked: Asked, progress: Progress | None = None, sized: Callable[[int], None] | None = None
) -> Rewriting:
    """Write the recordings of every source in the recording format, a file a source.

    Args:
        asked: What to read, and where to write.
        progress: Told how many bytes were read since the last call.
        sized: Told once how many bytes there are to read.

    Raises:
        UsageError: A path that does not exist, or a place that cannot be written to.
    """
    return rewrite(asked, "convert", lambda _, name: converted_name(name), _convert, progress, sized)


def converted_name(name: str) -> str:
    """What the file is called that is made of a source of that name.

    Example:
        >>> converted_name("a.sse"), converted_name("a.jsonl")
        ('a.sse.jsonl', 'a.jsonl')
    """
    return name if name.endswith(".jsonl") else f"{name}.jsonl"


def _convert(job: Job) -> Rewritten | None:
    looks = job.seen.looks
    if not looks:
        return None
    streams, after = _written(job, Streams(looks))
    remarks = []
    if any(_unlike(looks, streams, after)):
        streams, after = _written(job, Streams(looks, together=True))
        remarks.append("its recordings are one stream, as one of them cannot be told by itself")
    say_left_out(job)
    names = [streams.labels[streams.key(look.recording)] for look in looks]
    return Rewritten(
        source=job.source.id,
        output=job.place.as_posix(),
        recordings=len(looks),
        chunks=sum(look.recording.chunks for look in looks),
        twins=write_twins(job, names, lambda text, _: text),
        remarks=(*remarks, *_labels(job)),
        unlike=tuple(_unlike(looks, streams, after)),
    )


def is_left_out(rule: str) -> bool:
    """Whether what a problem is about cannot stand in the recording format, as it could not be read."""
    return rule not in _KEPT


def say_left_out(job: Job, left_out: Callable[[str], bool] = is_left_out) -> None:
    """Say what of a source is not in what is written, by the rules of its problems."""
    for problem in job.seen.problems:
        if left_out(problem.rule):
            job.leave_out(problem.line, problem.message)


def _written(job: Job, streams: Streams) -> tuple[Streams, list[Look]]:
    """Write the recordings of a source, and look at them."""
    with written_whole(job.place) as file:
        file.writelines(envelopes(job.here, job.dialect, streams))
    return streams, job.again(enveloped=True)


def _labels(job: Job) -> Iterator[str]:
    """Take the file with labels along that lies beside a source; a sentence about it."""
    beside = f"{job.source.path}{BESIDE}"
    if os.path.isfile(beside):
        place = f"{job.place.as_posix()}{BESIDE}"
        if os.path.exists(place) and not job.asked.force:
            job.leave_out(0, f"its labels {beside}: {place} is there already; --force replaces it")
            return
        shutil.copyfile(beside, place)
        yield f"its labels were copied to {place}"


def _unlike(read: Sequence[Look], streams: Streams, written: Sequence[Look]) -> Iterator[str]:
    """In what the recordings that were written are not those that were read."""
    found: dict[str, list[Look]] = {}
    for after in written:
        found.setdefault(after.label, []).append(after)
    for before in read:
        label = streams.labels[streams.key(before.recording)]
        if not found.get(label):
            yield f"{label}: it is not found again"
            continue
        after = found[label].pop(0)
        differing = [what for what, one, other in _compared(before, after) if one != other]
        if differing:
            yield f"{label}: other {', '.join(differing)}"
    for label in (label for label, left in found.items() if left):
        yield f"{label}: it was not there before"


def _compared(before: Look, after: Look) -> Iterator[tuple[str, object, object]]:
    """What must be the same, each as it was and as it is."""
    yield "dialect", before.recording.dialect, after.recording.dialect
    yield "chunks", before.content, after.content
    yield "end", before.recording.done, after.recording.done
    yield "labels", before.recording.labels, after.recording.labels
    yield "moments", before.moments, after.moments
    yield "response", repr(before.response), repr(after.response)
    yield "notes", before.noted, after.noted
