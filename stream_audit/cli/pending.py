"""What ``snapshot`` prints, and what it does about changes that wait: list them, accept and reject them."""

from __future__ import annotations

import sys
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from stream_audit.corridor.snapshotting import Asked
    from stream_audit.model.change import Changes
    from stream_audit.reports import Options

__all__ = ["decide", "list_pending", "note", "print_result", "said"]


def print_result(changes: Changes, options: Options, format: str, *, listed: bool) -> None:
    """Print what differs; ``listed``: each change under its id, where the format is for people."""
    from stream_audit.cli.output import Outlets
    from stream_audit.reports.changes import print_listed, write_changes

    stream = Outlets().stdout()
    if listed and format == "table":
        print_listed(changes, stream, options)
    else:
        write_changes(changes, format, stream, options)


def list_pending(asked: Asked, options: Options, format: str) -> int:
    """List what waits already."""
    from stream_audit import __version__
    from stream_audit.corridor import snapshotting
    from stream_audit.model.change import Changes

    there = tuple(one.change for one in snapshotting.waiting(asked.store))
    snapshotting.finish(asked.store, said(quiet=options.quiet))
    changes = Changes(
        version=__version__,
        command=("snapshot", "--store", str(asked.store), "--list"),
        sides=("stored", "now"),
        names=(str(asked.store), ""),
        changes=there,
        verdict="these changes are pending" if there else "nothing is pending",
        exit_code=1 if there else 0,
    )
    print_result(changes, options, format, listed=True)
    return changes.exit_code


def decide(asked: Asked, accept: Sequence[str], reject: Sequence[str], *, quiet: bool) -> int:
    """Accept and reject pending changes, and say which."""
    from stream_audit.cli.output import say
    from stream_audit.corridor import snapshotting
    from stream_audit.reports.printable import printable

    done, dropped = snapshotting.decide(asked.store, said(quiet=quiet), accept=accept, reject=reject)
    for what, changes in (("accepted", done), ("rejected", dropped)):
        for change in changes:
            say(f"{what} {change.id}  {change.kind}  {printable(change.recording)}")
    left = len(snapshotting.waiting(asked.store))
    say(f"{len(done)} accepted · {len(dropped)} rejected · {left} pending")
    return 0


def said(*, quiet: bool) -> Any:
    """Who is told what takes long: standard error, or nobody."""
    return (lambda _: None) if quiet else partial(print, file=sys.stderr)


def note(changes: Changes, *, quiet: bool) -> None:
    """Say on stderr what the counts cannot."""
    from stream_audit.reports.printable import printable

    for remark in () if quiet else changes.remarks:
        with suppress(OSError):  # nobody listens
            sys.stderr.write(f"stream-audit: note: {printable(remark)}\n")
