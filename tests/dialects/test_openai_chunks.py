from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.dialects.openai.chat import OPENAI_CHAT
from stream_audit.dialects.openai.completions import OPENAI_COMPLETIONS
from stream_audit.model import Payload
from tests.dialects.openai_wire import choice, chunk, completion, delta, ends, says


@pytest.mark.parametrize(
    "payload",
    [
        chunk(),
        chunk(choice(), object=...),
        chunk(choice(), object=""),
        chunk(choice(), object=None),
        {"choices": [], "usage": {}},
        {"choices": [], "prompt_filter_results": []},
        {"choices": [], "id": "", "object": ""},
    ],
)
def test_a_chat_chunk_is_recognised(payload: Payload) -> None:
    assert OPENAI_CHAT.recognises(payload)
    assert not OPENAI_COMPLETIONS.recognises(payload)


@pytest.mark.parametrize(
    "payload", [completion("a"), {"choices": [{"text": "a"}]}, {"object": "text_completion.chunk"}]
)
def test_a_completions_chunk_is_recognised(payload: Payload) -> None:
    assert OPENAI_COMPLETIONS.recognises(payload)
    assert not OPENAI_CHAT.recognises(payload)


@pytest.mark.parametrize(
    "payload",
    [
        {},
        {"error": {"message": "m"}},
        {"choices": []},
        {"choices": 5, "id": "x"},
        {"choices": [5]},
        {"type": "message_start", "message": {}},
        {"object": "chat.completion", "choices": [{"message": {}}]},
        {"object": ["chat.completion.chunk"]},
    ],
)
def test_what_is_of_another_kind_is_not_recognised(payload: Payload) -> None:
    assert not OPENAI_CHAT.recognises(payload)
    assert not OPENAI_COMPLETIONS.recognises(payload)


def test_an_empty_or_odd_id_is_no_identity() -> None:
    assert OPENAI_CHAT.identity(chunk()) == "chatcmpl-1"
    assert [OPENAI_CHAT.identity(chunk(id=id_)) for id_ in ("", None, 5)] == [None, None, None]


def test_a_role_or_filter_results_start_a_response() -> None:
    assert OPENAI_CHAT.starts(delta(role="assistant"))
    assert OPENAI_CHAT.starts(chunk(choice(), choice({"role": "assistant"}, index=1)))
    assert OPENAI_CHAT.starts(chunk(prompt_filter_results=[]))
    assert not any(
        OPENAI_CHAT.starts(item) for item in (says("a"), delta(role=None), delta(role=""), chunk())
    )


def test_a_finish_reason_ends_a_response() -> None:
    assert OPENAI_CHAT.ends(ends("stop"))
    assert not any(OPENAI_CHAT.ends(item) for item in (ends(None), ends(""), chunk(), chunk(usage={})))


ITEMS = st.sampled_from(
    [
        "echo",
        says("a"),
        says("a", id="other"),
        says("a", id=""),
        delta(role="assistant", content=""),
        delta(role=None, content="a"),
        chunk(),
        chunk(prompt_filter_results=[]),
        chunk(choices=[5]),
        chunk(choices=5),
        ends(),
    ]
)


@given(
    items=st.lists(ITEMS, max_size=8),
    begin=st.integers(0, 8),
    identity=st.sampled_from(["chatcmpl-1", "x", None]),
)
def test_the_next_break_is_the_first_chunk_with_another_identity_or_a_start_without_any(
    items: list[Any], begin: int, identity: str | None
) -> None:
    def breaks(item: Any) -> bool:
        if isinstance(item, str):
            return False
        other = OPENAI_CHAT.identity(item)
        return OPENAI_CHAT.starts(item) if other is None else other != identity

    expected = next((at for at in range(begin, len(items)) if breaks(items[at])), len(items))
    assert OPENAI_CHAT.next_break(items, begin, identity) == expected
