"""``stream-audit replay``: fold recordings with the reference and with candidates, and report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from stream_audit.cli import completing, flags
from stream_audit.cli.configure import settings_option

__all__ = ["EXAMPLES", "replay"]

EXAMPLES = """\b
Examples:
  stream-audit replay recordings/ --candidate myapp.combine:fold
  stream-audit replay a.jsonl:10-30 --candidate old=v1.py:fold --candidate new=v2.py:fold
  stream-audit replay recordings/ --candidate new.py:fold --reference old.py:fold
  stream-audit replay recordings/ --accumulator sum --accumulator last-wins --explain-usage
  stream-audit replay recordings/ --candidate openai --report json=report.json --format concise
  stream-audit replay --last-failed --max-failures 5
  curl -sN $URL | tee raw.sse | stream-audit replay - --candidate myapp.combine:fold

\b
Exit codes: 0 no finding that counts · 1 findings · 2 usage · 3 nothing compared
  (with --strict: not everything; or stopped by --max-time) · 4 internal error · 130 interrupted
Settings: [tool.stream-audit] in pyproject.toml, then STREAM_AUDIT_* variables; flags win."""


def replay(
    context: typer.Context,
    paths: flags.Paths = None,
    config: Annotated[Path | None, settings_option()] = None,
    candidate: Annotated[
        list[str] | None,
        flags.candidate(metavar="[LABEL=]SPEC", help="Audit this combiner; may be repeated."),
    ] = None,
    pair: Annotated[
        list[str] | None,
        flags.option(
            "--pair", metavar="SYNC=ASYNC", help="Hold these two candidates to the same; may be repeated."
        ),
    ] = None,
    accumulator: Annotated[
        list[str] | None,
        flags.option(
            "--accumulator",
            metavar="[LABEL=]NAME",
            autocompletion=completing.accumulators,
            help="Total usage this way beside; may be repeated.",
        ),
    ] = None,
    reference: Annotated[
        str | None, flags.reference(metavar="SPEC", help="Compare with this combiner, not with ours.")
    ] = None,
    python: flags.Python = None,
    no_install: flags.NoInstall = False,
    dialect: flags.Dialect = None,
    fields: flags.Fields = None,
    select: flags.Select = None,
    ignore: flags.Ignore = None,
    per_recording_ignores: flags.PerRecordingIgnores = None,
    baseline: flags.Baseline = None,
    baseline_update: flags.BaselineUpdate = False,
    baseline_prune: flags.BaselinePrune = False,
    policy: flags.Policy = None,
    chunks_as: flags.ChunksAs = "auto",
    timeout: flags.Timeout = 10.0,
    check_growth: Annotated[
        bool, flags.option("--check-growth", help="Measure whether time per chunk grows with the stream.")
    ] = False,
    fail_on: flags.FailOn = "warning",
    last_failed: Annotated[
        bool,
        flags.option("--last-failed", help="Audit only the files with recordings that failed last time."),
    ] = False,
    max_failures: Annotated[
        int | None,
        flags.option("--max-failures", metavar="N", min=1, help="Stop after N recordings that fail."),
    ] = None,
    max_time: Annotated[
        str | None,
        flags.option(
            "--max-time", metavar="TIME", help="Begin no recording after this: seconds, or 90s, 5m, 1h."
        ),
    ] = None,
    exit_zero: flags.ExitZero = False,
    strict: flags.Strict = False,
    format: flags.Format = "table",
    output: flags.ReportFile = None,
    report: flags.Report = None,
    jobs: flags.Jobs = 1,
    explain_usage: Annotated[
        bool, flags.option("--explain-usage", help="Show where each number of usage stood, and which won.")
    ] = False,
    timings: Annotated[bool, flags.option("--timings", help="Put seconds into the JSON report.")] = False,
    quiet: flags.Quiet = False,
    verbose: flags.Verbose = False,
    color: flags.Color = "auto",
    no_progress: flags.NoProgress = False,
    width: flags.Width = None,
) -> int:
    """Fold every recording with the reference and with each candidate; exit 1 on differences."""
    from stream_audit.cli.auditing import carry_out
    from stream_audit.cli.choices import check_choices
    from stream_audit.cli.named import check_named
    from stream_audit.cli.plan import make_plan

    check_choices(fail_on=fail_on, color=color, chunks_as=chunks_as)
    check_named(paths or (), candidate or ())
    return carry_out(make_plan(paths or (), context.params), context.params)
