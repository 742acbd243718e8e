"""``stream-audit snapshot``: keep what a combiner makes of recordings, and show what changes."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, cast

from stream_audit.cli import flags
from stream_audit.cli.configure import settings_option
from stream_audit.errors import UsageError

if TYPE_CHECKING:
    from stream_audit.corridor.snapshotting import Asked
    from stream_audit.reports import Options

__all__ = ["EXAMPLES", "snapshot"]


_SETTINGS = (
    *("candidate", "store", "mask", "python", "no_install", "dialect", "policy", "chunks_as", "timeout"),
    *("strict", "jobs"),
)
"""What is read from the settings file and from variables: what means the same here as in ``replay``."""

EXAMPLES = """\b
Examples:
  stream-audit snapshot recordings/ --candidate myapp.combine:fold --store snapshots
  stream-audit snapshot recordings/ --candidate myapp.combine:fold --store snapshots --check
  stream-audit snapshot recordings/ --candidate myapp.combine:fold --store snapshots --review
  stream-audit snapshot --store snapshots --accept 3f9a --reject 81
  stream-audit snapshot recordings/ --candidate openai --store snapshots --mask created --mask id

\b
Exit codes: 0 written, or as stored · 1 not as stored, or not to be written: no answer,
  or another one each time · 2 usage · 3 nothing compared (with --strict: not everything)
  4 internal error · 130 interrupted, nothing written"""


def snapshot(
    paths: flags.SomeRecordings = None,
    config: Annotated[Path | None, settings_option(_SETTINGS)] = None,
    candidate: Annotated[
        list[str] | None,
        flags.candidate(metavar="SPEC", envvar="STREAM_AUDIT_CANDIDATE", help="The combiner; one."),
    ] = None,
    store: Annotated[
        Path | None,
        flags.option("--store", metavar="DIR", envvar="STREAM_AUDIT_STORE", help="Where snapshots are kept."),
    ] = None,
    check: Annotated[
        bool, flags.option("--check", help="Write nothing; exit 1 on what is changed, new or stale.")
    ] = False,
    listed: Annotated[
        bool, flags.option("--list", help="List what is changed, new or stale, and keep it as pending.")
    ] = False,
    review: Annotated[
        bool, flags.option("--review", help="Go through pending changes in the terminal.")
    ] = False,
    accept: Annotated[
        list[str] | None,
        flags.option(
            "--accept", metavar="ID", help="Write this pending change into the store; may be repeated."
        ),
    ] = None,
    reject: Annotated[
        list[str] | None,
        flags.option("--reject", metavar="ID", help="Drop this pending change; may be repeated."),
    ] = None,
    prune: Annotated[
        bool, flags.option("--prune", help="Remove the snapshots of recordings that are gone.")
    ] = False,
    accept_failures: Annotated[
        bool,
        flags.option("--accept-failures", help="Write also that the candidate gives no answer, and why."),
    ] = False,
    mask: Annotated[
        list[str] | None,
        flags.option(
            "--mask",
            metavar="PATH",
            envvar="STREAM_AUDIT_MASK",
            help="Store this field as masked: created, choices[*].message.tool_calls[*].id.",
        ),
    ] = None,
    python: flags.Python = None,
    no_install: flags.NoInstall = False,
    dialect: flags.Dialect = None,
    policy: flags.Policy = None,
    chunks_as: flags.ChunksAs = "auto",
    timeout: flags.Timeout = 10.0,
    strict: flags.Strict = False,
    format: flags.FormatOfChanges = "table",
    jobs: flags.Jobs = 1,
    quiet: Annotated[bool, flags.quiet(help="Show no progress and no notes.")] = False,
    verbose: Annotated[bool, flags.verbose(help="Show every change, not just the first of a kind.")] = False,
    color: flags.Color = "auto",
    width: flags.Width = None,
) -> int:
    """Keep what a combiner makes of each recording, one readable file each, and show what changes."""
    from stream_audit.audit import Plan
    from stream_audit.cli.choices import check_choices, check_kind
    from stream_audit.cli.output import colored, terminal_width
    from stream_audit.cli.pending import decide, list_pending
    from stream_audit.cli.plan import strictly
    from stream_audit.cli.policies import parse_policies
    from stream_audit.cli.review import check_terminal, go_through
    from stream_audit.corridor import snapshotting
    from stream_audit.reports import Options
    from stream_audit.reports.changes import FORMATS

    check_kind("format for snapshot", format, FORMATS)
    check_choices(fail_on="never", color=color, chunks_as=chunks_as)
    plan = Plan(
        paths=tuple(paths or ()),
        candidates=tuple(candidate or ()),
        python=python,
        install=not no_install,
        dialect=dialect,
        policies=parse_policies(policy or ()),
        chunks_as=cast("Any", chunks_as),
        timeout=timeout,
        jobs=jobs,
        strict=strictly(strict),
    )
    if store is None:
        raise UsageError("--store DIR names the folder of the snapshots.")
    asked = snapshotting.Asked(
        plan=plan, store=store, masks=tuple(mask or ()), prune=prune, failures=accept_failures
    )
    options = Options(
        width=width or terminal_width(),
        color=colored(color, os.environ),
        verbose=verbose,
        quiet=quiet,
    )
    mode = _mode(check=check, list=listed, review=review, decide=bool(accept or reject), prune=prune)
    if accept_failures and mode not in ("write", "prune"):
        raise UsageError("--accept-failures is for a run that writes; a single one is accepted by its ID.")
    if mode == "decide":
        return decide(asked, accept or (), reject or (), quiet=quiet)
    if mode == "review":
        check_terminal()
    if mode == "review" and not paths:
        return go_through(store, options)
    if mode == "list" and not paths:
        return list_pending(asked, options, format)
    if not paths:
        raise UsageError("Missing argument 'PATH...': the recordings.")
    if not candidate:
        raise UsageError("--candidate SPEC names the combiner.")
    return _run(asked, options, format, mode)


def _mode(**given: bool) -> str:
    """Which of the modes is asked for.

    Raises:
        UsageError: More than one.
    """
    wanted = [mode for mode, asked_for in given.items() if asked_for]
    if len(wanted) > 1:
        named = [f"--{mode}" if mode != "decide" else "--accept, --reject" for mode in wanted]
        raise UsageError(f"{' and '.join(named)} cannot be asked for at once.")
    return wanted[0] if wanted else "write"


def _run(asked: Asked, options: Options, format: str, mode: str) -> int:
    """Have the combiner run, and do what is asked about what it makes of the recordings."""
    from stream_audit.cli.command import command_words
    from stream_audit.cli.pending import note, print_result, said
    from stream_audit.cli.progress import Bar
    from stream_audit.cli.review import go_through
    from stream_audit.corridor import snapshotting

    masks = (word for mask in asked.masks for word in ("--mask", mask))
    words = ("snapshot", *command_words(asked.plan)[1:], "--store", str(asked.store), *masks)
    asked = replace(asked, plan=replace(asked.plan, command=words))
    runs = {"check": snapshotting.check, "list": snapshotting.propose, "review": snapshotting.propose}
    with Bar(shown=sys.stderr.isatty() and not options.quiet) as bar:
        watch = snapshotting.Watch(bar.read, bar.sized, said(quiet=options.quiet))
        changes = runs.get(mode, snapshotting.record)(asked, watch)
    note(changes, quiet=options.quiet)
    if mode == "review" and any(change.id for change in changes.changes):
        left = go_through(asked.store, options)
        return changes.exit_code if any(not change.id for change in changes.changes) else left
    print_result(changes, options, format, listed=mode == "list")
    return changes.exit_code
