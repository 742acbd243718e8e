"""From what was seen to a finding: the right rule, severity, place and one sentence."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.errors import UnknownName
from stream_audit.model import FIELDS, Culprit, Difference, Note, Problem, Recording, Trouble
from stream_audit.rules import (
    RULES,
    difference_rule,
    judge_difference,
    judge_note,
    judge_problem,
    judge_trouble,
    rule,
    severity,
)

RECORDING = Recording(id="a.jsonl#2", path="a.jsonl", dialect="openai-chat", first_line=7)
CULPRIT = Culprit(index=1, line=9, raw=b'{"id":"a"}', exact=False)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def difference(reference: Any, got: Any, field: str = "content", **more: Any) -> Difference:
    return Difference(
        kind="changed", path=f"choices[0].message.{field}", field=field, reference=reference, got=got, **more
    )


def test_every_field_has_a_general_rule_in_the_catalogue() -> None:
    assert {rule(difference_rule(field)).family for field in FIELDS} == {"difference"}


def test_every_general_rule_is_used_by_a_field() -> None:
    general = {entry.slug for entry in RULES if entry.family == "difference"}

    assert general == {difference_rule(field) for field in FIELDS}


def test_a_field_that_does_not_exist_has_no_rule() -> None:
    with pytest.raises(UnknownName):
        difference_rule("colour")


def test_all_counts_share_one_rule() -> None:
    assert {difference_rule(f) for f in FIELDS if f.startswith("usage.")} == {"usage-differs"}


def test_a_note_becomes_a_wire_finding_at_its_line() -> None:
    note = Note("finish-emitted-twice", 4, "choices[0].finish_reason", "'stop' after 'tool_calls'")

    finding = judge_note(note, RECORDING, 11, 3)

    assert (finding.rule, finding.kind, finding.severity) == ("finish-emitted-twice", "wire", "error")
    assert (finding.recording, finding.path, finding.line) == ("a.jsonl#2", "a.jsonl", 11)
    assert (finding.field, finding.index, finding.count) == ("choices[0].finish_reason", 4, 3)
    assert finding.message == "The answer ends for two reasons: 'stop' after 'tool_calls'."
    assert finding.candidate is None


def test_a_note_about_the_whole_stream_names_no_chunk() -> None:
    finding = judge_note(Note("usage-absent", -1, "", "no chunk reports usage"), RECORDING, 20)

    assert finding.index is None
    assert finding.field is None
    assert finding.severity == "note"


@given(
    slug=st.sampled_from([entry.slug for entry in RULES]),
    detail=st.text(),
    index=st.integers(min_value=-1, max_value=9),
)
def test_any_note_of_any_rule_becomes_one_sentence(slug: str, detail: str, index: int) -> None:
    message = judge_note(Note(slug, index, "", detail), RECORDING, 1).message

    assert message.endswith((".", "!", "?"))
    assert not message.endswith("..")
    assert detail.strip().rstrip(".") in message


def test_a_problem_says_its_own_message_and_shows_what_was_there() -> None:
    problem = Problem("line-not-object", "b.jsonl", 3, "JSON, but not an object", RECORDING, "[1]")

    finding = judge_problem(problem, RECORDING)

    assert (finding.kind, finding.severity, finding.line) == ("wire", "error", 3)
    assert finding.message == "JSON, but not an object."
    assert finding.got == "[1]"
    assert finding.recording == "a.jsonl#2"


def test_a_problem_of_a_source_without_recordings_is_named_after_its_path() -> None:
    finding = judge_problem(Problem("source-unreadable", "b.jsonl", 0, ""), None)

    assert (finding.recording, finding.path, finding.line) == ("b.jsonl", "b.jsonl", 0)
    assert finding.message == "The file cannot be read."


def test_a_difference_that_nothing_explains_has_the_rule_of_its_field() -> None:
    finding = judge_difference(difference("assistant", None, "role"), RECORDING, "mine")

    assert (finding.rule, finding.kind, finding.candidate) == ("role-differs", "difference", "mine")
    assert finding.field == "choices[0].message.role"
    assert (finding.reference, finding.got) == ("assistant", None)
    assert finding.line == RECORDING.first_line
    assert finding.message == 'choices[0].message.role is missing; the reference has "assistant".'


def test_a_difference_with_a_known_failure_has_the_rule_of_that_failure() -> None:
    one = difference(5, None, "usage.input_tokens", culprit=CULPRIT, diagnosis=("usage-lost",))

    finding = judge_difference(one, RECORDING, "mine", "usage-final-chunk-dropped")

    assert finding.rule == "usage-final-chunk-dropped"
    assert finding.severity == "error"
    assert finding.diagnosis == ("usage-lost",)
    assert (finding.line, finding.index, finding.chunk, finding.exact) == (9, 1, b'{"id":"a"}', False)


def test_a_difference_in_a_long_text_is_shown_where_it_begins() -> None:
    same = "word " * 1000

    message = judge_difference(difference(same + "yes", same + "no"), RECORDING, "mine").message

    assert '…"no"' in message
    assert '…"yes" from character 5001 on.' in message
    assert len(message) < 200


@given(same=st.text(alphabet="ab", min_size=1), left=st.text(max_size=20), right=st.text(max_size=20))
def test_the_place_shown_is_the_first_unlike_character(same: str, left: str, right: str) -> None:
    same *= 60
    mine, theirs = f"{same}1{left}", f"{same}2{right}"

    message = judge_difference(difference(mine, theirs), RECORDING, "mine").message

    assert message.endswith(f" from character {len(same) + 1} on.")


@given(mine=json_values, theirs=json_values)
def test_any_two_values_make_a_short_message(mine: Any, theirs: Any) -> None:
    assert len(judge_difference(difference(mine, theirs), RECORDING, "mine").message) < 800


def test_a_value_nested_without_end_is_shown_without_a_crash() -> None:
    deep: Any = []
    for _ in range(100_000):
        deep = [deep]

    assert "list" in judge_difference(difference(deep, None), RECORDING, "mine").message
    while deep:  # taken apart by hand: freeing it at once would recurse as deep
        deep = deep.pop()


def test_a_trouble_is_a_finding_about_the_candidate() -> None:
    trouble = Trouble("candidate-crashed", "KeyError: 'role'")

    finding = judge_trouble(trouble, RECORDING, "mine", CULPRIT, ("role-required",))

    assert (finding.rule, finding.kind, finding.severity) == ("candidate-crashed", "candidate", "error")
    assert (finding.candidate, finding.line, finding.index) == ("mine", 9, 1)
    assert finding.diagnosis == ("role-required",)
    assert finding.message == "KeyError: 'role'."


def test_a_trouble_without_a_chunk_points_at_the_recording() -> None:
    finding = judge_trouble(Trouble("candidate-stdout-noise", "wrote 3 lines"), RECORDING, "mine", None)

    assert finding.line == RECORDING.first_line
    assert finding.index is None
    assert finding.message == "Wrote 3 lines."


def test_a_rule_that_is_not_in_the_catalogue_is_refused() -> None:
    with pytest.raises(UnknownName):
        judge_note(Note("no-such-rule", 0, "", ""), RECORDING, 1)


def test_knowing_a_bugs_name_never_makes_it_pass_a_gate() -> None:
    lost = difference("Hi", None)

    named = judge_difference(lost, RECORDING, "mine", "choices-empty-chunk")

    assert severity("choices-empty-chunk") == "warning"
    assert named.severity == judge_difference(lost, RECORDING, "mine").severity == "error"
