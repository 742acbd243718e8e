"""The corridor, end to end: files and real combiners in, findings and exit code out."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from stream_audit.errors import CandidateNotLoaded, SourceNotFound, UnknownName
from tests.runs import FIXTURES, HELLO, audit, chunk, combiner, write

GOOD = """
text, role, finish, usage = "", "assistant", None, None
for chunk in chunks:
    usage = chunk.usage or usage
    for choice in chunk.choices:
        text += choice.delta.content or ""
        role = choice.delta.role or role
        finish = choice.finish_reason or finish
return {"role": role, "content": text, "finish_reason": finish, "usage": usage and usage.model_dump()}
"""


def test_a_right_combiner_comes_out_the_same(tmp_path: Path) -> None:
    kept = audit(write(tmp_path / "a.jsonl"), candidates=[combiner(tmp_path, GOOD)])

    assert [c.status for a in kept.audited for c in a.candidates] == ["same"]
    assert (kept.summary.exit_code, kept.about_candidates()) == (0, [])


def test_a_wrong_combiner_is_told_field_chunk_line_and_name_of_the_bug(tmp_path: Path) -> None:
    wrong = GOOD.replace("choice.delta.role or role", "choice.delta.role")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[combiner(tmp_path, wrong)])

    (finding,) = kept.about_candidates()
    assert finding.rule == "role-null-or-empty"
    assert finding.field == "choices[0].message.role"
    assert (finding.reference, finding.got) == ("assistant", None)
    assert (finding.index, finding.line) == (1, 2)
    assert json.loads(finding.chunk or b"") == HELLO[1]
    assert "role-last-wins" in finding.diagnosis
    assert kept.summary.exit_code == 1


def test_a_sum_of_running_totals_is_found_and_added_up_in_the_totals(tmp_path: Path) -> None:
    usages = [{"prompt_tokens": 9, "completion_tokens": n, "total_tokens": 9 + n} for n in (1, 2)]
    stream = [chunk({"role": "assistant", "content": "Hi"}, usage=usages[0])]
    stream.append(chunk({}, finish_reason="stop", usage=usages[1]))
    wrong = """
total = 0
for chunk in chunks:
    if chunk.usage:
        total += chunk.usage.prompt_tokens
return {"role": "assistant", "content": "Hi", "usage": {"prompt_tokens": total}}
"""

    kept = audit(write(tmp_path / "a.jsonl", stream), candidates=[combiner(tmp_path, wrong)])

    (total,) = [totals["input_tokens"] for totals in kept.summary.candidate_totals.values()]
    assert (total.reference, total.candidate, total.differing) == (9, 18, 1)
    assert [f.rule for f in kept.about_candidates()] == ["usage-cumulative-summed"]


def test_what_a_candidate_does_not_return_is_not_covered_and_counted(tmp_path: Path) -> None:
    kept = audit(write(tmp_path / "a.jsonl"), candidates=[combiner(tmp_path, "return 'Hello'")])

    (result,) = kept.audited[0].candidates
    assert result.status == "same"
    assert {"role", "finish_reason", "usage.input_tokens"} <= set(result.not_covered)
    assert kept.summary.not_covered[result.name]["role"] == 1


def test_a_field_that_is_asked_for_must_be_returned(tmp_path: Path) -> None:
    kept = audit(
        write(tmp_path / "a.jsonl"),
        candidates=[combiner(tmp_path, "return 'Hello'")],
        fields=("role", "content"),
    )

    assert [(f.field, f.got) for f in kept.about_candidates()] == [("choices[0].message.role", None)]


def test_a_crash_names_the_chunk_it_needs_and_the_suspect_that_crashes_alike(tmp_path: Path) -> None:
    crashing = """
for chunk in chunks:
    chunk.choices[0]
