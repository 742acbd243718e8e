"""The command line that shows one finding again and nothing else, ready to be pasted."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from stream_audit.model import Finding, Recording
from stream_audit.reports.options import Options
from stream_audit.reports.printable import printable

__all__ = ["continued", "explain_command", "reproduce_command"]


def reproduce_command(finding: Finding, recording: Recording, options: Options) -> list[str] | None:
    """The words of a ``replay`` of the recording up to the culprit chunk; ``None`` for standard input.

    A recording that stands in a line with others is cut out by its lines. Where the culprit is
    known, the lines end with it: from there on the candidate stays wrong.
    """
    if finding.path == "-":
        return None
    words = ["stream-audit", "replay", f"{finding.path}:{_lines(finding, recording)}"]
    if finding.candidate is not None:
        words += ["--candidate", _spec(finding.candidate, options.specs)]
    return [quote(word) for word in (*words, *options.repeat)]


def explain_command(finding: Finding) -> list[str]:
    """The words of the ``explain`` line for the finding's rule."""
    return ["stream-audit", "explain", quote(finding.rule)]


def continued(words: Sequence[str], width: int) -> list[str]:
    r"""A command on lines of ``width``, joined by backslashes so that it can be pasted.

    A word that is longer than a line stays whole.

    Example:
        >>> continued(["stream-audit", "replay", "a.jsonl:1-2"], 24)
        ['stream-audit replay \\\\', '  a.jsonl:1-2']
    """
    lines = [words[0]]
    for word in words[1:]:
        if len(lines[-1]) + len(word) + 3 <= width:
            lines[-1] += f" {word}"
        else:
            lines[-1] += " \\"
            lines.append(f"  {word}")
    return lines


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
