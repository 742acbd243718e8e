from __future__ import annotations

import json
import os
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Finding, Unreadable
from stream_audit.reports import Options
from stream_audit.reports import gitlab as module
from tests.reports.cases import (
    CASES,
    Case,
    clean,
    crashed,
    differing,
    interrupted,
    nothing_found,
    titled,
    without_candidate,
    written,
)
from tests.reports.gitlab_rules import complaints, repeated, shown

FINDING = replace(differing().audited[0].findings[0], id="9f0e11")


def gitlab(case: Case) -> Any:
    return json.loads(written("gitlab", case, Options(title=titled)))


def with_findings(*findings: Finding) -> Case:
    case = differing()
    audited = replace(case.audited[0], findings=findings)
    return replace(case, audited=(audited,), summary=replace(case.summary, unreadable=[]))


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_report_is_as_gitlab_asks(name: str) -> None:
    assert complaints(gitlab(CASES[name]())) == []


@pytest.mark.parametrize("name", sorted(CASES))
def test_a_merge_request_shows_every_object(name: str) -> None:
    issues = gitlab(CASES[name]())

    assert len(shown(issues)) == len(issues)


def test_what_gitlab_would_lose_is_noticed() -> None:
    issues = gitlab(with_findings(*(replace(FINDING, id=str(number)) for number in range(4))))
    issues[1]["fingerprint"] = issues[0]["fingerprint"]
    issues[2]["location"]["lines"]["begin"] = "2"

    assert len(shown(issues)) == 1


def test_a_wrong_report_is_noticed() -> None:
    issues = gitlab(with_findings(FINDING, replace(FINDING, id="2")))
    issues[0]["severity"] = "error"
    issues[0]["location"]["path"] = "./a"
    issues[1]["fingerprint"] = issues[0]["fingerprint"]

    assert len(complaints(issues)) == 3


@settings(max_examples=60, deadline=None)
@given(st.text(), st.text(min_size=1))
def test_whatever_was_recorded_the_report_is_as_gitlab_asks(text: str, path: str) -> None:
    finding = replace(FINDING, id="", message=text, path=path, field=text, recording=path, candidate=text)

    assert complaints(gitlab(with_findings(finding, finding, replace(finding, kind="wire", line=0)))) == []


def test_an_issue_says_what_and_where() -> None:
    assert gitlab(with_findings(FINDING)) == [
        {
            "description": f"{FINDING.message} [suspect:role-last-wins] {titled(FINDING.rule)}",
            "check_name": "role-null-or-empty",
            "fingerprint": "9f0e11",
            "severity": "critical",
            "location": {"path": "recordings/azure/tools-0.jsonl", "lines": {"begin": 2}},
        }
    ]


@pytest.mark.parametrize(
    ("kind", "severity", "expected"),
    [
        ("difference", "error", "critical"),
        ("candidate", "warning", "major"),
        ("difference", "note", "minor"),
        ("wire", "error", "info"),
    ],
)
def test_a_severity_is_one_of_gitlabs(kind: Any, severity: Any, expected: str) -> None:
    (issue,) = gitlab(with_findings(replace(FINDING, kind=kind, severity=severity)))

    assert issue["severity"] == expected


def test_what_was_accepted_before_is_left_out() -> None:
    assert gitlab(with_findings(replace(FINDING, baselined=True))) == []


def test_a_fingerprint_is_the_findings_id_and_moves_with_nothing_else() -> None:
    moved = replace(FINDING, path="elsewhere.jsonl", recording="elsewhere.jsonl", line=99)

    assert [issue["fingerprint"] for issue in gitlab(with_findings(moved))] == ["9f0e11"]


def test_one_recording_in_two_places_has_two_fingerprints_that_stay() -> None:
    copy = replace(FINDING, path="copy.jsonl", recording="copy.jsonl")
    first, second = (issue["fingerprint"] for issue in gitlab(with_findings(FINDING, copy)))
    other = replace(FINDING, id="other")

    assert first == "9f0e11" != second
    assert gitlab(with_findings(other, FINDING, copy))[2]["fingerprint"] == second


def test_fingerprints_that_look_alike_in_the_table_stay_unlike(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SLOTS", 8)
    many = [replace(FINDING, id=f"id-{number}") for number in range(100)]

    assert repeated(gitlab(with_findings(*many))) == []


def test_findings_without_an_id_get_fingerprints_of_their_own() -> None:
    nameless = replace(FINDING, id="")
    issues = gitlab(with_findings(nameless, nameless, nameless, nameless, replace(nameless, line=7)))

    assert len({issue["fingerprint"] for issue in issues}) == 5


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("./a//b.jsonl", "a/b.jsonl"),
        (os.path.abspath("in/a.jsonl"), "in/a.jsonl"),
        (os.path.abspath("../a.jsonl"), "../a.jsonl"),
        ("odd\n\ud800.jsonl", r"odd\n\ud800.jsonl"),
    ],
)
def test_a_path_is_relative(path: str, expected: str) -> None:
    (issue,) = gitlab(with_findings(replace(FINDING, path=path)))

    assert issue["location"]["path"] == expected


def test_a_finding_about_a_whole_file_begins_at_line_1() -> None:
    (issue,) = gitlab(with_findings(replace(FINDING, line=0)))

    assert issue["location"]["lines"] == {"begin": 1}


def test_input_that_was_not_audited_is_an_issue() -> None:
    lost = replace(FINDING, kind="wire", rule="not-json", id="")
    entries = [
        Unreadable(path="a.jsonl", line=3, reason="cut off", findings=(lost,)),
        Unreadable(path="b.jsonl", line=0, reason="no dialect recognises it", skipped=True),
    ]
    issues = gitlab(replace(clean(), summary=replace(clean().summary, unreadable=entries)))

    assert [(issue["check_name"], issue["severity"]) for issue in issues] == [
        ("not-json", "info"),
        ("skipped", "info"),
    ]


def test_a_candidate_that_could_not_be_run_is_an_issue() -> None:
    last = gitlab(crashed())[-1]

    assert (last["check_name"], last["severity"]) == ("candidate-not-run", "info")
    assert last["description"] == "not run: openai, 1 recording: openai is not installed"


@pytest.mark.parametrize("case", [nothing_found(), without_candidate(), interrupted()])
def test_a_run_that_did_not_end_well_is_never_an_empty_list(case: Case) -> None:
    last = gitlab(case)[-1]

    assert (last["check_name"], last["severity"]) == ("stream-audit", "blocker")
    assert case.summary.stop_reason
    assert case.summary.stop_reason in last["description"]


def test_a_clean_run_is_an_empty_list() -> None:
    assert gitlab(clean()) == []
