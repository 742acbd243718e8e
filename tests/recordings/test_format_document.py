"""The document's examples are read as it says, and it lists every rule of this room."""

from __future__ import annotations

import re
from pathlib import Path

from stream_audit.rules import RULES
from tests.recordings.doubles import ends, events, problems

ROOT = Path(__file__).parents[2]
DOCUMENT = (ROOT / "docs" / "recording-format.md").read_text()
EXAMPLES = re.findall(r"^```\n(.*?)^```$", DOCUMENT, re.DOTALL | re.MULTILINE)


def test_every_example_is_read_without_a_problem(tmp_path: Path) -> None:
    assert len(EXAMPLES) == 4
    for example in EXAMPLES:
        assert problems(events(tmp_path, example.encode())) == []


def test_the_envelope_example_holds_two_streams(tmp_path: Path) -> None:
    found = ends(events(tmp_path, EXAMPLES[3].encode()))
    assert [(r.id.rpartition("#")[2], r.done, r.labels) for r in found] == [
        ("req-1", True, {"project": "shop", "user": "u7"}),
        ("req-2", False, {}),
    ]


def test_every_rule_of_this_room_is_in_the_table_and_no_other() -> None:
    listed = set(re.findall(r"^\| `([a-z0-9-]+)` \|", DOCUMENT, re.MULTILINE)) - {
        "stream",
        "chunk",
        "at",
        "end",
    }
    code = "".join(path.read_text() for path in (ROOT / "stream_audit" / "recordings").rglob("*.py"))
    words = set(re.findall(r'"([a-z0-9]+(?:-[a-z0-9]+)+)"', code))
    assert listed == words & {entry.slug for entry in RULES}
