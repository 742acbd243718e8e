from __future__ import annotations

from dataclasses import replace

from stream_audit.model import Counts, Run, Summary
from stream_audit.reports.verdict import counted, counts_line, verdict

RUN = Run(version="0", command=(), candidates=("mine",))


def test_every_fate_is_counted_zeros_included() -> None:
    assert counts_line(Summary(counts=Counts(found=3, compared=2, same=1, differ=1, unreadable=1))) == (
        "3 found · 2 compared · 1 same · 1 differ · 0 baselined · 1 unreadable · 0 skipped"
    )


def test_one_is_not_many() -> None:
    assert (counted(1, "recording"), counted(0, "recording"), counted(1200, "error")) == (
        "1 recording",
        "0 recordings",
        "1,200 errors",
    )


def test_nothing_compared_never_reads_like_success() -> None:
    summary = Summary(exit_code=3, stop_reason="nothing was compared: no recording was found")

    assert verdict(RUN, summary) == "Exit code 3: nothing was compared: no recording was found."


def test_a_run_without_candidate_says_what_is_missing() -> None:
    summary = Summary(counts=Counts(found=1), exit_code=3)

    assert "--candidate SPEC" in verdict(replace(RUN, candidates=()), summary)


def test_agreement_is_said_with_its_number() -> None:
    summary = Summary(counts=Counts(found=5, compared=5, same=5))

    assert verdict(RUN, summary) == "No difference in 5 recordings. Exit code 0."


def test_differences_are_counted_by_severity_and_wire_findings_are_not() -> None:
    severities = {"difference:error": 2, "candidate:error": 1, "difference:note": 4, "wire:error": 9}
    summary = Summary(counts=Counts(found=5, compared=5, differ=1), severities=severities, exit_code=1)

    assert verdict(RUN, summary) == "1 of 5 recordings differs: 3 errors, 4 notes. Exit code 1."


def test_an_interrupted_run_is_called_partial() -> None:
    summary = Summary(complete=False, stop_reason="interrupted", exit_code=130)

    assert "partial" in verdict(RUN, summary)
