"""What a run over a store comes to: counts, what else has to be said, and the exit code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Literal

from stream_audit import __version__
from stream_audit.accepted.store import Store
from stream_audit.corridor.taking import Asked, Taken
from stream_audit.model.change import Change, Changes

__all__ = ["Mode", "differ", "summed_up", "unfinished"]

Mode = Literal["write", "check", "list"]


def summed_up(
    asked: Asked,
    taken: Taken,
    changes: tuple[Change, ...],
    mode: Mode,
    store: Store,
) -> Changes:
    """Everything that a report says of a run.

    Args:
        asked: What the user asked for.
        taken: What the combiner made of the recordings.
        changes: How that differs from the store.
        mode: What was to be done about it.
        store: What it was held against.
    """
    changed = {change.recording for change in changes}
    alike = [answered for name, answered in taken.answers.items() if name not in changed]
    failed = sum(answered.failed for answered in alike)
    result = Changes(
        version=__version__,
        command=asked.plan.command,
        sides=("stored", "now"),
        names=(str(asked.store), taken.candidate),
        changes=changes,
        same=len(alike) - failed,
        left_out=_left_out(taken, failed),
        remarks=tuple(_remarks(taken, store, changes)),
    )
    code, verdict = _verdict(asked, taken, result, mode, len(store.snapshots))
    return replace(result, exit_code=code, verdict=verdict)


def _left_out(taken: Taken, failed: int) -> Mapping[str, int]:
    numbers = {
        "failed as stored": failed,
        "not run": len(taken.not_run),
        "unreadable": taken.summary.counts.unreadable,
        "mask unused": len(taken.masks.unused),
    }
    return {what: number for what, number in numbers.items() if number}


def _remarks(taken: Taken, store: Store, changes: Sequence[Change]) -> Iterable[str]:
    yield from unfinished(store)
    for mask in taken.masks.unused:
        yield f"The mask {mask} matches nothing in this run."
    unread = [f"{one.path}: {one.reason}" for one in taken.summary.unreadable if not one.skipped]
    if unread:
        yield f"Not read: {_first(unread)}"
    unsteady = [change.recording for change in changes if change.kind == "unsteady"]
    if unsteady:
        yield (
            f"{_first(unsteady)}: another answer each time cannot be held to anything; "
            "mend that, or mask what changes."
        )


def _first(entries: Sequence[str]) -> str:
    return f"{entries[0]} and {len(entries) - 1:,} more" if entries[1:] else entries[0]


def unfinished(store: Store) -> Iterator[str]:
    """That the files of a store are not what it is read as, and what mends that."""
    if store.unfinished:
        yield (
            f"A run was killed while it wrote {store.folder}: some of its files are still the old ones, "
            "and it is read as if all were the new ones. "
            f"To finish it: stream-audit snapshot --store {store.folder} --list"
        )


def _verdict(asked: Asked, taken: Taken, result: Changes, mode: Mode, stored: int) -> tuple[int, str]:
    """The exit code and why: a change that was found is worth more than input that was not."""
    if not taken.answers:
        return 3, taken.summary.stop_reason or "nothing was compared"
    if mode == "check" and not stored:
        return 3, f"nothing was compared: nothing is stored in {asked.store}"
    if mode != "write" and result.changes:
        pended = mode == "list" and any(change.id for change in result.changes)
        where = f"; what can be decided is pending in {asked.store}" if pended else ""
        return 1, f"{differ(result.changes)}{where}"
    refused = _refused(asked, taken, result.changes)
    done = _done(result.changes, asked, refused) if mode == "write" else "everything is as it is stored"
    if refused:
        return 1, f"{done}; {_why_refused(refused, taken)}"
    if len(taken.failed) == len(taken.answers):
        return 3, f"{done}, and nothing was compared: {taken.candidate} answers no recording"
    if taken.summary.exit_code == 3:
        return 3, taken.summary.stop_reason or "not everything was compared"
    return 0, done


def _refused(asked: Asked, taken: Taken, changes: Sequence[Change]) -> list[Change]:
    """What a run that writes does not write."""
    failed = set() if asked.failures else taken.failed
    return [one for one in changes if one.kind == "unsteady" or one.recording in failed]


def _why_refused(refused: Sequence[Change], taken: Taken) -> str:
    wavering = sum(change.kind == "unsteady" for change in refused)
    failed = len(refused) - wavering
    told = (
        [f"{failed:,} {'fails' if failed == 1 else 'fail'} (--accept-failures stores that)"] if failed else []
    )
    told += [f"{wavering:,} {'wavers' if wavering == 1 else 'waver'}"] if wavering else []
    return f"not written: {', '.join(told)}"


def _done(changes: Sequence[Change], asked: Asked, refused: Sequence[Change]) -> str:
    number = sum(change.kind != "stale" for change in changes) - len(refused)
    stale = [change for change in changes if change.kind == "stale"]
    written = f"{number:,} {'snapshot was' if number == 1 else 'snapshots were'} written" if number else ""
    if not stale:
        return written or ("nothing was written" if refused else "nothing had to be written")
    left = "what is stale and gone was removed" if asked.prune else "what is stale stays; --prune removes it"
    return f"{written}; {left}" if written else left


def differ(changes: Sequence[Change]) -> str:
    """That changes were found, as a clause."""
    number = len(changes)
    return f"{number:,} {'recording is' if number == 1 else 'recordings are'} not as stored"
