"""``stream-audit convert``: write recordings of any form in this project's own."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from stream_audit.cli import flags
from stream_audit.cli.configure import settings_option

if TYPE_CHECKING:
    from stream_audit.model.rewriting import Rewriting

__all__ = ["EXAMPLES", "Force", "Format", "Into", "Paths", "Quiet", "Verbose", "convert", "show"]

_SETTINGS = ("dialect", "policy")
"""What is read from the settings file and from variables: what means the same here as in ``replay``."""

EXAMPLES = """\b
Examples:
  stream-audit convert bodies/ -o recordings/
  stream-audit convert answer.eventstream.bin -o recordings/
  curl -N ... | stream-audit convert - -o recordings/

\b
Exit codes: 0 all of it is written · 1 what was written says something else ·
  2 usage · 3 not everything, or no recording, is written · 4 internal error ·
  130 interrupted"""

Paths = Annotated[
    list[str],
    typer.Argument(metavar="PATH...", help="File, folder, glob, file:10-30, .gz, .zst, or - for stdin."),
]
Into = Annotated[Path, flags.option("-o", "--output", metavar="DIR", help="Write into DIR.")]
Force = Annotated[bool, flags.option("--force", help="Replace files that are there already.")]
Quiet = Annotated[bool, flags.quiet(help="Print what is wrong and the verdict only.")]
Verbose = Annotated[bool, flags.verbose(help="List every file.")]
Format = Annotated[str, flags.option("--format", metavar="KIND", help="Print the result as: table, json.")]


def convert(
    paths: Paths,
    output: Into,
    config: Annotated[Path | None, settings_option(_SETTINGS)] = None,
    force: Force = False,
    dialect: flags.Dialect = None,
    policy: flags.Policy = None,
    format: Format = "table",
    quiet: Quiet = False,
    verbose: Verbose = False,
    color: flags.Color = "auto",
    width: flags.Width = None,
) -> int:
    """Write recordings of any form in the recording format: a file a source, each stream labelled."""
    from stream_audit.cli.choices import check_choices, check_kind
    from stream_audit.cli.policies import parse_policies
    from stream_audit.cli.progress import Bar
    from stream_audit.corridor import converting
    from stream_audit.corridor.rewriting import Asked

    check_kind("format", format, ("table", "json"))
    check_choices(fail_on="warning", color=color, chunks_as="auto")
    asked = Asked(
        paths=tuple(paths),
        folder=output,
        force=force,
        dialect=dialect,
        policies=parse_policies(policy or ()),
        command=("convert", *paths, "-o", output.as_posix()),
    )
    with Bar(shown=sys.stderr.isatty() and not quiet) as bar:
        made = converting.convert(asked, bar.read, bar.sized)
    return show(made, format, color=color, width=width, quiet=quiet, verbose=verbose)


def show(made: Rewriting, format: str, *, color: str, width: int | None, quiet: bool, verbose: bool) -> int:
    """Print what was written anew; the exit code."""
    from stream_audit.cli.output import Outlets, colored, terminal_width
    from stream_audit.reports import Options

    stream = Outlets().stdout()
    if format == "json":
        from stream_audit.reports.rewriting_data import write_json

        write_json(made, stream)
    else:
        from stream_audit.reports.rewriting import print_rewriting

        shown = colored(color, os.environ)
        options = Options(width=width or terminal_width(), color=shown, verbose=verbose, quiet=quiet)
        print_rewriting(made, stream, options)
    return made.exit_code
