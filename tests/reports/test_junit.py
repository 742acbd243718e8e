from __future__ import annotations

from dataclasses import replace
from io import BytesIO, TextIOWrapper
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stream_audit.model import Counts, Finding, Summary, Unreadable
from stream_audit.reports import Options, open_report
from stream_audit.reports.junit import MOST
from tests.reports.cases import (
    CASES,
    Case,
    clean,
    crashed,
    differing,
    interrupted,
    nothing_found,
    recording,
    result,
    without_candidate,
    written,
)
from tests.reports.junit_rules import faults

FINDING = differing().audited[0].findings[0]
NAME = "suspect:role-last-wins"


def junit(case: Case, **options: Any) -> ElementTree.Element:
    return ElementTree.fromstring(written("junit", case, Options(**options)))


def with_findings(*findings: Finding, **changes: Any) -> Case:
    case = differing()
    audited = replace(case.audited[0], findings=findings, candidates=(result(**changes),))
    return replace(case, audited=(audited,), summary=replace(case.summary, unreadable=[]))


def the_test(case: Case, **options: Any) -> ElementTree.Element:
    (found,) = junit(case, **options).findall(f"testsuite[@name='{NAME}']/testcase")
    return found


def outcome(case: Case, **options: Any) -> str:
    """``passed``, or what the one test is instead."""
    kinds = [child.tag for child in the_test(case, **options) if child.tag != "system-out"]
    return kinds[0] if kinds else "passed"


def verdict(case: Case) -> ElementTree.Element:
    found = junit(case).find("testsuite[@name='stream-audit']/testcase[@name='verdict']")
    assert found is not None
    return found


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_report_is_as_its_readers_agree(name: str) -> None:
    assert faults(junit(CASES[name]())) == []


def test_a_wrong_count_and_a_wrong_place_are_noticed() -> None:
    root = junit(differing())
    root[0].set("failures", "0")
    ElementTree.SubElement(root[0][1], "properties", {"colour": "red"})

    assert faults(root) == [
        "properties may not stand in testcase",
        "properties may not have colour",
        f"testsuite {NAME} counts 0 failures, there are 6",
    ]


@settings(max_examples=80, deadline=None)
@given(st.text(), st.text(), st.one_of(st.none(), st.floats(), st.binary(), st.text()))
def test_whatever_was_recorded_the_report_is_xml(text: str, name: str, value: Any) -> None:
    finding = replace(FINDING, message=text, path=name, field=text, rule=text, reference=value, got=text)
    case = with_findings(finding, replace(finding, kind="wire", candidate=None))
    case.audited[0].recording.id = name

    assert faults(junit(case)) == []


def test_a_suite_is_a_candidate_and_a_test_is_a_recording() -> None:
    case = crashed()
    root = junit(case)

    assert [suite.get("name") for suite in root] == [*case.run.candidates, "stream-audit"]
    assert [(one.get("classname"), one.get("name")) for one in root.iter("testcase")] == [
        ("myapp.combine:fold", "r.jsonl"),
        ("openai", "r.jsonl"),
        ("stream-audit", "verdict"),
    ]


def test_a_difference_is_a_failure_with_both_values_and_the_command() -> None:
    (failure,) = the_test(with_findings(FINDING, replace(FINDING, rule="other")), specs=(NAME,))

    assert failure.tag == "failure"
    assert failure.get("type") == "role-null-or-empty"
    assert failure.get("message") == f"role-null-or-empty: {FINDING.message}"
    assert (failure.text or "").splitlines() == [
        "error role-null-or-empty choices[0].message.role",
        "  at         recordings/azure/tools-0.jsonl:2",
        "  what       the candidate gives '' where the reference gives 'assistant'",
        "  reference  'assistant'",
        "  candidate  ''",
        "  looks like role-last-wins",
        "error other choices[0].message.role",
        "  at         recordings/azure/tools-0.jsonl:2",
        "  what       the candidate gives '' where the reference gives 'assistant'",
        "  reference  'assistant'",
        "  candidate  ''",
        "  looks like role-last-wins",
        f"reproduce: stream-audit replay recordings/azure/tools-0.jsonl --candidate {NAME}",
    ]


@pytest.mark.parametrize(
    ("status", "expected"),
    [("same", "failure"), ("differ", "failure"), ("crashed", "error"), ("timeout", "error")],
)
def test_a_crash_and_a_hang_are_errors(status: str, expected: str) -> None:
    assert outcome(with_findings(replace(FINDING, kind="candidate"), status=status)) == expected


@pytest.mark.parametrize("status", ["unavailable", "skipped", "crashed", "timeout"])
def test_a_candidate_that_gave_no_answer_never_passes(status: str) -> None:
    case = with_findings(status=status, response=None, error="openai is not installed")
    (skipped,) = the_test(case)

    assert skipped.tag == "skipped"
    assert skipped.get("message") == f"{status}: openai is not installed"


def test_what_a_stream_does_wrong_fails_nothing_and_is_told() -> None:
    case = with_findings(replace(FINDING, kind="wire", candidate=None), status="same")
    (output,) = the_test(case)

    assert outcome(case) == "passed"
    assert "in the stream itself" in (output.text or "")


def test_what_was_accepted_before_passes_and_is_told() -> None:
    case = with_findings(replace(FINDING, baselined=True))
    (output,) = the_test(case)

    assert outcome(case) == "passed"
    assert (output.text or "").startswith("1 finding accepted before\nerror role-null-or-empty")
    assert outcome(with_findings(replace(FINDING, baselined=True), FINDING)) == "failure"


