"""Which Converse suspect fails which fixture: each its own, and nobody else's but its kin's."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from stream_audit.model import Response
from stream_audit.suspects import Folder, Suspect, fold, suspects_for
from stream_audit.suspects.bedrock_converse.textbook import TextbookConverse
from tests.suspects.recorded import FIXTURES, fixtures, payloads
from tests.suspects.test_matrix import changed, touched

DIALECT = "bedrock-converse"
SUSPECTS = {one.name: one for one in suspects_for(DIALECT)}
STREAMS = {path.stem: path for path in fixtures(DIALECT)}

every_suspect = pytest.mark.parametrize("name", sorted(SUSPECTS))


@cache
def observed(folder: type[Folder], path: Path) -> Response | str:
    """What a fold makes of a fixture; an exception is an answer too."""
    try:
        return fold(folder, payloads(path))
    except (KeyError, ValueError, IndexError) as error:
        return repr(error)


def fails(one: type[Suspect], path: Path) -> bool:
    return observed(one, path) != observed(TextbookConverse, path)


@every_suspect
def test_a_suspect_fails_its_own_fixture(name: str) -> None:
    assert fails(SUSPECTS[name], STREAMS[name])


@every_suspect
def test_whoever_else_fails_a_fixture_is_named_as_kin(name: str) -> None:
    failing = {one.name for one in SUSPECTS.values() if not one.widespread and fails(one, STREAMS[name])}

    assert failing - {name} == set(SUSPECTS[name].kin)


@every_suspect
def test_a_widespread_suspect_fails_a_clean_recording_too_and_no_other_fails_them_all(name: str) -> None:
    clean = [path for stem, path in STREAMS.items() if stem not in SUSPECTS]
    failed = [path for path in clean if fails(SUSPECTS[name], path)]

    assert failed if SUSPECTS[name].widespread else len(failed) < len(clean)


@every_suspect
def test_a_suspect_differs_only_in_the_fields_it_says_it_touches(name: str) -> None:
    one = SUSPECTS[name]

    for path in STREAMS.values():
        right, wrong = observed(TextbookConverse, path), observed(one, path)
        assert isinstance(right, Response)
        if isinstance(wrong, Response):
            assert changed(right, wrong) <= touched(one), path.stem


@every_suspect
def test_a_suspect_says_how_such_code_looks_and_where_it_was_seen(name: str) -> None:
    assert "In the wild:" in (SUSPECTS[name].__doc__ or "")
    assert SUSPECTS[name].sources


@pytest.mark.parametrize("name", sorted(STREAMS))
def test_every_fixture_has_a_line_in_the_readme_that_names_its_kin(name: str) -> None:
    readme = (FIXTURES / "README.md").read_text("utf-8").partition(f"## {DIALECT}\n")[2].partition("\n## ")[0]
    (line,) = [line for line in readme.splitlines() if line.startswith(f"| `{name}` |")]
    kin = ("clean",) if name not in SUSPECTS else SUSPECTS[name].kin or ("none",)

    assert line.endswith(f" | {', '.join(sorted(kin))} |")
