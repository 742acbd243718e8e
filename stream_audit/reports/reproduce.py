"""The command line that shows one finding again and nothing else, ready to be pasted."""

from __future__ import annotations

import shlex

from stream_audit.model import Finding, Recording
from stream_audit.reports.options import Options
from stream_audit.reports.printable import printable

__all__ = ["explain_command", "reproduce_command"]


def reproduce_command(finding: Finding, recording: Recording, options: Options) -> str | None:
    """A ``replay`` of the recording up to the culprit chunk; ``None`` for standard input.

    A recording that stands in a line with others is cut out by its lines. Where the culprit is
    known, the lines end with it: from there on the candidate stays wrong.
    """
    if finding.path == "-":
        return None
    words = ["stream-audit", "replay", f"{finding.path}:{_lines(finding, recording)}"]
    if finding.candidate is not None:
        words += ["--candidate", _spec(finding.candidate, options.specs)]
    return " ".join(quote(word) for word in (*words, *options.repeat))


def explain_command(finding: Finding) -> str:
    """The ``explain`` line for the finding's rule."""
    return f"stream-audit explain {quote(finding.rule)}"


def quote(word: str) -> str:
    r"""``word`` for a POSIX shell; with ``$'...'`` where it holds what a terminal must not see.

    Example:
        >>> quote("a b")
        "'a b'"
        >>> quote("a\x1bb")
        "$'a\\x1bb'"
    """
    if word.isprintable():
        return shlex.quote(word)
    body = printable(word.replace("\\", "\\\\").replace("'", "\\'"))
    return f"$'{body}'"


def _lines(finding: Finding, recording: Recording) -> str:
    last = finding.line if finding.index is not None and finding.line else recording.last_line
    return f"{recording.first_line}-{max(last, recording.first_line)}"


def _spec(name: str, specs: tuple[str, ...]) -> str:
    """The spec the candidate was given by: itself, or the one whose label it is."""
    for spec in specs:
        label, equals, rest = spec.partition("=")
        if equals and label == name and not rest.startswith("="):
            return spec
    return name
