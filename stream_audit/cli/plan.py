"""From options, wherever they were written, to what a run is asked to do."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from stream_audit.cli.choices import split
from stream_audit.cli.command import command_words
from stream_audit.cli.ignores import parse_ignores
from stream_audit.cli.named import parse_time
from stream_audit.cli.policies import parse_policies
from stream_audit.reports import shows_timeline

if TYPE_CHECKING:
    from stream_audit.audit import Plan
    from stream_audit.model import Subject

__all__ = ["make_plan", "strictly"]


def strictly(asked: bool) -> bool:
    """Whether everything must be audited: it was asked for, or this is continuous integration."""
    return asked or os.environ.get("CI", "").lower() in {"true", "1"}


def make_plan(paths: Sequence[str], options: Mapping[str, Any], subject: Subject = "candidates") -> Plan:
    """Plan a run.

    Args:
        paths: What to read.
        options: Values of the options of ``replay`` or ``lint`` by parameter; absent ones have their
            default, and further ones (how to report) are left to others.
        subject: What is judged.

    Raises:
        UsageError: A value cannot be read.
        UnknownName: A policy does not exist.
    """
    from stream_audit.audit import Accepting, Limits, Plan

    given = {name: value for name, value in options.items() if value is not None}
    plan = Plan(
        paths=tuple(paths),
        subject=subject,
        candidates=tuple(given.get("candidate", ())),
        pairs=tuple(given.get("pair", ())),
        accumulators=tuple(given.get("accumulator", ())),
        explain_usage=given.get("explain_usage", False),
        timeline=shows_timeline(_kinds(given)),
        reference=given.get("reference"),
        python=given.get("python"),
        install=not given.get("no_install", False),
        dialect=given.get("dialect"),
        fields=split(given.get("fields"), "--fields"),
        select=split(given.get("select"), "--select"),
        ignore=split(given.get("ignore"), "--ignore"),
        policies=parse_policies(given.get("policy", ())),
        accepting=Accepting(
            baseline=given.get("baseline"),
            update=given.get("baseline_update", False),
            prune=given.get("baseline_prune", False),
            ignores=parse_ignores(given.get("per_recording_ignores", ())),
        ),
        limits=Limits(
            failures=given.get("max_failures"),
            seconds=parse_time(given.get("max_time")),
            last_failed=given.get("last_failed", False),
            remember=subject == "candidates",
        ),
        timeout=given.get("timeout", 10.0),
        growth=given.get("check_growth", False),
        tags=given.get("tags", False),
        jobs=given.get("jobs", 1),
        fail_on=given.get("fail_on", "warning"),
        strict=strictly(given.get("strict", False)),
        exit_zero=given.get("exit_zero", False),
        timings=given.get("timings", False),
        chunks_as=given.get("chunks_as", "auto"),
    )
    return replace(plan, command=command_words(plan))


def _kinds(options: Mapping[str, Any]) -> list[str]:
    """The formats asked for, of ``--format`` and of each ``--report``."""
    return [options.get("format", ""), *(text.partition("=")[0] for text in options.get("report", ()))]
