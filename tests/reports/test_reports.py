from __future__ import annotations

from io import StringIO

import pytest

from stream_audit.errors import UnknownName
from stream_audit.reports import REPORTS, open_report


def test_names_are_distinct_and_described() -> None:
    assert len({entry.name for entry in REPORTS}) == len(REPORTS)
    assert all(entry.summary for entry in REPORTS)


@pytest.mark.parametrize("name", [entry.name for entry in REPORTS])
def test_every_entry_opens(name: str) -> None:
    assert open_report(name, StringIO()) is not None


def test_an_unknown_format_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UnknownName, match=r"no format 'jsn'.*json"):
        open_report("jsn", StringIO())
