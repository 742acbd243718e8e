"""``stream-audit usage``: add up what recorded requests used, by their labels."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from stream_audit.cli import flags
from stream_audit.cli.configure import settings_option
from stream_audit.errors import UsageError

if TYPE_CHECKING:
    from typing import TextIO

    from stream_audit.model.bill import Bill
    from stream_audit.reports import Options

__all__ = ["EXAMPLES", "usage"]


_SETTINGS = ("dialect", "policy", "strict", "jobs")
"""What is read from the settings file and from variables: what means the same here as in ``replay``."""

EXAMPLES = """\b
Examples:
  stream-audit usage recordings/ --by project,user
  stream-audit usage runs/ --path-labels 'runs/{tick}/{phase}/{entity}.jsonl' --by tick,phase
  stream-audit usage runs/ --labels labels.csv --by entity --format json -o usage.json
  stream-audit usage runs/ --format lines

\b
Exit codes: 0 added up · 2 usage · 3 nothing added up (with --strict: not
  everything) · 4 internal error · 130 interrupted"""


def usage(
    paths: flags.Recordings,
    config: Annotated[Path | None, settings_option(_SETTINGS)] = None,
    by: Annotated[
        list[str] | None,
        flags.option("--by", metavar="LABEL,...", help="Add up by these labels, the coarsest first."),
    ] = None,
    path_labels: flags.PathLabels = None,
    labels: flags.Labels = None,
    dialect: flags.Dialect = None,
    policy: flags.Policy = None,
    strict: flags.Strict = False,
    format: Annotated[
        str, flags.option("--format", metavar="KIND", help="Print the result as: table, json, csv, lines.")
    ] = "table",
    output: flags.Output = None,
    jobs: flags.Jobs = 1,
    quiet: Annotated[bool, flags.quiet(help="Print sums, counts and verdict only.")] = False,
    verbose: Annotated[
        bool, flags.verbose(help="List every file that is in no sum, not just the first.")
    ] = False,
    color: flags.Color = "auto",
    width: flags.Width = None,
) -> int:
    """Add up the tokens and requests of recordings, by their labels, with a sum for every level."""
    from stream_audit import recordings
    from stream_audit.audit import Plan
    from stream_audit.cli.choices import check_choices, check_kind, split
    from stream_audit.cli.output import Outlets, colored, terminal_width
    from stream_audit.cli.plan import strictly
    from stream_audit.cli.policies import parse_policies
    from stream_audit.cli.progress import Bar
    from stream_audit.corridor import tally
    from stream_audit.ledger.labels import Labels
    from stream_audit.reports import Options

    check_kind("format", format, ("table", "json", "csv", "lines"))
    check_choices(fail_on="warning", color=color, chunks_as="auto")
    levels = split(by, "--by")
    plan = Plan(
        paths=tuple(paths),
        dialect=dialect,
        policies=parse_policies(policy or ()),
        jobs=jobs,
        strict=strictly(strict),
        command=("usage", *paths, *(("--by", ",".join(levels)) if levels else ())),
    )
    options = Options(
        width=width or terminal_width(),
        color=output in {None, "-"} and colored(color, os.environ),
        verbose=verbose,
        quiet=quiet,
    )
    outlets = Outlets(lambda: [source.path for source in recordings.find(plan.paths)])
    try:
        stream = outlets.file(output or "-")
        sources = Labels(path_labels or (), labels)
        with Bar(shown=sys.stderr.isatty() and not quiet) as bar:
            bill = tally.usage(plan, sources, _levels(format, levels), bar.read, bar.sized)
        _write(bill, format, stream, options)
        outlets.keep()
    finally:
        outlets.drop()
    _warn(bill, format)
    return bill.summary.exit_code


def _levels(format: str, levels: tuple[str, ...]) -> tuple[str, ...]:
    """The labels to add up by; those of ``--format lines`` are given by what the lines say."""
    from stream_audit.reports.bill_lines import LABELS

    if format != "lines":
        return levels
    if levels not in ((), LABELS, LABELS[:2]):
        raise UsageError(f"--format lines is always by {', '.join(LABELS)}; leave --by out.")
    return LABELS


def _write(bill: Bill, format: str, stream: TextIO, options: Options) -> None:
    if format == "table":
        from stream_audit.reports.bill_table import print_bill

        print_bill(bill, stream, options)
    elif format == "lines":
        from stream_audit.reports.bill_lines import write_lines

        write_lines(bill, stream)
    else:
        from stream_audit.reports import bill_data

        (bill_data.write_json if format == "json" else bill_data.write_csv)(bill, stream)


def _warn(bill: Bill, format: str) -> None:
    """Say on stderr what is odd about the labels; and what is in no sum, for a format that has only sums."""
    from stream_audit.reports.bill_table import left_out
    from stream_audit.reports.printable import printable

    for remark in (*bill.remarks, *(left_out(bill) if format in ("csv", "lines") else ())):
        with suppress(OSError):  # nobody listens
            sys.stderr.write(f"stream-audit: warning: {printable(remark)}\n")
