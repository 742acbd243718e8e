"""The command line as typer sees it: the commands, and what holds for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

import typer

from stream_audit.cli.candidates import EXAMPLES as CANDIDATES_EXAMPLES
from stream_audit.cli.candidates import candidates
from stream_audit.cli.convert import EXAMPLES as CONVERT_EXAMPLES
from stream_audit.cli.convert import convert
from stream_audit.cli.dialects import EXAMPLES as DIALECTS_EXAMPLES
from stream_audit.cli.dialects import dialects
from stream_audit.cli.diff import EXAMPLES as DIFF_EXAMPLES
from stream_audit.cli.diff import diff
from stream_audit.cli.env import env
from stream_audit.cli.explain import EXAMPLES as EXPLAIN_EXAMPLES
from stream_audit.cli.explain import explain
from stream_audit.cli.init import EXAMPLES as INIT_EXAMPLES
from stream_audit.cli.init import init
from stream_audit.cli.lint import EXAMPLES as LINT_EXAMPLES
from stream_audit.cli.lint import lint
from stream_audit.cli.reconcile import EXAMPLES as RECONCILE_EXAMPLES
from stream_audit.cli.reconcile import reconcile
from stream_audit.cli.redact import EXAMPLES as REDACT_EXAMPLES
from stream_audit.cli.redact import redact
from stream_audit.cli.replay import EXAMPLES, replay
from stream_audit.cli.rules import EXAMPLES as RULES_EXAMPLES
from stream_audit.cli.rules import rules
from stream_audit.cli.schema import EXAMPLES as SCHEMA_EXAMPLES
from stream_audit.cli.schema import schema
from stream_audit.cli.snapshot import EXAMPLES as SNAPSHOT_EXAMPLES
from stream_audit.cli.snapshot import snapshot
from stream_audit.cli.usage import EXAMPLES as USAGE_EXAMPLES
from stream_audit.cli.usage import usage

__all__ = ["app", "run"]

_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}

app = typer.Typer(
    name="stream-audit",
    help="The referee for LLM streams: fold recorded streams with a trusted reference and with your code.",
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings=_HELP,
)


def _version(wanted: bool) -> None:
    if wanted:
        from stream_audit.cli.version import version

        typer.echo(version())
        raise typer.Exit


@app.callback()
def everything(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version and exit.", callback=_version, is_eager=True)
    ] = False,
) -> None:
    """The referee for LLM streams: fold recorded streams with a trusted reference and with your code."""


app.command(
    epilog=EXAMPLES,
    short_help="Compare combiners with the reference, over recordings.",
    context_settings={**_HELP, "auto_envvar_prefix": "STREAM_AUDIT"},
)(replay)
app.command(
    epilog=LINT_EXAMPLES,
    short_help="Say what is wrong with recorded streams themselves.",
    context_settings={**_HELP, "auto_envvar_prefix": "STREAM_AUDIT"},
)(lint)
app.command(
    epilog=INIT_EXAMPLES, short_help="Write settings and a pipeline for a project.", context_settings=_HELP
)(init)
app.command(
    epilog=SNAPSHOT_EXAMPLES,
    short_help="Keep what a combiner makes of recordings; show what changes.",
    context_settings=_HELP,
)(snapshot)
app.command(
    epilog=DIFF_EXAMPLES,
    short_help="Compare two stores of snapshots, or two combiners.",
    context_settings=_HELP,
)(diff)
app.command(
    epilog=USAGE_EXAMPLES,
    short_help="Add up what recorded requests used, by their labels.",
    context_settings=_HELP,
)(usage)
app.command(
    epilog=RECONCILE_EXAMPLES,
    short_help="Compare what recordings used with somebody's books.",
    context_settings=_HELP,
)(reconcile)
app.command(
    epilog=CONVERT_EXAMPLES,
    short_help="Write recordings of any form in the recording format.",
    context_settings=_HELP,
)(convert)
app.command(
    epilog=REDACT_EXAMPLES,
    short_help="Take what is somebody's own out of recordings.",
    context_settings=_HELP,
)(redact)
app.command(epilog=EXPLAIN_EXAMPLES, short_help="Explain a rule or a suspect.", context_settings=_HELP)(
    explain
)
app.command(epilog=RULES_EXAMPLES, short_help="List every rule.", context_settings=_HELP)(rules)
app.command(
    epilog=CANDIDATES_EXAMPLES, short_help="List bundled candidates and suspects.", context_settings=_HELP
)(candidates)
app.command(epilog=DIALECTS_EXAMPLES, short_help="List the wire formats.", context_settings=_HELP)(dialects)
app.command(
    epilog=SCHEMA_EXAMPLES, short_help="Print the JSON Schema of the JSON report.", context_settings=_HELP
)(schema)
app.add_typer(env, name="env", short_help="List or remove the environments of libraries under audit.")


def run(words: Sequence[str]) -> int:
    """Run the command that ``words`` names; errors are raised, not printed."""
    command = typer.main.get_command(app)
    code = command.main(args=list(words) or ["--help"], prog_name="stream-audit", standalone_mode=False)
    if not words:
        return 2
    return code if isinstance(code, int) else 0
