from __future__ import annotations

import datetime
import decimal
import enum
import json
import math
import types
import uuid
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from stream_audit.candidates.inside.compare import first_difference
from stream_audit.candidates.inside.plain import CannotRead, plain

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
    max_leaves=20,
)


class Colour(enum.Enum):
    RED = "red"


class Word(str, enum.Enum):  # noqa: UP042 - this older form is what many SDKs have
    STOP = "stop"


@dataclass
class Data:
    content: str = "x"
    more: list[int] = field(default_factory=lambda: [1])


@dataclass(frozen=True, slots=True)
class Slotted:
    content: str = "x"


class Pair(NamedTuple):
    content: str = "x"
    usage: None = None


class Model(BaseModel):
    content: str = "x"
    at: datetime.datetime | None = None


class Attributes:
    def __init__(self) -> None:
        self.content = "x"
        self._private = object()

    def method(self) -> None: ...


class Slots:
    __slots__ = ("content", "unset")

    def __init__(self) -> None:
        self.content = "x"


class Dumps:
    def to_dict(self) -> dict[str, str]:
        return {"content": "x"}


OLD = namedtuple("OLD", "content")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (Data(), {"content": "x", "more": [1]}),
        (Slotted(), {"content": "x"}),
        (Pair(), {"content": "x", "usage": None}),
        (OLD("x"), {"content": "x"}),
        (Model(), {"content": "x", "at": None}),
        (Attributes(), {"content": "x"}),
        (Slots(), {"content": "x"}),
        (Dumps(), {"content": "x"}),
        (types.SimpleNamespace(content="x"), {"content": "x"}),
        (types.MappingProxyType({"content": "x"}), {"content": "x"}),
        (OrderedDict(content="x"), {"content": "x"}),
        (defaultdict(int, {1: 2}), {"1": 2}),
        ({Colour.RED: Word.STOP}, {"red": "stop"}),
        (b"text", "text"),
        (b"\xff", "/w=="),
        ({3, 1, 2}, [1, 2, 3]),
        (decimal.Decimal("12"), 12),
        (decimal.Decimal("1.5"), 1.5),
        (datetime.datetime(2026, 1, 2), "2026-01-02T00:00:00"),
        (datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC), "2026-01-02T00:00:00Z"),
        (uuid.UUID(int=1), "00000000-0000-0000-0000-000000000001"),
        (10**30, 10**30),
        ("\ud83d", "\ud83d"),
    ],
)
def test_every_usual_container_opens_to_plain_values(value: Any, expected: Any) -> None:
    result = plain(value)

    assert result == expected
    assert json.loads(json.dumps(result)) == expected


@given(JSON)
def test_json_stays_what_it_is(value: Any) -> None:
    assert first_difference(plain(value), value) is None


def test_nan_survives() -> None:
    assert math.isnan(plain({"x": math.nan})["x"])


@pytest.mark.parametrize("value", [object(), len, Data, iter([]), {"x": object()}])
def test_what_carries_no_data_cannot_be_read(value: Any) -> None:
    with pytest.raises(CannotRead, match="got "):
        plain(value)


def test_the_same_object_twice_is_no_cycle() -> None:
    shared = {"a": 1}

    assert plain([shared, shared]) == [shared, shared]


@given(JSON, JSON)
def test_a_difference_is_found_exactly_when_the_json_texts_differ(one: Any, other: Any) -> None:
    same = json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)

    assert (first_difference(one, other) is None) == same


@pytest.mark.parametrize(
    ("one", "other", "path"),
    [
        ({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}, "a[1].b"),
        ({"a": 1}, {}, "a"),
        ({}, {"a": 1}, "a"),
        ([1], [1, 2], "[1]"),
        (1, 1.0, "the whole value"),
        ({"a": True}, {"a": 1}, "a"),
    ],
)
def test_a_difference_is_named_by_its_path(one: Any, other: Any, path: str) -> None:
    assert first_difference(one, other) == path
