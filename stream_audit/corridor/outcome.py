"""What a run over a store comes to: counts, what else has to be said, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from stream_audit import __version__
from stream_audit.corridor.taking import Asked, Taken
from stream_audit.model.change import Change, Changes

__all__ = ["Mode", "differ", "summed_up"]

Mode = Literal["write", "check", "list"]


def summed_up(
    asked: Asked,
    taken: Taken,
    changes: tuple[Change, ...],
    mode: Mode,
    *,
    stored: int,
) -> Changes:
    """Everything that a report says of a run.

    Args:
        asked: What the user asked for.
        taken: What the combiner made of the recordings.
        changes: How that differs from the store.
        mode: What was to be done about it.
        stored: How many snapshots the store has.
    """
    counts = taken.summary.counts
    result = Changes(
        version=__version__,
        command=asked.plan.command,
        sides=("stored", "now"),
        names=(str(asked.store), taken.candidate),
        changes=changes,
        same=len(taken.answers) - sum(change.kind != "stale" for change in changes),
        left_out=_left_out(taken, counts.unreadable),
        remarks=tuple(_remarks(taken)),
    )
    code, verdict = _verdict(asked, taken, result, mode, stored)
    return replace(result, exit_code=code, verdict=verdict)


def _left_out(taken: Taken, unreadable: int) -> Mapping[str, int]:
    numbers = {
        "not run": len(taken.not_run),
        "unreadable": unreadable,
        "mask unused": len(taken.masks.unused),
    }
    return {what: number for what, number in numbers.items() if number}


def _remarks(taken: Taken) -> Iterable[str]:
    for mask in taken.masks.unused:
        yield f"The mask {mask} matches nothing in this run."
    if taken.unstable:
        more = f" and {len(taken.unstable) - 1} more" if len(taken.unstable) > 1 else ""
        yield (
            f"The candidate answers otherwise when it is asked again: {taken.unstable[0]}{more}. "
            "Such an answer cannot be held to anything; mask what changes."
        )


def _verdict(asked: Asked, taken: Taken, result: Changes, mode: Mode, stored: int) -> tuple[int, str]:
    """The exit code and why: a change that was found is worth more than input that was not."""
    if not taken.answers:
        return 3, taken.summary.stop_reason or "nothing was compared"
    if mode == "check" and not stored:
        return 3, f"nothing was compared: nothing is stored in {asked.store}"
    if mode != "write" and result.changes:
        where = f"; what differs is pending in {asked.store}" if mode == "list" else ""
        return 1, f"{differ(result.changes)}{where}"
    if taken.summary.exit_code == 3:
        return 3, taken.summary.stop_reason or "not everything was compared"
    return 0, _done(result.changes, asked) if mode == "write" else "everything is as it is stored"


def _done(changes: Sequence[Change], asked: Asked) -> str:
    number = sum(change.kind != "stale" for change in changes)
    stale = [change for change in changes if change.kind == "stale"]
    written = f"{number:,} {'snapshot was' if number == 1 else 'snapshots were'} written" if number else ""
    if not stale:
        return written or "nothing had to be written"
    left = "what is stale and gone was removed" if asked.prune else "what is stale stays; --prune removes it"
    return f"{written}; {left}" if written else left


def differ(changes: Sequence[Change]) -> str:
    """That changes were found, as a clause."""
    number = len(changes)
    return f"{number:,} {'recording is' if number == 1 else 'recordings are'} not as stored"
