"""Write a plan down as the command line that asks for it, shortest form."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields
from typing import TYPE_CHECKING

from stream_audit.model import Policies

if TYPE_CHECKING:
    from stream_audit.audit import Plan

__all__ = ["command_words", "repeated_words"]


def command_words(plan: Plan) -> tuple[str, ...]:
    """The arguments that decide the result; how to run it or show it is left out."""
    words = ["lint" if plan.subject == "streams" else "replay", *plan.paths]
    for spec in plan.candidates:
        words += ["--candidate", spec]
    for text in plan.accumulators:
        words += ["--accumulator", text]
    for pair in plan.pairs:
        words += ["--pair", pair]
    if plan.tags:
        words.append("--tags")
    return (*words, *_comparison(plan), *_judgement(plan), *_reach(plan))


def repeated_words(plan: Plan) -> tuple[str, ...]:
    """The arguments without which a single finding might not be seen again."""
    return tuple(_comparison(plan))


def _comparison(plan: Plan) -> Iterator[str]:
    if plan.reference is not None:
        yield from ("--reference", plan.reference)
    if plan.python is not None:
        yield from ("--python", plan.python)
    if plan.dialect is not None:
        yield from ("--dialect", plan.dialect)
    if plan.fields:
        yield from ("--fields", ",".join(plan.fields))
    for field in fields(Policies):
        value = getattr(plan.policies, field.name)
        if value != field.default:
            yield from ("--policy", f"{field.name}={value}")
    if plan.chunks_as != "auto":
        yield from ("--chunks-as", plan.chunks_as)
    if plan.timeout != 10.0:
        yield from ("--timeout", f"{plan.timeout:g}")
    if plan.growth:
        yield "--check-growth"


def _judgement(plan: Plan) -> Iterator[str]:
    if plan.select:
        yield from ("--select", ",".join(plan.select))
    if plan.ignore:
        yield from ("--ignore", ",".join(plan.ignore))
    for glob, rules in plan.accepting.ignores.items():
        yield from ("--per-recording-ignores", f"{glob}={','.join(rules)}")
    if plan.accepting.baseline is not None:
        yield from ("--baseline", plan.accepting.baseline)
    if plan.fail_on != "warning":
        yield from ("--fail-on", plan.fail_on)
    if plan.strict:
        yield "--strict"
    if plan.exit_zero:
        yield "--exit-zero"


def _reach(plan: Plan) -> Iterator[str]:
    if plan.limits.last_failed:
        yield "--last-failed"
    if plan.limits.failures is not None:
        yield from ("--max-failures", str(plan.limits.failures))
    if plan.limits.seconds is not None:
        yield from ("--max-time", f"{plan.limits.seconds:g}")
