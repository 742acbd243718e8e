"""The command line as a Markdown page: ``python -m stream_audit.cli.reference > docs/cli.md``.

Made from the command tree alone, not from its ``--help``: neither a terminal's width nor the
versions of Python and typer have a say. A test compares.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Any

__all__ = ["commands", "examples", "page"]

_HEAD = """\
# Command line

<!-- Generated. Change stream_audit/cli/, then: python -m stream_audit.cli.reference > docs/cli.md -->

`stream-audit --version` prints the version; `-h` or `--help` after any command prints what stands here.
`stream-audit --install-completion` teaches the shell in use to complete commands and options.

An option with a variable can also be set by it, or under its long name in `[tool.stream-audit]` of the
nearest `pyproject.toml` (`--config` names another file; it cannot name itself). Flags win over variables,
variables over the file; what sets nothing is an error. An option that may be repeated is a list in the
file; a variable separates its values with spaces.
"""

_PICTURES = ("replay", "lint", "usage", "explain")
"""Commands of which docs/pictures/ shows what they print; drawn by ``python -m tests.pictures``."""


def page() -> str:
    """The whole page, with one newline at its end."""
    return "\n".join(_lines()) + "\n"


def commands() -> dict[str, Any]:
    """Every command that does something, by the words that ask for it (``env list``), as listed by --help."""
    from typer.main import get_command

    from stream_audit.cli.app import app

    return dict(_leaves(get_command(app), ""))


def examples(command: Any) -> list[str]:
    """The command lines that ``command`` gives as examples."""
    found = re.search(r"^Examples:\n((?:  .*\n?)+)", command.epilog or "", re.MULTILINE)
    return [line.strip() for line in found[1].splitlines()] if found else []


def _leaves(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    below = getattr(command, "commands", None)
    if below is None:
        yield name, command
        return
    for word, one in below.items():
        yield from _leaves(one, f"{name} {word}".strip())


def _lines() -> Iterator[str]:
    every = commands()
    yield _HEAD
    yield "| command | |"
    yield "| --- | --- |"
    for name, command in every.items():
        yield f"| [{name}](#{name.replace(' ', '-')}) | {command.short_help or _first(command.help)} |"
    for name, command in every.items():
        yield from _section(name, command)


def _section(name: str, command: Any) -> Iterator[str]:
    places = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    usage = " ".join([name, *(f"[{_metavar(one)}]" if not one.required else _metavar(one) for one in places)])
    yield f"\n## {name}\n\n{command.help}\n"
    yield f"```text\nstream-audit {usage}{' [OPTIONS]' if options else ''}\n```"
    if places:
        yield "\n| argument | |\n| --- | --- |"
        yield from (f"| {_code(_metavar(one))} | {_cell(one.help or '')}{_or(one)} |" for one in places)
    if options:
        yield "\n| option | default | | variable |\n| --- | --- | --- | --- |"
        yield from (_row(one, command.context_settings.get("auto_envvar_prefix")) for one in options)
    if lines := examples(command):
        yield "\nExamples:\n\n```sh\n" + "\n".join(lines) + "\n```"
    if name in _PICTURES:
        yield f"\n![What stream-audit {name} prints in a terminal](pictures/{name}.svg)"
    if codes := _exit_codes(command.epilog or ""):
        yield "\n| exit code | |\n| --- | --- |"
        yield from (f"| {code} | {_cell(meaning)} |" for code, meaning in codes)


def _or(place: Any) -> str:
    return f" Or `{place.envvar}`, or `{place.name}` in the settings." if place.envvar else ""


def _row(option: Any, prefix: str | None) -> str:
    names = ", ".join(option.opts)
    metavar = "" if option.is_flag else f" {_metavar(option)}"
    named = prefix and option.allow_from_autoenv
    variable = option.envvar or (f"{prefix}_{option.name.upper()}" if named else "")
    cells = (
        _code(names + metavar),
        _code(_default(option.default)),
        _cell(f"{option.help}{_range(option)}{'' if not option.required else ' Required.'}"),
        _code(variable),
    )
    return f"| {' | '.join(cells)} |"


def _metavar(parameter: Any) -> str:
    return parameter.metavar or ("N" if _limits(parameter) != (None, None) else parameter.name.upper())


def _default(value: object) -> str:
    """What holds where nothing is said; a flag that is not given says nothing."""
    if value is None or value is False or value == []:
        return ""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _limits(option: Any) -> tuple[float | None, float | None]:
    kind = getattr(option, "type", option)  # which of the two holds them depends on typer's version
    return getattr(kind, "min", None), getattr(kind, "max", None)


def _range(option: Any) -> str:
    low, high = _limits(option)
    if low is None:
        return ""
    return f" At least {low}." if high is None else f" From {low} to {high}."


def _exit_codes(epilog: str) -> list[tuple[str, str]]:
    """Each exit code with its meaning, from ``Exit codes: 0 all well · 1 findings``."""
    found = re.search(r"^Exit codes: (.*(?:\n  .*)*)", epilog, re.MULTILINE)
    parts = re.split(r" · |\n\s+(?=\d)", found[1]) if found else []
    pairs = (" ".join(part.split()).partition(" ") for part in parts)
    return [(code, meaning) for code, _, meaning in pairs]


def _first(text: str) -> str:
    return text.partition("\n")[0]


def _code(text: str) -> str:
    return f"`{_cell(text)}`" if text else ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.buffer.write(page().encode("utf-8"))
