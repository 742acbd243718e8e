"""What a shell offers behind an option, imported when it asks. Names only: nothing is looked at on disk."""

from __future__ import annotations

from collections.abc import Iterable

__all__ = ["accumulators", "candidates", "dialects", "formats", "levels", "reports", "rules", "topics"]


def rules(incomplete: str) -> list[str]:
    """Rules, also behind others and a comma."""
    from stream_audit.rules import RULES

    before, comma, word = incomplete.rpartition(",")
    return [f"{before}{comma}{name}" for name in _beginning(word, (rule.slug for rule in RULES))]


def candidates(incomplete: str) -> list[str]:
    """Adapters with their parts, the textbook and suspects; also behind a label."""
    from stream_audit.candidates import ADAPTERS
    from stream_audit.suspects import SUSPECTS

    names = ["textbook", *(f"suspect:{suspect.name}" for suspect in SUSPECTS)]
    for adapter in ADAPTERS:
        names += [adapter.name, *(f"{adapter.name}:{part}" for part in adapter.parts)]
    label, equals, word = incomplete.rpartition("=")
    return [f"{label}{equals}{name}" for name in _beginning(word, names)]


def accumulators(incomplete: str) -> list[str]:
    """Bundled ways to total usage; also behind a label."""
    from stream_audit.accumulators import ACCUMULATORS

    label, equals, word = incomplete.rpartition("=")
    return [f"{label}{equals}{name}" for name in _beginning(word, (one.name for one in ACCUMULATORS))]


def dialects(incomplete: str) -> list[str]:
    """Wire formats."""
    from stream_audit.dialects import DIALECTS

    return _beginning(incomplete, (dialect.name for dialect in DIALECTS))


def formats(incomplete: str) -> list[str]:
    """Report formats."""
    from stream_audit.reports import REPORTS

    return _beginning(incomplete, (entry.name for entry in REPORTS))


def reports(incomplete: str) -> list[str]:
    """Report formats, each with the sign that a path follows."""
    return [] if "=" in incomplete else [f"{name}=" for name in formats(incomplete)]


def levels(incomplete: str) -> list[str]:
    """Severities that fail a run."""
    from stream_audit.gate import THRESHOLDS

    return _beginning(incomplete, THRESHOLDS)


def topics(incomplete: str) -> list[str]:
    """Whatever ``explain`` explains."""
    from stream_audit.accumulators import ACCUMULATORS
    from stream_audit.suspects import SUSPECTS
    from stream_audit.tags import TAGS

    others = [one.name for one in SUSPECTS]
    others += [*(one.name for one in ACCUMULATORS), *(one.name for one in TAGS)]
    return sorted({*rules(incomplete), *_beginning(incomplete, others)})


def _beginning(word: str, names: Iterable[str]) -> list[str]:
    return [name for name in names if name.startswith(word)]
