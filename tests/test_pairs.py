"""Two candidates that are one fold written twice give the same response with the same work."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from stream_audit import candidates
from stream_audit.candidates import Spec
from stream_audit.corridor.pairs import compare_pairs
from stream_audit.errors import UsageError
from stream_audit.model import Finding, Observation, Payload, Recording, Response, Work
from tests.runs import HELLO, Kept, audit, chunk, write

SYNC = """
def fold(chunks):
    text, usage = "", None
    for chunk in chunks:
        if chunk.usage:
            usage = chunk.usage.model_dump()
        for choice in chunk.choices:
            text += choice.delta.content or ""
    return {"role": "assistant", "content": text, "finish_reason": "stop", "usage": usage}
"""
ASYNC = SYNC.replace("def", "async def").replace("for chunk", "async for chunk")
TWICE = ASYNC.replace("model_dump()\n", "model_dump()\n            usage = chunk.usage.model_dump()\n")


def both(folder: Path, sync: str, other: str, chunks: Sequence[Payload] = HELLO, **options: object) -> Kept:
    (folder / "sync.py").write_text(sync)
    (folder / "other.py").write_text(other)
    return audit(
        write(folder / "a.jsonl", chunks),
        candidates=[f"s={folder / 'sync.py'}:fold", f"a={folder / 'other.py'}:fold"],
        pairs=("s=a",),
        **options,
    )


def apart(kept: Kept) -> list[Finding]:
    return [finding for finding in kept.findings if finding.rule == "sync-vs-async"]


def test_two_copies_that_do_the_same_come_out_clean(tmp_path: Path) -> None:
    kept = both(tmp_path, SYNC, ASYNC)

    assert (kept.about_candidates(), kept.summary.exit_code) == ([], 0)


def test_a_copy_that_does_more_for_the_same_answer_is_a_warning_with_both_numbers(tmp_path: Path) -> None:
    (finding,) = apart(both(tmp_path, SYNC, TWICE))

    assert (finding.severity, finding.kind, finding.candidate) == ("warning", "candidate", "a")
    assert (finding.reference, finding.got) == (1, 2)
    assert finding.message == "a materialises usage 2 times, s 1."


def test_a_copy_that_answers_differently_is_an_error_with_both_values(tmp_path: Path) -> None:
    (finding,) = apart(both(tmp_path, SYNC, ASYNC.replace('"stop"', '"length"')))

    assert (finding.severity, finding.candidate) == ("error", "a")
    assert finding.field == "choices[0].finish_reason"
    assert (finding.reference, finding.got) == ("stop", "length")
    assert finding.message == 'choices[0].finish_reason is "length" with a and "stop" with s.'


KEEPS = """
def fold(chunks: list[dict]):
    calls = [call for chunk in chunks for call in chunk["choices"][0]["delta"]["tool_calls"]]
    return {"tool_calls": calls}
