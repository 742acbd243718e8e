"""Which writer suspect fails which fixture: each its own, and nobody else's but its kin's."""

from __future__ import annotations

from pathlib import Path

import pytest

from stream_audit.model import Response
from stream_audit.suspects import Suspect, fold, suspects_for
from stream_audit.suspects.ai_sdk_stream.textbook import TextbookWriter
from tests.suspects.recorded import FIXTURES, fixtures, payloads
from tests.suspects.test_matrix import changed, touched

DIALECT = "ai-sdk-stream-python"
SUSPECTS = {one.name: one for one in suspects_for(DIALECT)}
STREAMS = {path.stem: path for path in fixtures(DIALECT)}

every_suspect = pytest.mark.parametrize("name", sorted(SUSPECTS))


def right(path: Path) -> Response:
    return fold(TextbookWriter, payloads(path))


def wrong(one: type[Suspect], path: Path) -> set[str]:
    return changed(right(path), fold(one, payloads(path)))


@every_suspect
def test_a_suspect_fails_its_own_fixture(name: str) -> None:
    assert wrong(SUSPECTS[name], STREAMS[name])


@every_suspect
def test_whoever_else_fails_a_fixture_is_named_as_kin(name: str) -> None:
    failing = {one.name for one in SUSPECTS.values() if wrong(one, STREAMS[name])}

    assert failing - {name} == set(SUSPECTS[name].kin)


@every_suspect
def test_a_suspect_differs_only_in_the_fields_it_says_it_touches(name: str) -> None:
    one = SUSPECTS[name]

    assert all(wrong(one, path) <= touched(one) for path in STREAMS.values())


@every_suspect
def test_a_suspect_says_how_such_code_looks(name: str) -> None:
    assert "In the wild:" in (SUSPECTS[name].__doc__ or "")


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_every_fixture_has_a_line_in_the_readme_that_names_its_kin(name: str) -> None:
    readme = (FIXTURES / "README.md").read_text("utf-8").partition(f"## {DIALECT}\n")[2].partition("\n## ")[0]
    (line,) = [line for line in readme.splitlines() if line.startswith(f"| `{name}` |")]
    kin = ("clean",) if name not in SUSPECTS else SUSPECTS[name].kin or ("none",)

    assert line.endswith(f" | {', '.join(sorted(kin))} |")
