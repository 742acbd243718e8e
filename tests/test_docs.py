"""The documents keep their promises: lines that can be pasted, reports as printed, links that lead on."""

from __future__ import annotations

import contextlib
import io
import re
import shlex
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest
import typer

from stream_audit.cli import main
from stream_audit.testing import plugin
from tests.runs import FIXTURES, ROOT, audit

README = (ROOT / "README.md").read_text("utf-8")
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "fixtures" / "README.md"]
PAGES += sorted(ROOT.glob("docs/**/*.md"))


def block(marker: str) -> str:
    """The fenced block behind an HTML comment of the README."""
    found = re.search(rf"<!-- {marker} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, f"README.md has no block <!-- {marker} -->"
    return found[1]


def printed(arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> tuple[int, str]:
    monkeypatch.chdir(ROOT)
    for name in ("CI", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLUMNS", "80")
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        code = main([*arguments, "--width", "80"])
    return code, out.getvalue()


def test_the_line_to_try_prints_the_report_that_the_readme_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = block("try-line").strip().splitlines()
    command = shlex.split(line.rpartition("&&")[2])
    assert command[0] == ".venv/bin/stream-audit"

    code, report = printed(command[1:], monkeypatch)

    assert code == 1
    assert block("report") == f"$ stream-audit {shlex.join(command[1:])}\n{report}"


def test_ci_runs_the_test_line_of_the_readme() -> None:
    (line,) = block("test-line").strip().splitlines()

    assert "python -m pytest" in line
    assert "test-line" in (ROOT / ".ci" / "run").read_text("utf-8")


def test_the_readmes_combiner_is_the_example_and_its_two_mends_make_it_right(tmp_path: Path) -> None:
    (code,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    role, tokens = re.findall(r"Write `(.*?)` and `(.*?)`, run again", README, re.DOTALL)[0]
    mended = code.replace("role = choice.delta.role\n", f"{role}\n")
    mended = mended.replace("tokens += chunk.usage.completion_tokens\n", f"{tokens}\n")
    (tmp_path / "mended.py").write_text(mended, "utf-8")
    names = ("plain-answer-with-usage.sse", "usage-cumulative-summed.jsonl")
    recordings = [FIXTURES / "openai-chat" / name for name in names]

    wrong = audit(*recordings, candidates=[f"{ROOT / 'examples' / 'combine.py'}:fold"])
    right = audit(*recordings, candidates=[f"{tmp_path / 'mended.py'}:fold"])

    assert (ROOT / "examples" / "combine.py").read_text("utf-8").endswith(code)
    assert {name for finding in wrong.about_candidates() for name in finding.diagnosis} >= {
        "role-last-wins",
        "usage-cumulative-summed",
    }
    assert (wrong.summary.exit_code, right.summary.exit_code) == (1, 0)
    assert right.about_candidates() == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_of_a_page_leads_to_a_file(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))

    missing = [link for link in links if "://" not in link and not (page.parent / link).exists()]

    assert missing == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_anchor_of_a_link_is_a_heading_of_the_page_it_leads_to(page: Path) -> None:
    links = re.findall(r"\]\(([^)#\s:]*)#([^)\s]*)\)", page.read_text("utf-8"))
    targets = [(page.parent / path if path else page, anchor) for path, anchor in links]

    assert [anchor for target, anchor in targets if anchor not in anchors(target)] == []


def anchors(page: Path) -> list[str]:
    """What a reader of the repository can jump to: headings in lower case, without signs, with dashes."""
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    headings = re.findall(r"^#+ (.*?)\s*$", text, re.MULTILINE)
    return [re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_address_on_a_page_is_whole(page: Path) -> None:
    links = [link for link in re.findall(r"\]\(([^)]*)\)", page.read_text("utf-8")) if ":" in link]

    assert [
        link for link in links if not re.fullmatch(r"https://[\w.-]+\.[a-z]{2,}(?:/[^\s<>\"]*)?", link)
    ] == []


def test_the_command_behind_every_generated_page_is_in_one_list() -> None:
    texts = [path.read_text("utf-8") for path in ROOT.glob("docs/**/*.*") if path.suffix in {".md", ".svg"}]
    commands = {
        found for text in texts for found in re.findall(r"<!-- Generated.*?(python -m .*?) -->", text)
    }
    listed = (ROOT / "docs" / "extending.md").read_text("utf-8")

    assert len(commands) >= 3
    assert [command for command in commands if command not in listed] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_option_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"(?<![\w-])(--[a-z][a-z-]+)", page.read_text("utf-8")))

    foreign = {"--quiet", "--editable", "--quick", "--snapshot-update"}
    assert named - foreign - options_of_commands() - options_of_the_plugin() == set()


def options_of_commands() -> set[str]:
    from stream_audit.cli.app import app

    def options(command: Any) -> set[str]:
        context = command.make_context("stream-audit", [], resilient_parsing=True)
        own = {name for option in command.get_params(context) for name in option.opts}
        return own.union(*(options(one) for one in getattr(command, "commands", {}).values()))

    return options(typer.main.get_command(app))


def options_of_the_plugin() -> set[str]:
    """What our plugin adds to pytest's own command line."""
    parser = MagicMock()
    plugin.pytest_addoption(parser)
    return {name for call in parser.getgroup().addoption.call_args_list for name in call.args}