@pytest.mark.parametrize(
    ("severity", "fail_on", "expected"),
    [
        ("error", "error", "failure"),
        ("warning", "error", "passed"),
        ("warning", "warning", "failure"),
        ("note", "warning", "passed"),
        ("note", "note", "failure"),
        ("error", "never", "passed"),
    ],
)
def test_a_test_fails_where_the_gate_does(severity: Any, fail_on: str, expected: str) -> None:
    case = with_findings(replace(FINDING, severity=severity))

    assert outcome(case, fail_on=fail_on) == expected
    if expected == "passed":
        assert f"1 finding below --fail-on {fail_on}" in (the_test(case, fail_on=fail_on)[0].text or "")


def test_without_a_candidate_no_test_passes() -> None:
    root = junit(without_candidate())

    assert [suite.get("name") for suite in root] == ["stream-audit"]
    assert [[child.tag for child in one] for one in root.iter("testcase")] == [["skipped"]] * 3 + [["error"]]


@pytest.mark.parametrize("case", [nothing_found(), interrupted(), without_candidate()])
def test_a_run_that_did_not_end_well_has_an_error(case: Case) -> None:
    (error,) = verdict(case)

    assert error.tag == "error"
    assert case.summary.stop_reason
    assert case.summary.stop_reason in (error.get("message") or "")


def test_the_verdict_passes_where_the_tests_say_it_all() -> None:
    assert list(verdict(clean())) == []
    assert list(verdict(differing())) == []


def test_a_failed_run_without_a_failed_test_has_a_failed_verdict() -> None:
    case = replace(clean(), summary=Summary(counts=Counts(found=1), exit_code=1, stop_reason="1 finding"))

    assert [child.tag for child in verdict(case)] == ["failure"]


def test_input_that_was_not_audited_is_skipped_once_with_the_reason() -> None:
    case = differing()
    lost = replace(FINDING, kind="wire", candidate=None, rule="not-json", path="recordings/half.jsonl")
    ledger = recording("recordings/ledger.jsonl")
    unknown = replace(case.audited[0], recording=ledger, reference=None, reason="no dialect")
    audited = (replace(unknown, candidates=(), findings=(lost,)),)
    entries = [replace(case.summary.unreadable[0], findings=(lost,)), *case.summary.unreadable[1:]]
    root = junit(replace(case, audited=audited, summary=replace(case.summary, unreadable=entries)))
    told = [
        (one.get("name"), child.get("message"))
        for one in root.iter("testcase")
        for child in one.findall("skipped")
    ]

    assert told == [
        ("recordings/ledger.jsonl", "skipped: no dialect"),
        ("recordings/half.jsonl:77", "unreadable: cut off in the middle of a JSON text"),
        ("recordings/other.jsonl", "skipped: no dialect recognises it"),
    ]


def test_a_finding_about_somebody_without_a_result_has_a_test_of_its_own() -> None:
    case = with_findings(replace(FINDING, kind="candidate", candidate="the reference"))
    suite = junit(case).find("testsuite[@name='the reference']")

    assert suite is not None
    assert suite.get("failures") == "1"


def test_very_many_findings_of_one_test_are_counted() -> None:
    (failure,) = the_test(with_findings(*[FINDING] * (MOST + 5)))

    assert "… 5 more findings" in (failure.text or "")


def test_what_is_not_a_character_of_xml_is_shown_as_an_escape() -> None:
    nasty = "\x00\x1b[31m]]><script>\ud800\ufffe\u202e&amp;"
    (failure,) = the_test(with_findings(replace(FINDING, message=nasty)))

    shown = r"\x00\x1b[31m]]><script>\ud800\ufffe\u202e&amp;"
    assert failure.get("message") == f"role-null-or-empty: {shown}"
    assert f"  what       {shown}" in (failure.text or "").splitlines()


def test_properties_say_what_was_run() -> None:
    case = clean()
    case = replace(
        case, run=replace(case.run, versions={"myapp.combine:fold": "1.2"}, reference="old.py:fold")
    )
    found = [(one.get("name"), one.get("value")) for one in junit(case)[0].iter("property")]

    assert found == [
        ("version", "0.1.0"),
        ("library version", "1.2"),
        ("reference", "old.py:fold"),
        ("not covered: logprobs", "1 recording"),
    ]


def test_seconds_are_told_where_they_were_kept() -> None:
    assert the_test(with_findings(seconds=0.25)).get("time") == "0.250000"
    assert the_test(with_findings(seconds=None)).get("time") is None


def test_a_stream_without_utf_8_gets_references() -> None:
    case, raw = with_findings(replace(FINDING, message="Grüße \U0001f600")), BytesIO()
    stream = TextIOWrapper(raw, encoding="ascii")
    writer = open_report("junit", stream)
    writer.begin(case.run)
    writer.add(case.audited[0])
    writer.end(case.summary)

    assert "Grüße \U0001f600" in ElementTree.fromstring(raw.getvalue())[0][1][0].attrib["message"]


def test_an_unreadable_source_is_no_failure_of_a_candidate() -> None:
    entry = Unreadable(path="a\x00b", line=0, reason="nothing")
    root = junit(replace(clean(), summary=replace(clean().summary, unreadable=[entry])))

    assert (root.get("failures"), root.get("errors")) == ("0", "0")
