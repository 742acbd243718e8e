"""Every suspect, run as a candidate on the fixture of its name, is caught and called by its name."""

from __future__ import annotations

import pytest

from stream_audit.suspects import SUSPECTS
from tests.runs import FIXTURES, audit


@pytest.mark.slow
@pytest.mark.parametrize("name", [suspect.name for suspect in SUSPECTS])
def test_a_suspect_is_caught_on_its_fixture_and_named(name: str) -> None:
    fixture = next(path for path in sorted(FIXTURES.glob(f"*/{name}.*")))

    kept = audit(fixture, candidates=[f"suspect:{name}"])

    assert kept.about_candidates()
    assert name in {found for finding in kept.about_candidates() for found in finding.diagnosis}
    assert [c.status in ("differ", "crashed") for a in kept.audited for c in a.candidates] == [True]
