"""``stream-audit reconcile``: compare what recordings used with what somebody's books say."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from stream_audit.cli import flags
from stream_audit.cli.configure import settings_option

if TYPE_CHECKING:
    from typing import TextIO

    from stream_audit.corridor.settle import Terms
    from stream_audit.model.statement import Statement
    from stream_audit.reports import Options

__all__ = ["EXAMPLES", "reconcile"]


_SETTINGS = ("dialect", "policy", "select", "ignore", "fail_on", "exit_zero", "strict", "jobs")
"""What is read from the settings file and from variables: what means the same here as in ``replay``."""

EXAMPLES = """\b
Examples:
  stream-audit reconcile recordings/ --against simulations/demo
  stream-audit reconcile recordings/ --against tick-1/ --against tick-2/ --by entity,tick
  stream-audit reconcile recordings/ --against totals.csv --by project,user --tolerance tokens=0.5%

\b
Exit codes: 0 everything matched · 1 findings · 2 usage · 3 nothing compared
  (with --strict: not everything) · 4 internal error · 130 interrupted"""


def reconcile(
    paths: flags.Recordings,
    against: Annotated[
        list[str],
        flags.option("--against", metavar="FILE|DIR", help="The books; repeat for later states of them."),
    ],
    config: Annotated[Path | None, settings_option(_SETTINGS)] = None,
    by: Annotated[
        list[str] | None,
        flags.option(
            "--by", metavar="LABEL,...", help="Compare by these labels, not by the books' own keys."
        ),
    ] = None,
    path_labels: flags.PathLabels = None,
    labels: flags.Labels = None,
    tolerance: Annotated[
        list[str] | None,
        flags.option("--tolerance", metavar="NAME=N[%]", help="Let counts differ: tokens=0.5%, requests=1."),
    ] = None,
    cumulative: Annotated[
        bool, flags.option("--cumulative", help="Rows with a tick hold everything up to that tick.")
    ] = False,
    dialect: flags.Dialect = None,
    policy: flags.Policy = None,
    select: flags.Select = None,
    ignore: flags.Ignore = None,
    fail_on: flags.FailOn = "warning",
    exit_zero: flags.ExitZero = False,
    strict: flags.Strict = False,
    format: Annotated[
        str, flags.option("--format", metavar="KIND", help="Print the result as: table, json, csv.")
    ] = "table",
    output: flags.Output = None,
    jobs: flags.Jobs = 1,
    quiet: flags.Quiet = False,
    verbose: Annotated[bool, flags.verbose(help="Print every key and every finding.")] = False,
    color: flags.Color = "auto",
    width: flags.Width = None,
) -> int:
    """Compare what recordings used with somebody's books: a simulation's folder or log, a CSV, a JSON."""
    from stream_audit import recordings
    from stream_audit.audit import Plan
    from stream_audit.cli.choices import check_choices, check_kind, split
    from stream_audit.cli.output import Outlets, colored, terminal_width
    from stream_audit.cli.plan import strictly
    from stream_audit.cli.policies import parse_policies
    from stream_audit.cli.progress import Bar
    from stream_audit.cli.titles import rule_title
    from stream_audit.corridor import settle
    from stream_audit.ledger.labels import Labels
    from stream_audit.ledger.tolerance import parse_tolerance
    from stream_audit.reports import Options

    check_kind("format", format, ("table", "json", "csv"))
    check_choices(fail_on=fail_on, color=color, chunks_as="auto")
    terms = settle.Terms(
        against=tuple(against),
        by=split(by, "--by") or None,
        tolerance=parse_tolerance(split(tolerance, "--tolerance")),
        cumulative=cumulative,
    )
    plan = Plan(
        paths=tuple(paths),
        dialect=dialect,
        policies=parse_policies(policy or ()),
        select=split(select, "--select"),
        ignore=split(ignore, "--ignore"),
        fail_on=fail_on,
        exit_zero=exit_zero,
        strict=strictly(strict),
        jobs=jobs,
        command=_words(paths, terms, tolerance or (), path_labels or (), labels),
    )
    options = Options(
        width=width or terminal_width(),
        color=output in {None, "-"} and colored(color, os.environ),
        verbose=verbose,
        quiet=quiet,
        title=rule_title,
    )
    outlets = Outlets(lambda: [*(source.path for source in recordings.find(plan.paths)), *against])
    try:
        stream = outlets.file(output or "-")
        sources = Labels(path_labels or (), labels)
        with Bar(shown=sys.stderr.isatty() and not quiet) as bar:
            statement = settle.settle(plan, sources, terms, bar.read, bar.sized)
        _write(statement, format, stream, options)
        outlets.keep()
    finally:
        outlets.drop()
    _warn(statement, format)
    return statement.summary.exit_code


def _words(
    paths: list[str], terms: Terms, tolerance: list[str] | tuple[str, ...],
    patterns: list[str] | tuple[str, ...], sidecar: str | None,
) -> tuple[str, ...]:  # fmt: skip
    """The arguments that decide what is compared with what."""
    words = ["reconcile", *paths]
    for option, values in (
        ("--against", terms.against),
        ("--by", (",".join(terms.by),) if terms.by else ()),
        ("--path-labels", patterns),
        ("--labels", (sidecar,) if sidecar else ()),
        ("--tolerance", tolerance),
    ):
        for value in values:
            words += [option, value]
    return (*words, "--cumulative") if terms.cumulative else tuple(words)


def _write(statement: Statement, format: str, stream: TextIO, options: Options) -> None:
    if format == "table":
        from stream_audit.reports.reconciliation import print_reconciliation

        print_reconciliation(statement, stream, options)
    else:
        from stream_audit.reports import reconciliation_data

        write = reconciliation_data.write_json if format == "json" else reconciliation_data.write_csv
        write(statement, stream)


def _warn(statement: Statement, format: str) -> None:
    """Say on stderr what is odd about the labels, and what was found where the format has no place for it."""
    from stream_audit.reports.listing import place
    from stream_audit.reports.printable import printable

    lines = [f"stream-audit: warning: {printable(remark)}" for remark in statement.remarks]
    if format == "csv":
        lines += [
            f"{place(one.path, one.line)}: {one.rule} {printable(one.message)}" for one in statement.findings
        ]
    for line in lines:
        with suppress(OSError):  # nobody listens
            sys.stderr.write(f"{line}\n")
