"""``stream-audit diff``: two stores of snapshots, or two combiners over recordings."""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated, Any, cast

import typer

from stream_audit.cli import flags
from stream_audit.cli.configure import settings_option
from stream_audit.cli.pending import note
from stream_audit.errors import UsageError

__all__ = ["EXAMPLES", "diff"]


_SETTINGS = ("python", "no_install", "dialect", "chunks_as", "timeout", "strict", "jobs")
"""What is read from the settings file and from variables: what means the same here as in ``replay``."""

EXAMPLES = """\b
Examples:
  stream-audit diff snapshots-1.2 snapshots-1.3
  stream-audit diff recordings/ --reference old=llm==0.27.1 --candidate new=llm==0.36
  stream-audit diff recordings/ --reference old=v1.py:fold --candidate new=v2.py:fold --format concise

\b
Exit codes: 0 the same · 1 they differ · 2 usage · 3 nothing compared
  (with --strict: not everything) · 4 internal error · 130 interrupted"""


def diff(
    paths: Annotated[
        list[str], typer.Argument(metavar="OLD NEW | PATH...", help="Two stores; or recordings.")
    ],
    config: Annotated[Path | None, settings_option(_SETTINGS)] = None,
    reference: Annotated[
        str | None, flags.reference(metavar="[LABEL=]SPEC", help="The old combiner.")
    ] = None,
    candidate: Annotated[
        list[str] | None,
        flags.candidate(metavar="[LABEL=]SPEC", help="The new combiner; may be repeated."),
    ] = None,
    fields: flags.Fields = None,
    python: flags.Python = None,
    no_install: flags.NoInstall = False,
    dialect: flags.Dialect = None,
    chunks_as: flags.ChunksAs = "auto",
    timeout: flags.Timeout = 10.0,
    strict: flags.Strict = False,
    format: flags.FormatOfChanges = "table",
    jobs: flags.Jobs = 1,
    quiet: Annotated[bool, flags.quiet(help="Print what differs, counts and verdict only.")] = False,
    verbose: Annotated[
        bool, flags.verbose(help="Show every difference, not just the first of a kind.")
    ] = False,
    color: flags.Color = "auto",
    width: flags.Width = None,
) -> int:
    """Show what differs between two stores of snapshots, or between two combiners over recordings."""
    from stream_audit import audit
    from stream_audit.cli.choices import check_choices, check_kind, split
    from stream_audit.cli.command import command_words, repeated_words
    from stream_audit.cli.output import Outlets, colored, terminal_width
    from stream_audit.cli.plan import strictly
    from stream_audit.cli.progress import Bar
    from stream_audit.cli.titles import rule_entry, rule_title
    from stream_audit.corridor import snapshotting
    from stream_audit.reports import Options, open_report
    from stream_audit.reports.changes import FORMATS, write_changes

    check_kind("format for diff", format, FORMATS)
    check_choices(fail_on="note", color=color, chunks_as=chunks_as)
    plan = audit.Plan(
        paths=tuple(paths),
        candidates=tuple(candidate or ()),
        reference=reference,
        python=python,
        install=not no_install,
        dialect=dialect,
        fields=split(fields, "--fields"),
        chunks_as=cast("Any", chunks_as),
        timeout=timeout,
        jobs=jobs,
        fail_on="note",
        strict=strictly(strict),
    )
    options = Options(
        width=width or terminal_width(),
        color=colored(color, os.environ),
        verbose=verbose,
        quiet=quiet,
        title=rule_title,
        rule=rule_entry,
        fail_on="note",
        specs=plan.candidates,
        repeat=repeated_words(plan),
    )
    stream = Outlets().stdout()
    if reference is None and not candidate:
        if len(paths) != 2:
            raise UsageError(
                "diff takes two stores, or recordings with --reference SPEC and --candidate SPEC."
            )
        changes = snapshotting.compare_stores(Path(paths[0]), Path(paths[1]), ("diff", *paths))
        note(changes, quiet=quiet)
        write_changes(changes, format, stream, options)
        return changes.exit_code
    if reference is None or not candidate:
        missing = (
            "--reference SPEC, the old combiner" if reference is None else "--candidate SPEC, the new one"
        )
        raise UsageError(f"diff over recordings compares two combiners; {missing}, is missing.")
    plan = replace(plan, command=("diff", *command_words(plan)[1:]))
    with Bar(shown=sys.stderr.isatty() and not quiet) as bar:
        say = None if quiet else partial(print, file=sys.stderr)
        return audit.replay(plan, [open_report(format, stream, options)], bar.read, bar.sized, say)
