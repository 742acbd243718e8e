from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any
from weakref import ref

import pytest

from stream_audit import recordings
from stream_audit.dialects import DIALECTS
from stream_audit.dialects.openai_responses.responses import OPENAI_RESPONSES
from stream_audit.model import Batch, Payload, Policies
from tests.dialects.responses_wire import (
    KEEPALIVE,
    added,
    answer,
    call,
    completed,
    delta,
    done,
    fold,
    message,
    numbered,
    opened,
    part,
    replied,
    said,
    shot,
    spoken,
    text,
    text_done,
    thought,
    whole,
)

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus" / "jsonl"
HELLO = answer(*spoken("Hel", "lo"))


# ---------------------------------------------------------------- recognising and cutting


def test_events_of_the_wire_are_recognised_but_keepalive_and_error_prove_nothing() -> None:
    assert all(OPENAI_RESPONSES.recognises(event) for event in HELLO)
    strangers: list[Payload] = [
        *(KEEPALIVE, {"type": "error", "message": "No"}, {}, {"type": ["response.created"]}),
        *({"type": "response.novelty"}, {"type": None}, {"object": "response"}),
    ]
    assert not any(OPENAI_RESPONSES.recognises(event) for event in strangers)


@pytest.mark.parametrize("event", HELLO, ids=lambda event: event["type"])
def test_events_of_realtime_which_have_an_event_id_are_not_recognised(event: Payload) -> None:
    assert not OPENAI_RESPONSES.recognises({**event, "event_id": "event_1"})


def recorded(dialect: str) -> Iterator[Payload]:
    """Every object in the corpus's recordings of another format."""
    for source in recordings.find([str(CORPUS / dialect)]):
        for event in recordings.read(source, DIALECTS):
            for raw in event.raws if isinstance(event, Batch) else ():
                yield json.loads(raw)


@pytest.mark.corpus
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_nothing_that_another_format_sent_is_recognised() -> None:
    others = [folder.name for folder in CORPUS.iterdir() if folder.name != "openai-responses"]

    assert "other" in others
    for name in others:
        assert not [event["type"] for event in recorded(name) if OPENAI_RESPONSES.recognises(event)], name


def test_a_response_starts_and_ends_where_its_events_say_so() -> None:
    assert [OPENAI_RESPONSES.starts(event) for event in HELLO] == [True, *[False] * (len(HELLO) - 1)]
    for word in ("completed", "incomplete", "failed"):
        assert OPENAI_RESPONSES.ends(shot(word))
    for event in (shot("in_progress"), text_done("a"), {"type": ["response.completed"]}, {}):
        assert not OPENAI_RESPONSES.ends(event)


@pytest.mark.parametrize("response", [None, 5, [], {}, {"id": None}, {"id": ""}, {"id": 7}])
def test_a_snapshot_without_a_usable_id_has_no_identity(response: Any) -> None:
    assert OPENAI_RESPONSES.identity({"type": "response.created", "response": response}) is None


def test_only_a_beginning_or_another_id_may_break_a_stream() -> None:
    begun, other = shot(), shot("in_progress", "resp_2")
    items: list[Payload | str] = [begun, shot("in_progress"), "echo", text("a"), begun, other, shot("queued")]
    assert OPENAI_RESPONSES.identity(other) == "resp_2"
    assert OPENAI_RESPONSES.next_break(items, 1, "resp_1") == 4
    assert OPENAI_RESPONSES.next_break(items, 5, "resp_1") == 5
    assert OPENAI_RESPONSES.next_break(items, 6, "resp_1") == 7
    assert OPENAI_RESPONSES.next_break(items, 1, None) == 1
    assert OPENAI_RESPONSES.next_break([shot("failed", None)], 0, "resp_1") == 1


def test_only_a_plain_delta_with_text_can_be_echoed() -> None:
    plain = text("a", item_id="msg_0", logprobs=[], obfuscation="xyz", sequence_number=4)
    assert OPENAI_RESPONSES.echo(plain) == "a"
    assert OPENAI_RESPONSES.echo(text("a")) == "a"
    assert OPENAI_RESPONSES.echo(delta("function_call_arguments", "{")) == "{"
    assert OPENAI_RESPONSES.echo(delta("reasoning_summary_text", "b", summary_index=2)) == "b"
    for payload in (
        text(""),
        text("a", usage={}),
        text("a", error=None),
        text("a", more=1),
        text("a", item_id=7),
        text("a", logprobs=[{"token": "a"}]),
        text("a", sequence_number=-1),
        text("a", sequence_number=True),
        text("a", sequence_number=None),
        delta("output_text", "a"),
        delta("output_text", "a", True, content_index=0),
        delta("output_text", "a", 0, content_index=True),
        delta("output_text", 5, 0, content_index=0),
        delta("output_text", "a", None, content_index=0),
        delta("audio", "a"),
        delta("novelty", "a"),
        text_done("a"),
        {"type": ["response.output_text.delta"], "delta": "a"},
        {},
    ):
        assert OPENAI_RESPONSES.echo(payload) is None, payload


# ---------------------------------------------------------------- a whole answer


