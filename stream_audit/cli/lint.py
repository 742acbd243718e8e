"""``stream-audit lint``: what is wrong with the streams themselves, whoever combines them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stream_audit.cli import flags
from stream_audit.cli.configure import settings_option

__all__ = ["EXAMPLES", "lint"]

EXAMPLES = """\b
Examples:
  stream-audit lint recordings/
  stream-audit lint recordings/ --fail-on error --format sarif -o lint.sarif
  stream-audit lint recordings/ --select tools,finish --baseline lint-baseline.json
  stream-audit lint recordings/ --tags --fail-on never
  curl -sN $URL | stream-audit lint -

\b
Exit codes: 0 no finding that counts · 1 findings · 2 usage · 3 nothing linted
  (with --strict: not everything) · 4 internal error · 130 interrupted
Settings: [tool.stream-audit] in pyproject.toml, then STREAM_AUDIT_* variables; flags win."""


def lint(
    context: typer.Context,
    paths: flags.Paths = None,
    config: Annotated[Path | None, settings_option()] = None,
    dialect: flags.Dialect = None,
    select: flags.Select = None,
    ignore: flags.Ignore = None,
    per_recording_ignores: flags.PerRecordingIgnores = None,
    baseline: flags.Baseline = None,
    baseline_update: flags.BaselineUpdate = False,
    baseline_prune: flags.BaselinePrune = False,
    policy: flags.Policy = None,
    tags: Annotated[
        bool,
        flags.each_time("--tags", help="Also say which trigger shapes recordings have and lack."),
    ] = False,
    fail_on: flags.FailOn = "warning",
    exit_zero: flags.ExitZero = False,
    strict: flags.Strict = False,
    format: flags.Format = "table",
    output: flags.ReportFile = None,
    report: flags.Report = None,
    jobs: flags.Jobs = 1,
    quiet: flags.Quiet = False,
    verbose: flags.Verbose = False,
    color: flags.Color = "auto",
    no_progress: flags.NoProgress = False,
    width: flags.Width = None,
) -> int:
    """Say what recorded streams do that their dialect does not allow; exit 1 on findings.

    For makers of inference servers and gateways: where, how bad, why it matters, and which clients it
    is known to break.
    """
    from stream_audit.cli.auditing import carry_out
    from stream_audit.cli.choices import check_choices
    from stream_audit.cli.named import check_named
    from stream_audit.cli.plan import make_plan

    check_choices(fail_on=fail_on, color=color, chunks_as="auto")
    check_named(paths or (), ())
    return carry_out(make_plan(paths or (), context.params, "streams"), context.params)
