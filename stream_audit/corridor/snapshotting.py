"""The corridor of snapshots: what a combiner makes of recordings, against what is stored of that.

Whoever writes runs the combiner first and then takes the store's lock, so that
another run waits for files, never for somebody's code.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path

from stream_audit import __version__
from stream_audit.accepted import names, pending
from stream_audit.accepted.pending import Pending
from stream_audit.accepted.scope import Scope
from stream_audit.accepted.snapshots import Snapshot
from stream_audit.accepted.store import Store, read_store, writing
from stream_audit.corridor.homes import Say
from stream_audit.corridor.outcome import Mode, differ, summed_up, unfinished
from stream_audit.corridor.taking import GONE, Asked, Taken, Watch, take
from stream_audit.corridor.telling import Answered, arrived, changed, lone, wavering
from stream_audit.errors import UsageError
from stream_audit.model.change import Change, Changes, Part

__all__ = ["Asked", "Watch", "check", "compare_stores", "decide", "finish", "propose", "record", "waiting"]


def record(asked: Asked, watch: Watch) -> Changes:
    """Write what the combiner makes of every recording into the store.

    Returns:
        What was written. What is stale stays, unless it is to be pruned.

    Raises:
        UsageError: The store cannot be read or written, the candidate cannot be run, or a name is wrong.
    """
    taken = take(asked, watch, read_store(asked.store))
    with writing(asked.store, watch.say) as store:
        found = _compared(asked, taken, replace(store, masks=None))
        if taken.answers:
            _write(asked, taken, found, store)
    return _summed_up(asked, taken, found, "write", store)


def _summed_up(asked: Asked, taken: Taken, found: Sequence[Pending], mode: Mode, store: Store) -> Changes:
    changes = [*(one.change for one in found), *(_unsteady(name, taken) for name in taken.unsteady)]
    changes.sort(key=lambda change: change.recording)
    return summed_up(asked, taken, tuple(changes), mode, store)


def _write(asked: Asked, taken: Taken, found: Sequence[Pending], store: Store) -> None:
    """Write what may be: an answer that wavers never, a failure where it is asked for."""
    gone = {name for name, why in taken.stale(store, asked).items() if why == GONE} if asked.prune else set()
    new = [one.new for one in found if one.new is not None]
    new = [one for one in new if asked.failures or one.response is not None]
    alike = {
        name for name, one in taken.answers.items() if _text(store.snapshots.get(name)) == one.snapshot.text
    }
    untouched = store.snapshots.keys() - alike - gone - {one.recording for one in new}
    if untouched and store.masks not in (None, taken.masks.paths):
        raise UsageError(
            f"The store {asked.store} masks {_listed(store.masks or ())}, not {_listed(taken.masks.paths)}; "
            f"{len(untouched)} of its snapshots are not of this run. Mask it anew with all its recordings."
        )
    if new or store.masks is not None:
        store.found(taken.masks.paths)
    for one in new:
        store.put(one)
    for name in gone:
        store.remove(name)
    store.commit()
    scope = Scope(asked.plan.paths)
    before = [one.change for one in pending.read_pending(asked.store)]
    pending.sync(asked.store, (), [change.id for change in before if scope.holds(change.recording)])


def check(asked: Asked, watch: Watch) -> Changes:
    """Compare what the combiner makes of every recording with the store; nothing is written.

    Raises:
        UsageError: As :func:`record`, and where other masks are asked for than the store's.
    """
    store = read_store(asked.store)
    taken = take(asked, watch, store)
    return _summed_up(asked, taken, _compared(asked, taken, store), "check", store)


def propose(asked: Asked, watch: Watch) -> Changes:
    """As :func:`check`, and keep what differs as pending changes of the store."""
    taken = take(asked, watch, read_store(asked.store))
    with writing(asked.store, watch.say) as store:
        found = _compared(asked, taken, store)
        scope, ids = Scope(asked.plan.paths), {one.change.id for one in found}
        before = [one.change for one in pending.read_pending(asked.store)]
        gone = [one.id for one in before if one.id not in ids and scope.holds(one.recording)]
        pending.sync(asked.store, found, gone)
    return _summed_up(asked, taken, found, "list", store)


def finish(folder: Path, say: Say) -> None:
    """Do what a run left undone that was killed while it wrote a store; nothing where none was.

    Raises:
        UsageError: It cannot be written, or another run still had it in the end.
    """
    if read_store(folder).unfinished:
        with writing(folder, say):
            pass


def waiting(folder: Path) -> list[Pending]:
    """The pending changes of a store, by recording.

    Raises:
        UsageError: There is no such folder, or one of them cannot be read.
    """
    if not folder.is_dir():
        raise UsageError(f"There is no store {folder}.")
    return pending.read_pending(folder)


def decide(
    folder: Path, say: Say, *, accept: Iterable[str] = (), reject: Iterable[str] = ()
) -> tuple[list[Change], list[Change]]:
    """Accept and reject pending changes by their ids.

    Returns:
        The changes that were made, and those that were dropped; the store has nothing of the latter.

    Raises:
        UsageError: An id names none or several, is in both lists, or a stored snapshot is not what it was.
    """
    waiting(folder)  # where there is no store, none is made
    with writing(folder, say) as store:
        there = waiting(folder)
        wanted, unwanted = pending.pick(there, accept), pending.pick(there, reject)
        both = {one.change.id for one in wanted} & {one.change.id for one in unwanted}
        if both:
            raise UsageError(f"The change {min(both)} is to be accepted and rejected.")
        pending.settle(store, wanted)
        done = [one.change for one in wanted], [one.change for one in unwanted]
        pending.sync(folder, (), [change.id for changes in done for change in changes])
    return done


def compare_stores(old: Path, new: Path, command: tuple[str, ...]) -> Changes:
    """What differs between two stores.

    Raises:
        UsageError: One of them is no store, or cannot be read.
    """
    left, right = read_store(old), read_store(new)
    for store in (left, right):
        if store.masks is None:
            raise UsageError(f"{store.folder} is no store of snapshots: it has no {names.MARKER}.")
    found = [
        _pending(
            left.snapshots.get(name), Answered(right.snapshots[name]) if name in right.snapshots else None
        )
        for name in sorted(left.snapshots.keys() | right.snapshots.keys())
        if _text(left.snapshots.get(name)) != _text(right.snapshots.get(name))
    ]
    remarks = [*unfinished(left), *unfinished(right)]
    remarks += [] if left.masks == right.masks else ["The two stores mask different fields."]
    shared = left.snapshots.keys() & right.snapshots.keys()
    changes = tuple(one.change for one in found)
    alike = [name for name in shared if _text(left.snapshots[name]) == _text(right.snapshots[name])]
    failed = sum(left.snapshots[name].response is None for name in alike)
    code, verdict = (1, differ(changes)) if changes else (0, "the stores say the same")
    if not left.snapshots and not right.snapshots:
        code, verdict = 3, "nothing was compared: both stores are empty"
    elif not changes and failed == len(alike):
        code, verdict = 3, "nothing was compared: both stores hold nothing but failures"
    return Changes(
        version=__version__,
        command=command,
        sides=("old", "new"),
        names=(str(old), str(new)),
        changes=changes,
        same=len(alike) - failed,
        left_out={"failed in both": failed} if failed else {},
        remarks=tuple(remarks),
        verdict=verdict,
        exit_code=code,
    )


def _text(snapshot: Snapshot | None) -> str:
    return "" if snapshot is None else snapshot.text


# --------------------------------------------------------------------------- the comparison


def _compared(asked: Asked, taken: Taken, store: Store) -> list[Pending]:
    """Every change from the store to the run that can be decided on, by recording."""
    if store.masks not in (None, taken.masks.paths):
        raise UsageError(
            f"The store {asked.store} masks {_listed(store.masks or ())}, not {_listed(taken.masks.paths)}. "
            "A run that writes (without --check, --list, --review) masks it anew."
        )
    found = {}
    for name, answered in taken.answers.items():
        old = store.snapshots.get(name)
        if answered.again is not None:
            continue
        if old is None or old.text != answered.snapshot.text:
            found[name] = _pending(old, answered, taken.candidate, taken.masks.paths)
    for name, why in taken.stale(store, asked).items():
        found[name] = _pending(store.snapshots[name], None, taken.candidate, taken.masks.paths, why)
    return [found[name] for name in sorted(found)]


def _pending(
    old: Snapshot | None,
    answered: Answered | None,
    candidate: str | None = None,
    masks: tuple[str, ...] = (),
    why: str = "It is only on the old side.",
) -> Pending:
    """The change from an old answer to a new one; at least one of them is there."""
    new = answered.snapshot if answered is not None else None
    one = old or new
    assert one is not None
    if old is not None and answered is not None:
        parts: tuple[Part, ...] = changed(old, answered, candidate)
    elif answered is not None:
        parts = arrived(answered)
    else:
        parts = (lone(one.recording, "snapshot-stale", why, None),)
    change = Change(
        id=pending.change_id(one.recording, old, new),
        kind="stale" if new is None else "new" if old is None else "changed",
        recording=one.recording,
        parts=parts,
    )
    return pending.pending(change, old, new, masks)


def _unsteady(name: str, taken: Taken) -> Change:
    parts = wavering(taken.answers[name], taken.candidate)
    return Change(id="", kind="unsteady", recording=name, parts=parts)


def _listed(masks: Sequence[str]) -> str:
    return ", ".join(masks) or "nothing"
