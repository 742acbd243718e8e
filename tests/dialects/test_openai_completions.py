from __future__ import annotations

import pytest

from stream_audit.dialects.openai.completions import OPENAI_COMPLETIONS
from stream_audit.model import Message, Payload
from tests.dialects.openai_wire import chunk, completion, ends, fold


def test_the_text_of_the_choices_is_the_content() -> None:
    stream = [completion("a"), completion("b"), completion("c", finish_reason="stop")]
    folded = fold(stream, done=False, legacy=True)

    assert folded.response.choices[0].message == Message(role="assistant", content="abc")
    assert folded.response.choices[0].finish_reason == "stop"
    assert folded.complete


def test_each_index_has_its_own_text() -> None:
    stream = [completion(text, index=index) for text, index in (("a", 1), ("b", 0), ("c", 1))]

    assert [one.message.content for one in fold(stream, legacy=True).response.choices] == ["b", "ac"]


def test_the_lists_of_log_probabilities_are_joined() -> None:
    stream = [
        completion(text, logprobs={"tokens": [text], "text_offset": [at], "top_logprobs": None})
        for at, text in enumerate("ab")
    ]

    assert fold(stream, legacy=True).response.choices[0].logprobs == {
        "tokens": ["a", "b"],
        "text_offset": [0, 1],
    }


def test_a_chat_shaped_usage_chunk_counts() -> None:
    found = fold([completion("a"), chunk(usage={"prompt_tokens": 1})], legacy=True).response

    assert found.usage is not None
    assert found.usage.input_tokens == 1


def test_a_delta_is_dropped_and_an_unknown_field_is_kept() -> None:
    found = fold([completion("a", delta={"content": "x"}, seed=4)], legacy=True).response.choices[0]

    assert found.message.content == "a"
    assert found.extra == {"seed": 4}


def test_a_text_that_is_no_text_is_noted_and_kept() -> None:
    folded = fold([completion("a"), completion(5)], legacy=True)

    assert folded.response.choices[0].message.content == "a"
    assert folded.response.choices[0].extra == {"text": 5}
    assert "unknown-event" in {note.rule for note in folded.notes}


@pytest.mark.parametrize(
    "payload",
    [completion(""), completion("a", finish_reason="stop"), completion("a", logprobs={}), chunk(), ends()],
)
def test_a_chunk_that_says_anything_but_text_is_never_echoed(payload: Payload) -> None:
    assert OPENAI_COMPLETIONS.echo(payload) is None
