"""Write every source anew: what ``convert`` and ``redact`` have in common. Part of the corridor."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from stream_audit import __version__, dialects, gate, recordings
from stream_audit.corridor.looks import Look, Seen, look
from stream_audit.corridor.places import Name, Places, at_hand
from stream_audit.model import Dialect, Policies, Progress, Unreadable
from stream_audit.model.rewriting import Rewriting, Rewritten
from stream_audit.recordings import Source
from stream_audit.totals import PASSED_OVER

__all__ = ["Asked", "Job", "rewrite"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a user asks for."""

    paths: tuple[str, ...]
    folder: Path
    """Where to write."""
    force: bool = False
    """Replace what is there already."""
    dialect: str | None = None
    """Take every stream for this dialect."""
    policies: Policies = field(default_factory=Policies)
    command: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class Job:
    """One source to write anew."""

    source: Source
    """As the user gave it."""
    here: Source
    """Where it can be read as often as it takes."""
    seen: Seen
    """What is in it."""
    place: Path
    """Where to write."""
    asked: Asked
    dialect: Dialect | None
    left_out: list[Unreadable] = field(default_factory=list)
    """What of it is not in what is written."""

    def leave_out(self, line: int, reason: str) -> None:
        """Say that a part of the source, or all of it, is not in what is written."""
        self.left_out.append(Unreadable(path=self.source.path, line=line, reason=reason))

    def again(self, *, enveloped: bool) -> list[Look]:
        """The recordings that were written, in the order of those that they were made of.

        Envelopes stand as their chunks were read; what a stream is may be told after the next one began.
        """
        looks = look(Source(self.place.as_posix()), self.asked.policies, self.dialect).looks
        return sorted(looks, key=lambda one: one.recording.first_line) if enveloped else looks


Write = Callable[[Job], Rewritten | None]
"""Writes one source anew; ``None`` where nothing of it can be written, and then it says why."""


def rewrite(
    asked: Asked,
    what: Literal["redact", "convert"],
    name: Name,
    write: Write,
    progress: Progress | None = None,
    sized: Callable[[int], None] | None = None,
) -> Rewriting:
    """Write every source anew.

    Args:
        asked: What to read, and where to write.
        what: The command.
        name: Names what is made of each source.
        write: Does it for one source.
        progress: Told how many bytes were read since the last call.
        sized: Told once how many bytes there are to read.

    Raises:
        UsageError: A path that does not exist, or a place that cannot be written to.
    """
    sources = recordings.find(asked.paths)
    dialect = dialects.dialect(asked.dialect) if asked.dialect else None
    places = Places(sources, asked.folder, name, force=asked.force)
    if sized is not None:
        sized(recordings.size(sources))
    done: list[Rewritten] = []
    left_out: list[Unreadable] = []
    passed_over: list[str] = []
    for source in sources:
        with at_hand(source) as here:
            seen = look(here, asked.policies, dialect, progress)
            if any(problem.rule == PASSED_OVER for problem in seen.problems):
                passed_over.append(source.path)
                continue
            place = places.of(source)
            job = Job(source=source, here=here, seen=seen, place=place, asked=asked, dialect=dialect)
            made = None if source.barren else write(job)
            if made is not None:
                done.append(made)
            elif not job.left_out:
                job.leave_out(0, seen.problems[0].message if seen.problems else "no chunk was found")
            left_out += job.left_out
    verdict = gate.judge_rewriting(done, left_out)
    return Rewriting(
        version=__version__,
        command=asked.command,
        what=what,
        done=tuple(done),
        left_out=tuple(left_out),
        passed_over=tuple(passed_over),
        exit_code=verdict.exit_code,
        reason=verdict.reason,
    )
