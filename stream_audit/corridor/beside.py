"""What lies beside a source and goes along with it: the twins of its recordings. Part of the corridor."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from stream_audit import recordings
from stream_audit.corridor.looks import Look
from stream_audit.corridor.places import written_whole
from stream_audit.corridor.rewriting import Job
from stream_audit.model import Problem

__all__ = ["write_twins"]


def write_twins(job: Job, names: Sequence[str], rewritten: Callable[[bytes, Look], bytes]) -> tuple[str, ...]:
    """Write the twins of a source's recordings beside what was made of it.

    Args:
        job: The source. What cannot be written is said there.
        names: What each of its recordings is called in what was made of it; empty where it needs no name.
        rewritten: The text of a twin as it is to be written.

    Returns:
        The files.
    """
    written = []
    for look, name in zip(job.seen.looks, names, strict=False):
        twin = recordings.twin_of(look.recording)
        if twin is None:
            continue
        place = twin.message if isinstance(twin, Problem) else _place(job, name)
        if isinstance(place, str) or isinstance(twin, Problem):
            job.leave_out(0, f"its twin {twin.path}: {place}")
            continue
        with written_whole(place) as file:
            file.write(rewritten(twin.text, look))
        written.append(place.as_posix())
    return tuple(written)


def _place(job: Job, name: str) -> Path | str:
    """Where a twin goes, or why it goes nowhere."""
    file = recordings.twin_name(job.place.stem, name)
    if file is None:
        return f"no file can be named after the stream {name[:40]!r}"
    place = job.place.with_name(file)
    if place.exists() and not job.asked.force:
        return f"{place} is there already; --force replaces it"
    return place
