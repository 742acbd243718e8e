from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from stream_audit.audit import Plan, replay
from stream_audit.cli import main
from stream_audit.cli.plan import make_plan
from stream_audit.model import USAGE, Audited
from stream_audit.model.timeline import MOST_MARKS, MOST_POINTS, Timeline
from tests.runs import FIXTURES, Kept, chunk, write

EVERY = sorted(
    str(path.relative_to(FIXTURES))
    for folder in FIXTURES.iterdir()
    if folder.name != "ledger"
    for path in folder.glob("*.*")
    if not path.name.endswith(".response.json")
)


def audited(path: Path, **changes: Any) -> Audited:
    kept = Kept()
    replay(replace(Plan(paths=(str(path),), timeline=True), **changes), [kept])
    return kept.audited[0]


def timeline(path: Path) -> Timeline:
    found = audited(path).timeline
    assert found is not None
    return found


def chunks(folder: Path, given: Sequence[dict[str, Any]]) -> Timeline:
    return timeline(write(folder / "r.jsonl", given))


def test_a_run_without_a_report_that_shows_it_draws_up_no_timeline() -> None:
    assert audited(FIXTURES / "openai-chat" / "one-tool.jsonl", timeline=False).timeline is None


@pytest.mark.parametrize("name", EVERY)
def test_every_chunk_has_its_mark_and_the_reference_ends_at_its_own_counts(name: str) -> None:
    found = audited(FIXTURES / name)
    drawn = found.timeline
    assert drawn is not None

    assert [mark.first for mark in drawn.marks] == list(range(found.recording.chunks))
    assert all(mark.first == mark.last and mark.line == mark.last_line for mark in drawn.marks)
    usage = found.reference.usage if found.reference is not None else None
    counts = {name[6:]: getattr(usage, name[6:], None) for name in USAGE}
    last = {course.field: course.running[-1][1] for course in drawn.courses if course.running}
    assert last == {field: count for field, count in counts.items() if count is not None}


def test_a_mark_says_what_its_chunk_carries_first_of_all() -> None:
    drawn = timeline(FIXTURES / "openai-chat" / "one-tool.jsonl")

    assert [(mark.carried[0], mark.said) for mark in drawn.marks] == [
        ("role", "assistant"),
        ("name", "get_weather"),
        ("arguments", '{"ci'),
        ("arguments", 'ty":"'),
        ("arguments", 'Oslo"}'),
        ("finish_reason", "tool_calls"),
    ]


def test_sizes_and_lines_are_those_of_the_file(tmp_path: Path) -> None:
    given = [chunk({"content": "one"}), chunk({"content": "three"})]

    drawn = chunks(tmp_path, given)

    assert [(mark.line, mark.size) for mark in drawn.marks] == [
        (at + 1, len(json.dumps(one))) for at, one in enumerate(given)
    ]


def test_a_text_that_comes_twice_is_carried_twice(tmp_path: Path) -> None:
    call = {"tool_calls": [{"index": 0, "function": {"arguments": "1"}}]}

    drawn = chunks(tmp_path, [chunk({"content": "ha"}), chunk({"content": "ha"}), chunk(call), chunk(call)])

    assert [mark.carried[0] for mark in drawn.marks] == ["content", "content", "arguments", "arguments"]


def test_a_course_has_what_each_report_says_and_what_the_reference_made_of_it(tmp_path: Path) -> None:
    def report(prompt: int, completion: int) -> dict[str, Any]:
        return chunk({"content": "x"}, usage={"prompt_tokens": prompt, "completion_tokens": completion})

    drawn = chunks(tmp_path, [report(9, 0), chunk({"content": "x"}), report(9, 4), report(9, 0)])

    courses = {course.field: course for course in drawn.courses}
    assert courses["output_tokens"].reported == ((0, 0), (2, 4), (3, 0))
    assert courses["output_tokens"].running == ((0, 0), (2, 4))
    assert courses["input_tokens"].running == ((0, 9),)
    assert [mark.carried[-1] == "usage" for mark in drawn.marks] == [True, False, True, True]


def test_another_reference_has_no_running_counts(tmp_path: Path) -> None:
    path = write(tmp_path / "r.jsonl")

    found = audited(path, reference="suspect:textbook", candidates=("suspect:role-last-wins",)).timeline

    assert found is not None
    assert [course.running for course in found.courses] == [()] * len(found.courses)
    assert all(course.reported for course in found.courses)


def test_a_long_stream_is_drawn_up_in_bounded_space(tmp_path: Path) -> None:
    number = 3 * MOST_MARKS + 1
    given = [
        chunk({"content": "x"}, usage={"prompt_tokens": 9, "completion_tokens": at}) for at in range(number)
    ]

    drawn = chunks(tmp_path, given)

    assert len(drawn.marks) <= MOST_MARKS
    assert drawn.marks[0].first == 0
    assert drawn.marks[-1].last == number - 1
    assert all(one.last + 1 == other.first for one, other in zip(drawn.marks, drawn.marks[1:], strict=False))
    assert sum(mark.size for mark in drawn.marks) == sum(len(json.dumps(one)) for one in given)
    assert drawn.thinned
    (output,) = [course for course in drawn.courses if course.field == "output_tokens"]
    assert len(output.running) == len(output.reported) == MOST_POINTS
    assert output.running[0] == (0, 0)
    assert output.running[-1] == (number - 1, number - 1)


def test_a_chunk_of_any_shape_is_drawn_up(tmp_path: Path) -> None:
    deep: Any = "x"
    for _ in range(60):
        deep = {"a": [deep]}
    wide = {f"k{at}": [at] * 300 for at in range(300)}

    drawn = chunks(
        tmp_path, [chunk({"content": "a"}), {**chunk({"content": "b"}), "deep": deep, "wide": wide}]
    )

    assert [mark.carried[0] for mark in drawn.marks] == ["content", "content"]
    assert all(len(name) <= 40 for mark in drawn.marks for name in mark.carried)


def test_several_processes_draw_up_the_same(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        write(tmp_path / f"{name}.jsonl")
    alone, spread = Kept(), Kept()

    replay(Plan(paths=(str(tmp_path),), timeline=True), [alone])
    replay(Plan(paths=(str(tmp_path),), timeline=True, jobs=2), [spread])

    assert [one.timeline for one in alone.audited] == [one.timeline for one in spread.audited]
    assert all(one.timeline for one in alone.audited)


@pytest.mark.parametrize("asked", [["--format", "html", "--output", "r.html"], ["--report", "html=r.html"]])
def test_the_command_line_asks_for_timelines_where_a_page_is_written(
    asked: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "a.jsonl")

    main(["replay", "a.jsonl", *asked])

    detail = (tmp_path / "r.html").read_text("utf-8").split('id="d0">')[1].split("</script>")[0]
    assert len(json.loads(detail)["timeline"]["marks"]) == 5


def test_the_command_line_asks_for_none_otherwise() -> None:
    assert not make_plan(["a.jsonl"], {"format": "table", "report": ["json=html"]}).timeline
