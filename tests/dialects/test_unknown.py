from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stream_audit.dialects.unknown import Unknown
from stream_audit.model import Varied


def seen(*values: Any, key: str = "field") -> Any:
    unknown = Unknown()
    for value in values:
        unknown.add(key, value)
    return unknown.fields().get(key, "absent")


def test_a_value_that_never_changes_is_stored_as_itself() -> None:
    assert seen("a", "a", "a") == "a"


def test_null_and_padding_say_nothing() -> None:
    assert seen(None) == "absent"
    assert seen("x", key="obfuscation") == seen("x", key="p") == "absent"


def test_null_does_not_end_a_run() -> None:
    assert seen("a", None, "a") == "a"


def test_a_field_that_changes_keeps_its_runs_in_order() -> None:
    assert seen("a", "a", "b", "a") == Varied(("a", "b", "a"), "a", 3)


@given(count=st.integers(2, 100))
def test_memory_stays_bounded_however_often_a_field_changes(count: int) -> None:
    assert seen(*range(count)) == Varied(tuple(range(min(count, 8))), count - 1, count)


def test_fields_are_a_snapshot() -> None:
    unknown = Unknown()
    unknown.add("a", 1)
    before = unknown.fields()
    unknown.add("a", 2)

    assert before == {"a": 1}
