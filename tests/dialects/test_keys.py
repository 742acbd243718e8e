"""What fits a table is what a close look finds nothing odd in; and no fold by a table changes a chunk."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.dialects.ai_sdk_stream.stream import AI_SDK_STREAM
from stream_audit.dialects.ai_sdk_ui.stream import AI_SDK_UI
from stream_audit.dialects.keys import Keys, anything, flag, object_, text
from stream_audit.model import Dialect, Payload, Policies
from tests.strategies_ai_sdk import recordings, wild_calls
from tests.strategies_ai_sdk_ui import messages, wild_chunks

TABLE = Keys({"id": text, "on": flag}, {"about": object_, "data": anything})
VALUES: st.SearchStrategy[Any] = st.sampled_from(["", "a", True, 0, None, {}, []])


@given(st.dictionaries(st.sampled_from(["type", "id", "on", "about", "data", "more"]), VALUES))
def test_what_fits_is_what_no_close_look_finds_anything_in(payload: Payload) -> None:
    known = payload.keys() <= {"type", *TABLE.known}
    null = any(value is None for key, value in payload.items() if key != "type")
    odd = TABLE.refused(payload) is not None or any(TABLE.misfits(payload))

    assert TABLE.fit(payload, "type") == (known and not null and not odd)


@pytest.mark.parametrize(
    "payload", [{"id": "", "on": False}, {"kind": None, "id": "a", "on": True, "data": 0}]
)
def test_nothing_more_than_what_is_due_fits_and_the_name_is_not_looked_at(payload: Payload) -> None:
    assert TABLE.fit(payload, "kind")


@pytest.mark.parametrize(
    ("dialect", "streams"),
    [(AI_SDK_UI, messages() | wild_chunks), (AI_SDK_STREAM, recordings() | wild_calls)],
)
@given(data=st.data())
def test_no_fold_changes_what_it_is_given(
    dialect: Dialect, streams: st.SearchStrategy[list[Payload]], data: st.DataObject
) -> None:
    items = data.draw(streams)
    before = copy.deepcopy(items)

    fold = dialect.fold(Policies())
    fold.add(items)
    fold.finish(done=True)

    assert items == before
