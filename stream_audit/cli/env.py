"""``stream-audit env``: the environments made for libraries under audit."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from stream_audit.environments import Environment

__all__ = ["env"]

_HELP = {"help_option_names": ["-h", "--help"], "max_content_width": 100}
_FORMATS = ("table", "json")

_LIST_EXAMPLES = """\b
Examples:
  stream-audit env list
  stream-audit env list --format json

\b
Exit codes: 0 listed · 2 usage · 4 internal error"""

_CLEAR_EXAMPLES = """\b
Examples:
  stream-audit env clear
  stream-audit env clear llm==0.27.1

\b
Exit codes: 0 removed · 2 usage, or one could not be removed · 4 internal error"""

env = typer.Typer(
    help="List or remove the environments made for libraries under audit.",
    rich_markup_mode=None,
    context_settings=_HELP,
)


@env.callback(invoke_without_command=True)
def group(context: typer.Context) -> None:
    """List or remove the environments made for libraries under audit."""
    from stream_audit.errors import UsageError

    if context.invoked_subcommand is None:
        raise UsageError("env needs a command: env list or env clear.")


@env.command("list", epilog=_LIST_EXAMPLES, context_settings=_HELP)
def list_environments(
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="table or json.")] = "table",
) -> int:
    """List the environments there are: what is in them, how large they are, when they were made."""
    from stream_audit import environments
    from stream_audit.cli.choices import check_kind
    from stream_audit.cli.output import say

    check_kind("format for env list", format_, _FORMATS)
    there = environments.listing()
    if format_ == "json":
        say(_document(there))
        return 0
    for one in there:
        for line in _lines(one):
            say(line)
    total = sum(one.size for one in there)
    say(f"{_count(len(there))}, {_megabytes(total)}, in {environments.folder()}")
    return 0


@env.command("clear", epilog=_CLEAR_EXAMPLES, context_settings=_HELP)
def clear(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="NAME", help="Requirements or folder names; all when left out."),
    ] = None,
) -> int:
    """Remove environments, all or those named. They are made again when they are wanted again."""
    from stream_audit import environments
    from stream_audit.cli.output import say
    from stream_audit.errors import UsageError

    cleared = environments.clear(names or ())
    for one in cleared.removed:
        say(f"removed {_title(one)}")
    say(f"{_count(len(cleared.removed))} removed, {_megabytes(cleared.freed)}")
    if cleared.held:
        kept = ", ".join(_title(one) for one in cleared.held)
        raise UsageError(f"Not removed, because another run uses or installs it: {kept}.")
    return 0


def _lines(one: Environment) -> Iterator[str]:
    import shlex

    from stream_audit.cli.prose import folded
    from stream_audit.reports.printable import printable

    yield _title(one)
    if one.created is not None:
        main = ", ".join(f"{name} {one.installed[name]}" for name in one.main)
        others = len(one.installed) - len(one.main)
        more = f" and {others} more" if others else ""
        yield from folded(printable(main + more), lead="  with    ")
        yield f"  made    {one.created:%Y-%m-%d %H:%M} UTC"
        if not one.pinned:
            again = f"stream-audit env clear {printable(shlex.quote(one.requirement))}"
            yield f"  stays   as it is, whatever is newer, until: {again}"
    yield f"  size    {_megabytes(one.size)}"
    yield f"  folder  {printable(one.folder.name)}"
    yield ""


def _title(one: Environment) -> str:
    from stream_audit.reports.printable import printable

    state = f"Python {one.python_version}" if one.created is not None else "not finished"
    return printable(f"{one.requirement}  ({state})")


def _document(there: list[Environment]) -> str:
    import json

    from stream_audit import environments

    def entry(one: Environment) -> dict[str, Any]:
        return {
            "requirement": one.requirement,
            "finished": one.created is not None,
            "folder": str(one.folder),
            "python": one.python or None,
            "python_version": one.python_version or None,
            "pinned": one.pinned,
            "main": list(one.main),
            "installed": dict(one.installed),
            "bytes": one.size,
            "created": one.created.isoformat() if one.created is not None else None,
        }

    found = {"folder": str(environments.folder()), "environments": [entry(one) for one in there]}
    return json.dumps(found, indent=2)


def _count(number: int) -> str:
    return f"{number} environment{'' if number == 1 else 's'}"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