return "Hello"
"""

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[combiner(tmp_path, crashing)])

    (finding,) = kept.about_candidates()
    assert (finding.rule, finding.index, finding.line) == ("candidate-crashed", 4, 5)
    assert "IndexError" in finding.message
    assert "choices-empty-crash" in finding.diagnosis


def test_one_candidates_crash_does_not_touch_the_other(tmp_path: Path) -> None:
    bad = combiner(tmp_path, "import os; os._exit(3)", "bad.py")
    good = combiner(tmp_path, GOOD, "good.py")

    kept = audit(write(tmp_path / "a.jsonl"), write(tmp_path / "b.jsonl"), candidates=[bad, good])

    assert [[c.status for c in a.candidates] for a in kept.audited] == [["crashed", "same"]] * 2


def test_any_candidate_can_stand_in_the_references_place(tmp_path: Path) -> None:
    old = combiner(tmp_path, GOOD, "old.py")
    new = combiner(
        tmp_path, GOOD.replace("finish =", "finish = 'end' if choice.finish_reason else"), "new.py"
    )

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[new], reference=old)

    assert [(f.field, f.reference) for f in kept.about_candidates()] == [("choices[0].finish_reason", "stop")]


def test_without_a_candidate_nothing_was_compared_and_that_is_said(tmp_path: Path) -> None:
    kept = audit(write(tmp_path / "a.jsonl"))

    assert kept.summary.exit_code == 3
    assert "no candidate" in (kept.summary.stop_reason or "")
    assert kept.audited[0].reference is not None


def test_an_empty_file_and_an_empty_folder_end_in_exit_code_3(tmp_path: Path) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    folder = tmp_path / "folder"
    folder.mkdir()
    mine = combiner(tmp_path, GOOD)

    assert audit(tmp_path / "empty.jsonl", candidates=[mine]).summary.exit_code == 3
    assert audit(folder, candidates=[mine]).summary.exit_code == 3


def test_a_bad_line_is_a_finding_with_its_line_and_the_rest_is_audited(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:2], "{not json", *lines[2:]]) + "\n")
    mine = combiner(tmp_path, GOOD)

    kept = audit(path, candidates=[mine])
    strict = audit(path, candidates=[mine], strict=True)

    assert ("line-not-json", 3) in [(f.rule, f.line) for f in kept.findings]
    assert [c.status for a in kept.audited for c in a.candidates] == ["same"]
    assert kept.audited[0].recording.damaged
    assert (kept.summary.exit_code, strict.summary.exit_code) == (0, 3)


def test_a_bad_last_line_is_not_lost(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl")
    path.write_text(path.read_text() + "data: [DONE]\n\nrubbish\n")

    assert [f.line for f in audit(path).findings if "rubbish" in str(f.got)] == [8]


def test_a_file_that_cannot_be_read_is_unreadable_and_the_others_are_audited(tmp_path: Path) -> None:
    (tmp_path / "binary.jsonl").write_bytes(b"\x00\x01\x02" * 100)
    write(tmp_path / "good.jsonl")

    kept = audit(tmp_path, candidates=[combiner(tmp_path.parent, GOOD)])

    counts = kept.summary.counts
    assert (counts.found, counts.compared, counts.unreadable) == (2, 1, 1)
    assert kept.summary.unreadable[0].path.endswith("binary.jsonl")


def test_a_stream_of_no_known_dialect_is_skipped_and_said(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", [{"weather": "fine"}])

    kept = audit(path)

    assert (kept.summary.counts.skipped, kept.summary.unreadable[0].skipped) == (1, True)


def test_several_responses_in_one_file_are_several_recordings(tmp_path: Path) -> None:
    second = [{**item, "id": "chatcmpl-2"} for item in HELLO]

    kept = audit(write(tmp_path / "a.jsonl", HELLO + second))

    assert [a.recording.id.removeprefix(str(tmp_path)) for a in kept.audited] == ["/a.jsonl", "/a.jsonl#2"]
    assert [(a.recording.first_line, a.recording.last_line) for a in kept.audited] == [(1, 5), (6, 10)]


def test_the_report_is_the_same_for_any_number_of_jobs(tmp_path: Path) -> None:
    for i in range(12):
        path = tmp_path / f"{i:02}.jsonl"
        write(path)
        if i % 3 == 0:
            path.with_suffix(".jsonl.gz").write_bytes(gzip.compress(path.read_bytes()))

    one, two = (
        audit(tmp_path, candidates=["suspect:role-last-wins", "suspect:choices-empty-crash"], jobs=jobs)
        for jobs in (1, 2)
    )

    assert [a.recording.id for a in one.audited] == [a.recording.id for a in two.audited]
    assert one.findings == two.findings
    assert one.summary == two.summary
    assert [a.candidates for a in one.audited] == [a.candidates for a in two.audited]


def test_the_report_is_the_same_whatever_order_sets_have_in_a_process() -> None:
    words = ["replay", str(FIXTURES), "--candidate", "textbook", "--format", "json"]
    one, two = (
        subprocess.run(
            [sys.executable, "-m", "stream_audit", *words],
            env={**os.environ, "PYTHONHASHSEED": seed},
            stdout=subprocess.PIPE,
        ).stdout
        for seed in ("1", "2")
    )

    assert len(one) > 100_000
    assert one == two


def test_seconds_are_kept_only_when_asked_for(tmp_path: Path) -> None:
    path, mine = write(tmp_path / "a.jsonl"), combiner(tmp_path, GOOD)

    def seconds(*, timings: bool) -> float | None:
        return audit(path, candidates=[mine], timings=timings).audited[0].candidates[0].seconds

    assert seconds(timings=False) is None
    assert (seconds(timings=True) or 0) > 0


def test_only_the_rules_asked_for_are_reported(tmp_path: Path) -> None:
    path = write(tmp_path / "a.jsonl", HELLO[:3])

    every = {finding.rule for finding in audit(path).findings}
    ignored = {finding.rule for finding in audit(path, ignore=("truncation-undetected",)).findings}
    selected = {finding.rule for finding in audit(path, select=("usage",)).findings}

    assert every == {"truncation-undetected", "finish-missing", "usage-absent"}
    assert ignored == every - {"truncation-undetected"}
    assert selected == {"usage-absent"}


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"dialect": "openai-chatt"}, UnknownName),
        ({"fields": ("contents",)}, UnknownName),
        ({"ignore": ("role-nul",)}, UnknownName),
        ({"candidates": ["openia"]}, UnknownName),
        ({"candidates": ["suspect:role-last-win"]}, CandidateNotLoaded),
        ({"candidates": ["no_such_module:fold"]}, CandidateNotLoaded),
        ({"reference": "no_such_module:fold"}, CandidateNotLoaded),
    ],
)
def test_a_name_that_does_not_exist_stops_the_run_before_it_starts(
    tmp_path: Path, options: dict[str, object], error: type[Exception]
) -> None:
    with pytest.raises(error):
        audit(write(tmp_path / "a.jsonl"), **options)  # type: ignore[arg-type]


def test_a_path_that_does_not_exist_stops_the_run() -> None:
    with pytest.raises(SourceNotFound):
        audit("no/such/file.jsonl")


@pytest.mark.slow
def test_every_fixture_is_read_recognised_and_folded() -> None:
    kept = audit(FIXTURES)

    beside = (".md", ".response.json", ".labels.json")
    files = [path for path in FIXTURES.rglob("*.*") if not path.name.endswith(beside)]
    assert len({a.recording.path for a in kept.audited}) == len(files)
    assert kept.summary.counts.unreadable == kept.summary.counts.skipped == 0


def test_a_count_that_starts_at_zero_goes_wrong_where_the_stream_gives_its_count(tmp_path: Path) -> None:
    half = """
