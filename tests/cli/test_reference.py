"""``docs/cli.md`` is what the command tree says, and what it says holds."""

from __future__ import annotations

import importlib
import shlex
import subprocess
import sys
from typing import Any

import pytest

from stream_audit.cli import main
from stream_audit.cli.reference import commands, examples, page
from stream_audit.cli.settings import KEYS
from tests.runs import ROOT

COMMANDS = commands()
PAGE = page()
EXAMPLES = [(name, line) for name, command in COMMANDS.items() for line in examples(command)]


def section(name: str) -> str:
    """What the page says about one command."""
    return PAGE.partition(f"\n## {name}\n")[2].partition("\n## ")[0]


def test_the_page_in_docs_is_up_to_date() -> None:
    written = (ROOT / "docs" / "cli.md").read_text("utf-8")

    assert written == PAGE, "run: python -m stream_audit.cli.reference > docs/cli.md"


@pytest.mark.slow
def test_the_documented_command_prints_the_page_whatever_the_terminal_and_the_variables() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stream_audit.cli.reference"],
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT), "COLUMNS": "40", "STREAM_AUDIT_FORMAT": "json", "FORCE_COLOR": "1"},
        capture_output=True,
        check=True,
    )

    assert (done.stdout.decode("utf-8").replace("\r\n", "\n"), done.stderr) == (PAGE, b"")


def test_every_command_has_one_section_in_the_order_of_the_help() -> None:
    headings = [line[3:] for line in PAGE.splitlines() if line.startswith("## ")]

    assert headings == list(COMMANDS)
    assert {"replay", "snapshot", "explain", "env list"} <= set(headings)


@pytest.mark.parametrize("name", COMMANDS)
def test_a_section_names_every_argument_and_option_and_all_exit_codes(name: str) -> None:
    for parameter in COMMANDS[name].params:
        wanted = parameter.opts[-1] if parameter.param_type_name == "option" else parameter.metavar
        assert f"{wanted.replace('|', chr(92) + '|')}" in section(name)
        assert (parameter.help or "").replace("|", "\\|") in section(name)
    codes = [line.split()[1] for line in section(name).splitlines() if line.startswith(("| 0", "| 2", "| 4"))]
    assert codes == ["0", "2", "4"]
    assert "```sh\nstream-audit " in section(name)


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=[line for _, line in EXAMPLES])
def test_every_example_is_a_command_line_of_its_command(name: str, line: str) -> None:
    words = shlex.split(line.rpartition("| ")[2].partition(" > ")[0])
    program, rest = words[0], words[1 + len(name.split()) :]

    assert (program, " ".join(words[1 : 1 + len(name.split())])) == ("stream-audit", name)
    COMMANDS[name].make_context(name, rest)  # raises on what the command does not take


@pytest.mark.parametrize("line", examples(COMMANDS["explain"]))
def test_what_the_examples_explain_exists(line: str) -> None:
    assert main(shlex.split(line)[1:]) == 0


@pytest.mark.parametrize("name", COMMANDS)
def test_a_variable_is_named_exactly_where_the_settings_file_may_set_the_option(name: str) -> None:
    command = COMMANDS[name]
    keys = {key.parameter for key in KEYS} & {option.name for option in command.params}
    shared = getattr(importlib.import_module(command.callback.__module__), "_SETTINGS", ())
    settable = keys if name in ("replay", "lint") else set(shared)

    assert {option for option in variables(command) if option != "config"} == settable


def variables(command: Any) -> set[str]:
    """The options for which the page names a variable."""
    named = {line.split("`")[-2] for line in section(command.name).splitlines() if "`STREAM_AUDIT_" in line}
    return {name.removeprefix("STREAM_AUDIT_").lower() for name in named}
