"""``docs/failures.md`` is what the catalogue says."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from stream_audit.rules import FAMILIES, RULES
from stream_audit.rules.page import page

ROOT = Path(__file__).parents[2]


def test_the_page_in_docs_is_up_to_date() -> None:
    written = (ROOT / "docs" / "failures.md").read_text("utf-8")

    assert written == page(), "run: python -m stream_audit.rules > docs/failures.md"


def test_every_rule_has_exactly_one_heading() -> None:
    headings = [line[4:] for line in page().splitlines() if line.startswith("### ")]

    assert sorted(headings) == sorted(entry.slug for entry in RULES)


def test_every_family_has_exactly_one_heading() -> None:
    headings = [line[3:] for line in page().splitlines() if line.startswith("## ")]

    assert headings == [family for family, _ in FAMILIES]


def test_no_text_of_a_rule_ends_its_code_block() -> None:
    assert not any("```" in entry.wrong + entry.right + entry.title + entry.why for entry in RULES)


def test_the_documented_command_prints_the_page() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "stream_audit.rules"], cwd=ROOT, capture_output=True, check=True
    )

    assert done.stdout.decode("utf-8").replace("\r\n", "\n") == page()
    assert done.stderr == b""