"""
LOSES = KEEPS.replace("calls}", "[{k: call[k] for k in ('id', 'function')} for call in calls]}")


@pytest.mark.parametrize(("sync", "other"), [(KEEPS, LOSES), (LOSES, KEEPS)], ids=["sync", "other"])
def test_a_field_of_a_call_that_one_of_them_loses_is_a_difference_whichever_it_is(
    tmp_path: Path, sync: str, other: str
) -> None:
    call = {"index": 0, "id": "c1", "function": {"name": "f", "arguments": "{}"}, "extra_content": {"s": 1}}

    (finding,) = apart(
        both(tmp_path, sync, other, [chunk({"tool_calls": [call]}, finish_reason="tool_calls")])
    )

    assert finding.field == "choices[0].message.tool_calls[0].extra.extra_content"
    assert [finding.reference, finding.got].count(None) == 1


def test_what_both_get_wrong_alike_is_no_difference_between_them(tmp_path: Path) -> None:
    wrong = SYNC.replace('"stop"', '"length"'), ASYNC.replace('"stop"', '"length"')

    kept = both(tmp_path, *wrong)

    assert apart(kept) == []
    assert {finding.candidate for finding in kept.about_candidates()} == {"s", "a"}


def test_candidates_that_nobody_paired_are_not_held_against_each_other(tmp_path: Path) -> None:
    (tmp_path / "sync.py").write_text(SYNC)
    (tmp_path / "other.py").write_text(TWICE)

    kept = audit(
        write(tmp_path / "a.jsonl"),
        candidates=[f"s={tmp_path / 'sync.py'}:fold", f"a={tmp_path / 'other.py'}:fold"],
    )

    assert [f.rule for f in kept.about_candidates()] == ["redundant-usage-work"]


def test_redundant_work_is_told_with_how_often_was_enough_the_chunk_and_the_lines(tmp_path: Path) -> None:
    found = both(tmp_path, SYNC, TWICE).about_candidates()
    (finding,) = [one for one in found if one.rule == "redundant-usage-work"]

    assert (finding.reference, finding.got, finding.severity) == (1, 2, "warning")
    assert (finding.index, finding.line) == (len(HELLO) - 1, len(HELLO))
    assert finding.message == (
        "fold materialises the usage of 1 chunk twice (other.py:6 and :7): 2 times in all, 1 is enough."
    )


def test_work_is_summed_over_recordings_for_each_candidate_that_was_handed_objects(tmp_path: Path) -> None:
    (tmp_path / "one.py").write_text(TWICE)
    (tmp_path / "dicts.py").write_text("def fold(chunks: list[dict]):\n    return 'Hello'\n")
    recordings = [write(tmp_path / name) for name in ("a.jsonl", "b.jsonl")]

    kept = audit(
        *recordings, candidates=[f"one={tmp_path / 'one.py'}:fold", f"dicts={tmp_path / 'dicts.py'}:fold"]
    )

    assert kept.summary.work == {"one": {"usage_chunks": 2, "usage_dumps": 4, "redundant_dumps": 2}}


RECORDING = Recording(id="r", path="r", dialect="openai-chat", first_line=1)


def test_only_what_both_cover_is_compared() -> None:
    seen = {
        "s": Observation(status="answered", response=Response(id="1", model="m"), covered=frozenset({"id"})),
        "a": Observation(status="answered", response=Response(id="1"), covered=frozenset({"id", "model"})),
    }

    assert compare_pairs([("s", "a")], seen, RECORDING, frozenset({"id", "model"})) == []


def test_one_that_gave_no_response_is_not_compared() -> None:
    seen = {
        "s": Observation(
            status="answered", response=Response(id="1"), work=Work(usage_chunks=1, usage_dumps=1)
        ),
        "a": Observation(status="crashed"),
    }

    assert compare_pairs([("s", "a")], seen, RECORDING, frozenset({"id"})) == []


@pytest.mark.parametrize("missing", ["s", "a"])
def test_work_that_was_not_counted_for_one_is_not_compared(missing: str) -> None:
    counted = Observation(status="answered", response=Response(), work=Work(usage_chunks=1, usage_dumps=1))
    seen = {"s": counted, "a": counted, missing: Observation(status="answered", response=Response())}

    assert compare_pairs([("s", "a")], seen, RECORDING, frozenset()) == []


def part(name: str, attribute: str, requirement: str = "") -> Spec:
    return Spec(name, "adapter", "llm", attribute, requirement)


def test_parts_of_one_library_and_version_are_paired() -> None:
    specs = [part("c", "combine_chunks"), part("s", "Chat"), part("a", "AsyncChat")]

    assert candidates.pairs(specs) == (("s", "a"),)


def test_parts_of_different_versions_are_not_paired() -> None:
    specs = [part("s", "Chat", "llm==0.27.1"), part("a", "AsyncChat", "llm==0.36")]

    assert candidates.pairs(specs) == ()


def test_two_versions_side_by_side_are_each_paired_with_themselves() -> None:
    specs = [
        part(f"{name}{version}", name, f"llm=={version}")
        for version in ("0.27.1", "0.36")
        for name in ("Chat", "AsyncChat")
    ]

    assert candidates.pairs(specs) == (("Chat0.27.1", "AsyncChat0.27.1"), ("Chat0.36", "AsyncChat0.36"))


def test_a_stated_pair_may_have_names_that_hold_an_equals_sign() -> None:
    specs = [Spec("llm==1:Chat", "import", "m", "f"), Spec("mine", "import", "m", "g")]

    assert candidates.pairs(specs, ["llm==1:Chat=mine"]) == (("llm==1:Chat", "mine"),)


@pytest.mark.parametrize("text", ["s", "s=", "s=b", "=s", "s=s"])
def test_a_stated_pair_that_is_not_two_candidates_is_refused_with_their_names(text: str) -> None:
    specs = [Spec("s", "import", "m", "f"), Spec("a", "import", "m", "g")]

    with pytest.raises(UsageError, match="Candidates: s, a"):
        candidates.pairs(specs, [text])
