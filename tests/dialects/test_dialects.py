from __future__ import annotations

import pytest

from stream_audit.dialects import DIALECTS, dialect
from stream_audit.errors import UnknownName
from stream_audit.model import Payload


def test_every_dialect_is_found_by_its_name() -> None:
    assert [dialect(known.name) for known in DIALECTS] == list(DIALECTS)


def test_names_are_unique() -> None:
    assert len({known.name for known in DIALECTS}) == len(DIALECTS)


def test_an_unknown_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="openai-chat"):
        dialect("openai-chatt")


def test_no_chunk_is_recognised_by_two_dialects() -> None:
    samples: list[Payload] = [
        {"object": "chat.completion.chunk", "choices": []},
        {"object": "text_completion", "choices": [{"text": "a"}]},
        {"type": "message_start", "message": {}},
        {"choices": [{"text": "a", "delta": {}}]},
    ]

    for sample in samples:
        assert sum(known.recognises(sample) for known in DIALECTS) == 1
