"""Carry a plan out: the reports opened, the corridor walked, every file kept or none."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from stream_audit.audit import Plan

__all__ = ["carry_out"]


def carry_out(plan: Plan, shown: Mapping[str, Any]) -> int:
    """Audit what is planned, and report it.

    Args:
        plan: What to do.
        shown: Values of the options that say how to show it, by parameter: ``format``, ``output``,
            ``report``, ``quiet``, ``verbose``, ``color``, ``no_progress``, ``width``.

    Returns:
        The exit code.

    Raises:
        UsageError: What was named does not exist, or a report cannot be written.
    """
    from stream_audit import audit, recordings
    from stream_audit.cli.command import repeated_words
    from stream_audit.cli.opening import open_reports
    from stream_audit.cli.output import Outlets, colored, terminal_width
    from stream_audit.cli.progress import Bar
    from stream_audit.cli.titles import rule_entry, rule_title
    from stream_audit.reports import Options

    format, output, quiet = shown["format"], shown["output"], shown["quiet"]
    printed = output in {None, "-"}
    options = Options(
        width=shown["width"] or terminal_width(),
        color=printed and colored(shown["color"], os.environ),
        verbose=shown["verbose"],
        quiet=quiet,
        title=rule_title,
        rule=rule_entry,
        fail_on=plan.fail_on,
        specs=plan.candidates,
        accumulators=plan.accumulators,
        pairs=plan.pairs,
        repeat=repeated_words(plan),
    )
    outlets = Outlets(
        lambda: [source.path for source in recordings.find(plan.paths)], plan.accepting.baseline
    )
    try:
        reports = open_reports(outlets, options, format, output, shown["report"] or ())
        scrolling = format != "table" and printed and sys.stdout.isatty()
        with Bar(shown=sys.stderr.isatty() and not (quiet or shown["no_progress"] or scrolling)) as bar:
            say = None if quiet else partial(print, file=sys.stderr)
            code = audit.replay(plan, reports, bar.read, bar.sized, say)
        outlets.keep()
    finally:
        outlets.drop()
    return code