def test_an_answer_as_it_is_sent_folds_into_what_it_would_be_without_streaming() -> None:
    reasoning, reply = thought("So."), message(said("Let me look.", annotations=[]), status="completed")
    asked = call('{"q":"é"}', status="completed")
    begun = {**message(status="in_progress")}
    folded = fold(
        numbered(
            [
                shot(created_at=7, output=[], usage=None, temperature=1.0, service_tier="auto"),
                shot("in_progress", created_at=7, output=[], usage=None),
                added(0, thought()),
                part("added", 0, 0, {"type": "summary_text", "text": ""}, "reasoning_summary_part"),
                delta("reasoning_summary_text", "So.", 0, summary_index=0),
                whole("reasoning_summary_text", "text", "So.", 0, summary_index=0),
                part("done", 0, 0, {"type": "summary_text", "text": "So."}, "reasoning_summary_part"),
                done(0, reasoning),
                added(1, begun),
                part("added", 1, 0, said("", annotations=[])),
                *(text(piece, 1, obfuscation="x") for piece in ("Let me", " look.")),
                text_done("Let me look.", 1),
                part("done", 1, 0, said("Let me look.", annotations=[])),
                done(1, reply),
                added(2, call(status="in_progress")),
                *(delta("function_call_arguments", piece, 2) for piece in ('{"q":', '"é"}')),
                whole("function_call_arguments", "arguments", '{"q":"é"}', 2),
                done(2, asked),
                completed(reasoning, reply, asked, created_at=7, temperature=1.0, service_tier="default"),
            ]
        )
    )
    response = folded.response
    (choice,) = response.choices
    assert folded.complete
    assert folded.notes == ()
    assert (response.id, response.model, response.created, response.error) == ("resp_1", "gpt-5", 7, None)
    assert (response.service_tier, response.extra) == ("default", {"temperature": 1.0})
    assert (choice.index, choice.finish_reason, choice.logprobs) == (0, "completed", None)
    said_in_all = (choice.message.role, choice.message.content, choice.message.reasoning)
    assert said_in_all == ("assistant", "Let me look.", "So.")
    assert [(one.id, one.name, one.arguments, one.extra) for one in choice.message.tool_calls] == [
        ("call_0", "look", '{"q":"é"}', {})
    ]
    assert choice.message.parts == (reasoning, reply, asked)
    assert response.usage is not None
    assert (response.usage.input_tokens, response.usage.output_tokens) == (10, 5)


def test_an_answer_without_items_says_nothing() -> None:
    silent = replied(answer())
    assert (silent.content, silent.refusal, silent.reasoning, silent.parts) == (None, None, None, ())
    assert replied(answer(*opened())).content == ""


def test_a_character_cut_in_two_is_one_character() -> None:
    events = answer(*opened(), text("a\ud83d"), text("\ude00b"))
    assert replied(events).content == "a\U0001f600b"
    assert replied(answer(*opened(), text_done("\ud83d"), text("\ude00"))).content == "\U0001f600"


def test_what_was_handed_out_before_does_not_grow_with_the_fold() -> None:
    folding = OPENAI_RESPONSES.fold(Policies())
    cited = {"type": "response.output_text.annotation.added", "output_index": 0, "content_index": 0}
    odds = [{"token": "H", "logprob": -0.5}]
    folding.add([*opened(), text("H", logprobs=odds), {**cited, "annotation": {"url": "1"}}])
    before = folding.response()
    folding.add([text("ey", logprobs=odds), {**cited, "annotation": {"url": "2"}}])

    (shown,) = before.choices[0].message.parts
    assert shown["content"] == [said("H", annotations=[{"url": "1"}], logprobs=odds)]
    assert len(before.choices[0].message.annotations) == 1
    assert before.choices[0].logprobs == {"content": odds}


def test_a_response_looked_at_on_the_way_does_not_disturb_the_fold() -> None:
    folding = OPENAI_RESPONSES.fold(Policies())
    folding.add(HELLO[:4])
    assert folding.response().choices[0].message.content == "Hel"
    folding.add(HELLO[4:])
    assert folding.finish(done=False) == fold(HELLO)


def test_the_events_given_are_not_changed() -> None:
    shell = {"type": "shell_call", "action": {"commands": ["l"], "timeout_ms": 5}}
    patch = {"type": "apply_patch_call", "operation": {"type": "update_file", "diff": "-"}}
    events = answer(
        *spoken("Hel", "lo"),
        added(1, shell),
        delta("shell_call_command", "s", 1, command_index=0),
        added(2, patch),
        delta("apply_patch_call_operation_diff", "+", 2),
        *(delta("shell_call_output_content", {"stdout": "a"}, 3, command_index=0) for _ in "ab"),
    )
    copies = deepcopy(events)
    fold(events)
    assert events == copies


def test_a_line_of_a_hundred_thousand_characters_is_one_more_event() -> None:
    long = "x" * 120_000
    assert replied(answer(*opened(), text("a"), text(long), text("b"))).content == f"a{long}b"
    settings = fold(answer(*spoken("a"), instructions=long)).response
    assert settings.extra == {"instructions": long}


class Chunk(dict[str, Any]):
    """One that can be watched: a fold itself cannot where it is compiled."""


def test_a_fold_that_is_dropped_is_freed_without_the_garbage_collector() -> None:
    collecting = gc.isenabled()
    gc.disable()
    try:
        running = OPENAI_RESPONSES.fold(Policies())
        running.add(answer(*spoken("Hel", "lo"), added(1, call()), done(1, call("{}"))))
        held = Chunk(type="response.output_item.added", output_index=2, item=Chunk(kept=Chunk()))
        seen = ref(held["item"]["kept"])
        running.add([held])
        del held
        running.finish(done=False)
        assert seen() is not None
        del running
        assert seen() is None
    finally:
        if collecting:
            gc.enable()