tokens = 0
for chunk in chunks:
    if chunk.usage:
        tokens = chunk.usage.completion_tokens + 7
return {"role": "assistant", "content": "Hello", "usage": {"completion_tokens": tokens}}
"""

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[combiner(tmp_path, half)])

    assert [(f.field, f.index) for f in kept.about_candidates()] == [("usage.output_tokens", 4)]


def test_a_suspect_is_never_named_against_somebody_elses_reference(tmp_path: Path) -> None:
    old = combiner(tmp_path, GOOD.replace("choice.delta.role or role", "choice.delta.role"), "old.py")
    new = combiner(tmp_path, GOOD, "new.py")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[new], reference=old)

    assert [(f.rule, f.got, f.diagnosis) for f in kept.about_candidates()] == [
        ("role-differs", "assistant", ())
    ]


def test_what_was_not_to_be_compared_is_in_no_sum(tmp_path: Path) -> None:
    mine = combiner(tmp_path, "return {'content': 'Hello', 'usage': {'prompt_tokens': 1}}")
    kept = audit(write(tmp_path / "a.jsonl"), candidates=[mine], fields=("content",))

    (sums,) = kept.summary.candidate_totals.values()
    assert list(sums) == ["content_characters"]


def test_a_difference_that_is_left_out_of_the_report_is_not_taken_for_an_accepted_one(
    tmp_path: Path,
) -> None:
    mine = combiner(tmp_path, "return 'Goodbye'")
    kept = audit(write(tmp_path / "a.jsonl"), candidates=[mine], select=("role-differs",))

    assert (kept.summary.counts.differ, kept.summary.counts.baselined) == (1, 0)


def test_an_answer_of_which_no_field_is_compared_is_not_the_same_as_the_reference(tmp_path: Path) -> None:
    empty = combiner(tmp_path, "return {'usage': {}}")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[empty])

    ((result,),) = [audited.candidates for audited in kept.audited]
    assert (result.status, result.error) == ("skipped", "it returned none of the fields that are compared")
    counts = kept.summary.counts
    assert (counts.compared, counts.same, counts.skipped) == (0, 0, 1)
    assert kept.summary.exit_code == 3
    assert kept.summary.stop_reason == "nothing was compared: no candidate returned a field that is compared"


def test_two_combiners_without_a_field_in_common_are_not_the_same(tmp_path: Path) -> None:
    text = combiner(tmp_path, "return 'Hello'", "text.py")
    role = combiner(tmp_path, "return {'role': 'assistant'}", "role.py")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[role], reference=text)

    assert (kept.summary.counts.compared, kept.summary.exit_code) == (0, 3)


def test_a_candidate_that_returns_nothing_beside_one_that_does_passes_no_strict_run(tmp_path: Path) -> None:
    empty, good = combiner(tmp_path, "return {'usage': {}}", "empty.py"), combiner(tmp_path, GOOD, "good.py")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[empty, good], strict=True)

    assert (kept.summary.counts.compared, kept.summary.exit_code) == (1, 3)
    assert kept.summary.stop_reason == (
        f"nothing of {empty} was compared, and --strict or CI=true asks for it"
    )


CRASH = "raise ValueError('no')"


@pytest.mark.parametrize("selected", ["role", "role-concat", "usage"])
def test_whatever_is_selected_a_candidate_that_gives_no_answer_fails(tmp_path: Path, selected: str) -> None:
    recording, crash = write(tmp_path / "a.jsonl"), combiner(tmp_path, CRASH)

    kept = audit(recording, candidates=[crash], select=(selected,))

    assert [finding.rule for finding in kept.about_candidates()] == ["candidate-crashed"]
    assert kept.summary.exit_code == 1
    assert audit(recording, candidates=[crash], ignore=("candidate-crashed",)).summary.exit_code == 3


def test_two_combiners_that_return_nothing_are_not_the_same(tmp_path: Path) -> None:
    nothing = combiner(tmp_path, "return {'usage': {}}")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[f"b={nothing}"], reference=f"a={nothing}")

    assert (kept.summary.counts.same, kept.summary.counts.skipped, kept.summary.exit_code) == (0, 1, 3)
