"""The catalogue as a Markdown page, ``docs/failures.md``. Made from ``RULES`` alone; a test compares."""

from __future__ import annotations

import re
from collections.abc import Iterator

from stream_audit.model import Rule
from stream_audit.rules.catalogue import FAMILIES, RULES

__all__ = ["page"]

_HEAD = """\
# Failure classes

<!-- Generated. Change stream_audit/rules/, then: python -m stream_audit.rules > docs/failures.md -->

What goes wrong when streams of chunks are combined and tokens are counted, and what stream-audit says
about it. The heading of an entry is the id of its rule: `stream-audit explain role-concat` prints one.
`--select` and `--ignore` take ids, families, and beginnings with a star (`tool-args-*`).

**Severity.** An *error* makes money, an action, the next request or the stored history wrong. A *warning*
is visible, or suspicious. A *note* is cosmetic, or merely worth knowing. Where a stream that has the shape
is less bad than a combiner that gets it wrong, both are given.

In the examples the lines are what the wire says, shortened to what matters, and `->` is what code makes of
it. Links lead to public reports of the failure; what an open request claims is its author's claim.
*Known to break* are clients of which such a report says so; others may.
"""


def page() -> str:
    """The whole page, with one newline at its end."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield _HEAD
    yield "| family | about | rules |"
    yield "| --- | --- | --- |"
    for family, about in FAMILIES:
        slugs = [entry.slug for entry in RULES if entry.family == family]
        yield f"| [{family}](#{family}) | {about} | {len(slugs)} |"
    for family, about in FAMILIES:
        yield f"\n## {family}\n\n{about[:1].upper()}{about[1:]}."
        for entry in RULES:
            if entry.family == family:
                yield from _entry(entry)


def _entry(entry: Rule) -> Iterator[str]:
    yield f"\n### {entry.slug}\n"
    yield f"**{entry.title}**\n"
    yield f"{entry.why}\n"
    yield f"```text\n{_marked('wrong', entry.wrong)}\n{_marked('right', entry.right)}\n```\n"
    yield f"{_severity(entry)} · {', '.join(entry.dialects) or 'every dialect'}"
    if entry.breaks:
        yield f"· known to break {', '.join(entry.breaks)}"
    if entry.sources:
        yield f"· {', '.join(f'[{_label(url)}]({url})' for url in entry.sources)}"


def _marked(word: str, example: str) -> str:
    """The example with ``word`` before its first line and the other lines under it."""
    return f"{word}  " + example.replace("\n", "\n" + " " * (len(word) + 2))


def _severity(entry: Rule) -> str:
    if entry.wire_severity is None:
        return entry.severity
    return f"{entry.severity}, {entry.wire_severity} about the stream itself"


def _label(url: str) -> str:
    """``owner/repo#12`` for an issue or a pull request, the address without its scheme for anything else."""
    found = re.fullmatch(r"https://github\.com/([^/]+/[^/]+)/(?:issues|pull)/(\d+)", url)
    return f"{found[1]}#{found[2]}" if found else url.removeprefix("https://")
