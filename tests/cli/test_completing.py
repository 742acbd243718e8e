from __future__ import annotations

import os
import shlex
import subprocess
import sys

import pytest

from stream_audit.cli import completing


def test_rules_are_offered_behind_a_comma_too() -> None:
    assert "role-null-or-empty" in completing.rules("role-")
    assert "x,role-null-or-empty" in completing.rules("x,role-n")


def test_candidates_are_offered_behind_a_label_too() -> None:
    assert "suspect:role-last-wins" in completing.candidates("suspect:role")
    assert "old=openai" in completing.candidates("old=open")
    assert "llm:Chat" in completing.candidates("llm:")


def test_a_report_is_offered_with_the_sign_before_its_path() -> None:
    assert completing.reports("sar") == ["sarif="]
    assert completing.reports("sarif=x") == []


@pytest.mark.parametrize(
    ("offered", "name"),
    [
        (completing.formats, "gitlab"),
        (completing.dialects, "openai-chat"),
        (completing.levels, "warning"),
        (completing.accumulators, "last-wins"),
        (completing.topics, "role-null-or-empty"),
        (completing.topics, "role-last-wins"),
    ],
)
def test_every_list_offers_what_begins_so_and_nothing_else(offered: object, name: str) -> None:
    assert callable(offered)
    assert name in offered("")
    assert name in offered(name[:3])
    assert offered("no such thing") == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("replay --select role-n", "role-null-or-empty"),
        ("replay --format gitl", "gitlab"),
        ("replay --candidate suspect:role-last", "suspect:role-last-wins"),
        ("explain role-n", "role-null-or-empty"),
    ],
)
def test_a_shell_that_asks_is_answered(line: str, offered: str) -> None:
    words = f"stream-audit {line}"
    asked = {
        **os.environ,
        "_STREAM_AUDIT_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split()) - 1),
    }

    done = subprocess.run(
        [sys.executable, "-m", "stream_audit"], env=asked, capture_output=True, text=True, check=False
    )

    assert offered in done.stdout.split()


def test_the_script_for_the_shell_that_asks_is_printed() -> None:
    asked = f"{shlex.quote(sys.executable)} -m stream_audit --show-completion; exit $?"

    told = subprocess.run(["bash", "-c", asked], capture_output=True, text=True, check=True)

    assert "_COMPLETE=complete_bash" in told.stdout
