"""The verdict as a table: what a run ends with."""

from __future__ import annotations

import pytest

from stream_audit.errors import UnknownName
from stream_audit.gate import judge
from stream_audit.model import Counts, Subject, Summary


def verdict(
    *,
    found: int = 1,
    compared: int = 1,
    unreadable: int = 0,
    skipped: int = 0,
    damaged: int = 0,
    severities: dict[str, int] | None = None,
    statuses: dict[str, dict[str, int]] | None = None,
    complete: bool = True,
    fail_on: str = "warning",
    strict: bool = False,
    exit_zero: bool = False,
    candidates: tuple[str, ...] = ("mine",),
    subject: Subject = "candidates",
) -> int:
    counts = Counts(found=found, compared=compared, unreadable=unreadable, skipped=skipped)
    summary = Summary(counts=counts, severities=severities or {}, damaged=damaged, complete=complete)
    summary.statuses = statuses or {}
    summary.subject = subject
    return judge(
        summary, fail_on=fail_on, strict=strict, exit_zero=exit_zero, candidates=candidates
    ).exit_code


ERROR = {"difference:error": 1}


@pytest.mark.parametrize(
    ("case", "exit_code"),
    [
        ({}, 0),
        ({"severities": ERROR}, 1),
        ({"severities": {"candidate:error": 1}}, 1),
        ({"severities": {"difference:note": 1}}, 0),
        ({"severities": {"difference:note": 1}, "fail_on": "note"}, 1),
        ({"severities": {"difference:warning": 1}, "fail_on": "error"}, 0),
        ({"severities": ERROR, "fail_on": "never"}, 0),
        ({"severities": ERROR, "exit_zero": True}, 0),
        ({"severities": {"wire:error": 9}}, 0),
        ({"found": 0, "compared": 0}, 3),
        ({"compared": 0, "candidates": ()}, 3),
        ({"compared": 0, "exit_zero": True}, 3),
        ({"compared": 0, "unreadable": 1}, 3),
        ({"unreadable": 1}, 0),
        ({"unreadable": 1, "strict": True}, 3),
        ({"skipped": 1, "strict": True}, 3),
        ({"damaged": 1, "strict": True}, 3),
        ({"damaged": 1, "strict": True, "severities": ERROR}, 1),
        ({"compared": 0, "statuses": {"mine": {"unavailable": 1}}}, 2),
        (
            {"statuses": {"mine": {"same": 1}, "other": {"unavailable": 1}}, "candidates": ("mine", "other")},
            0,
        ),
        (
            {
                "statuses": {"mine": {"same": 1}, "other": {"unavailable": 1}},
                "candidates": ("mine", "other"),
                "strict": True,
            },
            3,
        ),
        ({"complete": False, "severities": ERROR}, 130),
        ({"statuses": {"mine": {"crashed": 2}}}, 3),
        ({"statuses": {"mine": {"crashed": 2, "differ": 1}}}, 0),
        ({"statuses": {"mine": {"crashed": 2}}, "severities": {"candidate:error": 2}}, 1),
        ({"statuses": {"mine": {"timeout": 1}}, "severities": {"candidate:error": 1}, "exit_zero": True}, 3),
        ({"statuses": {"mine": {"same": 1}, "other": {"crashed": 1}}, "candidates": ("mine", "other")}, 0),
        (
            {
                "statuses": {"mine": {"same": 1}, "other": {"crashed": 1}},
                "candidates": ("mine", "other"),
                "strict": True,
            },
            3,
        ),
    ],
)
def test_exit_code(case: dict[str, object], exit_code: int) -> None:
    assert verdict(**case) == exit_code  # type: ignore[arg-type]


def test_an_unknown_threshold_is_an_error_with_a_hint() -> None:
    with pytest.raises(UnknownName, match="warning"):
        verdict(fail_on="warnings")


@pytest.mark.parametrize(
    ("case", "exit_code"),
    [
        ({}, 0),
        ({"severities": {"wire:error": 1}}, 1),
        ({"severities": {"wire:warning": 1}}, 1),
        ({"severities": {"wire:warning": 1}, "fail_on": "error"}, 0),
        ({"severities": {"wire:note": 1}}, 0),
        ({"severities": {"wire:error": 1}, "fail_on": "never"}, 0),
        ({"severities": {"wire:error": 1}, "exit_zero": True}, 0),
        ({"found": 2, "unreadable": 1, "severities": {"wire:error": 1}}, 1),
        ({"found": 2, "unreadable": 1}, 0),
        ({"found": 2, "skipped": 1, "strict": True}, 3),
        ({"damaged": 1, "strict": True}, 3),
        ({"found": 0, "compared": 0}, 3),
        ({"compared": 0, "unreadable": 1, "severities": {"wire:error": 9}}, 3),
        ({"compared": 0, "unreadable": 1, "severities": {"wire:error": 9}, "exit_zero": True}, 3),
        ({"complete": False, "severities": {"wire:error": 1}}, 130),
    ],
)
def test_a_lint_ends_with(case: dict[str, object], exit_code: int) -> None:
    assert verdict(**case, candidates=(), subject="streams") == exit_code  # type: ignore[arg-type]
