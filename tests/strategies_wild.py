"""Streams with values of any type under the names that a format has, for hypothesis."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

from hypothesis import strategies as st

from stream_audit.model import Payload

__all__ = ["json_values", "nested", "optional", "spoilt"]


def optional(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Objects in which each field may be missing."""
    return st.fixed_dictionaries({}, optional=fields)


def json_values(words: Sequence[str]) -> st.SearchStrategy[Any]:
    """Anything JSON can say, with a format's own keys and words in the wrong places."""
    names = st.sampled_from(list(words))
    leaves = (
        st.none()
        | st.booleans()
        | st.integers(-2, 2)
        | st.floats(allow_nan=False)
        | names
        | st.text(max_size=2)
    )
    return st.recursive(
        leaves,
        lambda inner: (
            st.lists(inner, max_size=3) | st.dictionaries(names | st.text(max_size=2), inner, max_size=4)
        ),
        max_leaves=8,
    )


def nested(depth: int) -> dict[str, Any]:
    """An object in an object, ``depth`` times over."""
    value: dict[str, Any] = {}
    for _ in range(depth):
        value = {"in": value}
    return value


@st.composite
def spoilt(draw: st.DrawFn, streams: st.SearchStrategy[list[Payload]], words: Sequence[str]) -> list[Payload]:
    """Streams in which a few values are of any type, or missing."""
    stream = copy.deepcopy(draw(streams))
    for _ in range(draw(st.integers(1, 4)) if stream else 0):
        place = draw(st.sampled_from(stream))
        while inner := [value for value in place.values() if isinstance(value, dict) and value]:
            if draw(st.integers(0, 3)) == 0:
                break
            place = draw(st.sampled_from(inner))
        key = draw(st.sampled_from([*sorted(place), *words]))
        if draw(st.booleans()):
            place[key] = draw(json_values(words))
        else:
            place.pop(key, None)
    return stream
