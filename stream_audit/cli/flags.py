"""Options that mean the same in several commands, each written once: its words, its bounds, its variable."""

from __future__ import annotations

from functools import partial
from typing import Annotated

import typer

from stream_audit.cli import completing

__all__ = [
    "Baseline",
    "BaselinePrune",
    "BaselineUpdate",
    "ChunksAs",
    "Color",
    "Dialect",
    "ExitZero",
    "FailOn",
    "Fields",
    "Format",
    "FormatOfChanges",
    "Ignore",
    "Jobs",
    "Labels",
    "NoInstall",
    "NoProgress",
    "Output",
    "PathLabels",
    "Paths",
    "PerRecordingIgnores",
    "Policy",
    "Python",
    "Quiet",
    "Recordings",
    "Report",
    "ReportFile",
    "Select",
    "SomeRecordings",
    "Strict",
    "Timeout",
    "Verbose",
    "Width",
    "candidate",
    "each_time",
    "option",
    "quiet",
    "reference",
    "verbose",
]

option = partial(typer.Option, show_envvar=False)
"""An option; its variable stands in docs/cli.md, not in every help text."""
each_time = partial(option, allow_from_autoenv=False)
"""What is asked for each time: a variable that rewrites the baseline would end every gate with 0."""

_paths = partial(
    typer.Argument,
    metavar="PATH...",
    show_envvar=False,
    help="File, folder, glob, file:10-30, .gz, .zst, or - for stdin.",
)
Paths = Annotated[list[str] | None, _paths(envvar="STREAM_AUDIT_PATHS")]
Recordings = Annotated[list[str], _paths()]
"""The same where they must be named each time."""
SomeRecordings = Annotated[list[str] | None, _paths()]
"""The same where a command can do without."""
PerRecordingIgnores = Annotated[
    list[str] | None,
    option(
        "--per-recording-ignores",
        metavar="GLOB=RULE,...",
        help="Leave rules out for some recordings; may be repeated.",
    ),
]
Baseline = Annotated[
    str | None,
    option("--baseline", metavar="FILE", help="Take the findings in FILE as known: only new ones fail."),
]
BaselineUpdate = Annotated[
    bool, each_time("--baseline-update", help="Accept every finding: write them into the baseline.")
]
BaselinePrune = Annotated[
    bool, each_time("--baseline-prune", help="Drop from the baseline what is no longer found.")
]
Format = Annotated[
    str,
    option(
        "--format",
        metavar="KIND",
        autocompletion=completing.formats,
        help="Print as: table, concise, json, ndjson, junit, sarif, gitlab, github, markdown, html.",
    ),
]
ReportFile = Annotated[str | None, option("-o", "--output", metavar="FILE", help="Write the report to FILE.")]
Report = Annotated[
    list[str] | None,
    option(
        "--report",
        metavar="KIND=PATH",
        autocompletion=completing.reports,
        help="Write a further report; may be repeated.",
    ),
]
FormatOfChanges = Annotated[
    str, option("--format", metavar="KIND", help="Print the result as: table, concise, json.")
]
quiet = partial(option, "-q", "--quiet")
Quiet = Annotated[bool, quiet(help="Print findings, counts and verdict only.")]
verbose = partial(option, "-v", "--verbose")
Verbose = Annotated[bool, verbose(help="Print every finding, and tracebacks of our own.")]
NoProgress = Annotated[bool, option("--no-progress", help="Show no progress bar.")]

candidate = partial(option, "--candidate", autocompletion=completing.candidates)
reference = partial(option, "--reference", autocompletion=completing.candidates)
Fields = Annotated[
    list[str] | None,
    option("--fields", metavar="A,B", help="Compare these fields only, and demand them."),
]
Python = Annotated[
    str | None,
    option(
        "--python",
        metavar="PATH|NAME==V",
        envvar="STREAM_AUDIT_PYTHON",
        help="Run candidates in this interpreter or environment.",
    ),
]
NoInstall = Annotated[
    bool,
    option(
        "--no-install",
        envvar="STREAM_AUDIT_NO_INSTALL",
        help="Install nothing: use only environments that are there.",
    ),
]
Dialect = Annotated[
    str | None,
    option(
        "--dialect",
        metavar="NAME",
        envvar="STREAM_AUDIT_DIALECT",
        autocompletion=completing.dialects,
        help="Read every chunk as this dialect, not as it looks.",
    ),
]
Policy = Annotated[
    list[str] | None,
    option(
        "--policy",
        metavar="NAME=VALUE",
        envvar="STREAM_AUDIT_POLICY",
        help="Fold by this policy; may be repeated.",
    ),
]
Select = Annotated[
    list[str] | None,
    option(
        "--select",
        metavar="RULE,...",
        envvar="STREAM_AUDIT_SELECT",
        autocompletion=completing.rules,
        help="Report these rules only.",
    ),
]
Ignore = Annotated[
    list[str] | None,
    option(
        "--ignore",
        metavar="RULE,...",
        envvar="STREAM_AUDIT_IGNORE",
        autocompletion=completing.rules,
        help="Leave these rules out.",
    ),
]
ChunksAs = Annotated[
    str,
    option(
        "--chunks-as",
        metavar="KIND",
        envvar="STREAM_AUDIT_CHUNKS_AS",
        help="Hand chunks over as: auto, objects, dicts.",
    ),
]
Timeout = Annotated[
    float,
    option(
        "--timeout",
        metavar="SECONDS",
        min=0.01,
        max=86_400,
        envvar="STREAM_AUDIT_TIMEOUT",
        help="Give up on one fold after this.",
    ),
]
FailOn = Annotated[
    str,
    option(
        "--fail-on",
        metavar="LEVEL",
        envvar="STREAM_AUDIT_FAIL_ON",
        autocompletion=completing.levels,
        help="Exit 1 from here on: error, warning, note, never.",
    ),
]
ExitZero = Annotated[
    bool, option("--exit-zero", envvar="STREAM_AUDIT_EXIT_ZERO", help="Exit 0 also when there are findings.")
]
Strict = Annotated[
    bool,
    option(
        "--strict",
        envvar="STREAM_AUDIT_STRICT",
        help="Exit 3 if any input was unreadable, damaged, skipped or left out.",
    ),
]
Jobs = Annotated[
    int, option("-j", "--jobs", min=1, envvar="STREAM_AUDIT_JOBS", help="Use this many processes.")
]
Labels = Annotated[
    str | None,
    option("--labels", metavar="FILE", help="Read labels from a JSON or CSV file, by recording."),
]
PathLabels = Annotated[
    list[str] | None,
    option("--path-labels", metavar="PATTERN", help="Read labels from paths: {tick}/{entity}.jsonl"),
]
Output = Annotated[str | None, option("-o", "--output", metavar="FILE", help="Write the result to FILE.")]
Color = Annotated[str, option("--color", metavar="WHEN", help="Send colours: auto, always, never.")]
Width = Annotated[int | None, option("--width", metavar="N", min=20, help="Fit the table into N columns.")]
