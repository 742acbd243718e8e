"""The command line that shows one finding again and nothing else, ready to be pasted."""

from __future__ import annotations

import re
import shlex
from collections.abc import Sequence

from stream_audit.model import Finding, Recording
from stream_audit.reports.options import Options
from stream_audit.reports.printable import printable

__all__ = ["continued", "explain_command", "reproduce_command"]

_PAIRED = "sync-vs-async"
_OF_TWINS = frozenset(("stream-vs-nonstream", "twin-other-answer", "twin-unreadable"))
"""What is found by comparing a recording with its twin, which may stand elsewhere in the file."""


def reproduce_command(finding: Finding, recording: Recording, options: Options) -> list[str] | None:
    """The words of a ``replay``, or a ``lint``, of just this recording; ``None`` for standard input.

    A recording that shares its file with others is cut out by its lines. It is not cut at the
    culprit chunk: what a candidate makes of half a stream may be wrong in another way.
    """
    if finding.path == "-":
        return None
    words = ["stream-audit", "lint" if finding.kind == "wire" else "replay", _source(finding, recording)]
    accumulator = _accumulator(finding.candidate or "", options.accumulators)
    if accumulator:
        words += ["--accumulator", accumulator]
    else:
        words += [word for spec in _specs(finding, options) for word in ("--candidate", spec)]
    if finding.rule == _PAIRED:
        for pair in options.pairs:
            words += ["--pair", pair]
    return [quote(word) for word in (*words, *options.repeat)]


def explain_command(finding: Finding) -> list[str]:
    """The words of the ``explain`` line for the finding's rule."""
    return ["stream-audit", "explain", quote(finding.rule)]


def continued(words: Sequence[str], width: int) -> list[str]:
    r"""A command on lines of ``width``, joined by backslashes so that it can be pasted.

    A word that is longer than a line stays whole; an option and its value stay together.

    Example:
        >>> continued(["stream-audit", "replay", "a.jsonl:1-2"], 24)
        ['stream-audit replay \\\\', '  a.jsonl:1-2']
    """
    lines: list[str] = []
    for piece in _pieces(words):
        if lines and len(lines[-1]) + len(piece) + 3 > width:
            lines[-1] += " \\"
            lines.append(f"  {piece}")
        elif lines:
            lines[-1] += f" {piece}"
        else:
            lines.append(piece)
    return lines


def _pieces(words: Sequence[str]) -> list[str]:
    """The words, an option and its value as one."""
    pieces: list[str] = []
    for word in words:
        if pieces and pieces[-1].startswith("--") and " " not in pieces[-1]:
            pieces[-1] += f" {word}"
        else:
            pieces.append(word)
    return pieces


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


def _source(finding: Finding, recording: Recording) -> str:
    first, last = recording.first_line, max(recording.last_line, recording.first_line)
    elsewhere = finding.kind == "wire" and not first <= finding.line <= last  # Between recordings, say.
    twin = recording.twin if finding.rule in _OF_TWINS else None
    if recording.id == finding.path or elsewhere or (twin is not None and twin.path == finding.path):
        return finding.path
    return f"{finding.path}:{first}-{last}"


def _specs(finding: Finding, options: Options) -> Sequence[str]:
    """The candidates it takes: the one it is about, or all when it is about two of them."""
    if finding.candidate is None:
        return ()
    if finding.rule == _PAIRED and options.specs:
        return options.specs
    return (_spec(finding.candidate, options.specs),)


def _accumulator(name: str, texts: Sequence[str]) -> str:
    """The accumulator of that name as it was given; ``""`` when none has it. The second ``x`` is ``x#2``."""
    base, _, number = name.rpartition("#") if re.search(r"#\d+$", name) else (name, "", "1")
    alike = [text for text in texts if base in (f"accumulator:{text}", _label(text))]
    return alike[int(number) - 1] if 0 < int(number) <= len(alike) else ""


def _label(text: str) -> str:
    label, equals, rest = text.partition("=")
    return label if equals and not rest.startswith("=") else ""


def _spec(name: str, specs: tuple[str, ...]) -> str:
    """The spec the candidate was given by: itself, or the one whose label it is (and a part of it)."""
    for spec in specs:
        label, equals, rest = spec.partition("=")
        if equals and label == name and not rest.startswith("="):
            return spec
        if equals and name.startswith(f"{label}:") and not rest.startswith("="):
            return f"{rest}{name[len(label) :]}"
    return name
