"""``stream-audit explain``: what a rule, a suspect, an accumulator or a trigger shape means."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from stream_audit.cli import completing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stream_audit.accumulators import Accumulator
    from stream_audit.model import Rule
    from stream_audit.model.tag import Tag

__all__ = ["EXAMPLES", "explain"]

EXAMPLES = """\b
Examples:
  stream-audit explain role-null-or-empty
  stream-audit explain suspect:role-concatenated
  stream-audit explain sum
  stream-audit explain tool-calls-interleaved

\b
Exit codes: 0 explained · 2 usage, or no such name · 4 internal error"""


def explain(
    name: Annotated[
        str,
        typer.Argument(
            metavar="RULE",
            autocompletion=completing.topics,
            help="A rule, or the name of a suspect, an accumulator or a trigger shape.",
        ),
    ],
) -> int:
    """Explain a rule: what must hold, why, a wrong and a right example, sources."""
    from stream_audit import accumulators, rules, suspects, tags
    from stream_audit.cli.output import say
    from stream_audit.cli.prose import folded
    from stream_audit.cli.titles import other_title
    from stream_audit.errors import UnknownName

    found = [entry for entry in rules.RULES if entry.slug == name]
    wrong = [entry for entry in suspects.SUSPECTS if f"suspect:{entry.name}" == name or entry.name == name]
    blocks = ["\n".join(_rule(entry)) for entry in found]
    blocks += ["\n".join(_suspect(entry)) for entry in wrong]
    totals = [
        entry for entry in accumulators.ACCUMULATORS if name in (entry.name, f"accumulator:{entry.name}")
    ]
    blocks += ["\n".join(_accumulator(entry)) for entry in totals]
    blocks += ["\n".join(_tag(entry)) for entry in tags.TAGS if entry.name == name]
    if not blocks:
        other = other_title(name)
        if not other:
            known = {entry.slug for entry in rules.RULES} | {entry.name for entry in suspects.SUSPECTS}
            known |= {entry.name for entry in accumulators.ACCUMULATORS}
            known |= {entry.name for entry in tags.TAGS}
            raise UnknownName("rule, suspect or accumulator", name, known)
        blocks = ["\n".join(folded(other))]
    say("\n\n".join(blocks))
    return 0


def _rule(entry: Rule) -> Iterator[str]:
    from stream_audit.cli.prose import folded

    yield f"rule {entry.slug}  ({entry.severity}, {entry.family})"
    yield from folded(entry.title)
    if entry.wire_severity is not None and entry.wire_severity != entry.severity:
        yield f"In a stream itself: {entry.wire_severity}."
    yield ""
    yield from _block("why", entry.why)
    yield from _block("wrong", entry.wrong)
    yield from _block("right", entry.right)
    yield from _block("dialects", ", ".join(entry.dialects) or "all")
    yield from _block("breaks", ", ".join(entry.breaks))
    yield from _block("sources", "\n".join(entry.sources))


def _suspect(entry: Any) -> Iterator[str]:
    yield f"suspect {entry.name}  (a fold that is wrong on purpose)"
    yield from _block("does", _prose(entry))
    yield from _block("failure", entry.failure)
    yield from _block("touches", ", ".join(entry.touches))
    yield from _block("dialects", ", ".join(entry.dialects))
    yield from _block("sources", "\n".join(entry.sources))
    yield f"  {'try':<9} stream-audit replay PATH --candidate suspect:{entry.name}"


def _accumulator(entry: type[Accumulator]) -> Iterator[str]:
    yield f"accumulator {entry.name}  (a way to total usage)"
    yield from _block("does", _prose(entry))
    yield from _block("reference", ", ".join(entry.reference_of))
    yield from _block("failure", entry.failure)
    yield from _block("dialects", ", ".join(entry.dialects) or "all")
    yield from _block("sources", "\n".join(entry.sources))
    yield f"  {'try':<9} stream-audit replay PATH --accumulator {entry.name}"


def _tag(entry: Tag) -> Iterator[str]:
    yield f"trigger shape {entry.name}  (it sets combiners wrong)"
    yield from _block("is", entry.title)
    yield from _block("sets off", ", ".join(entry.rules))
    yield f"  {'try':<9} stream-audit lint PATH --tags"


def _prose(entry: object) -> str:
    """What its docstring says, each paragraph on a line."""
    return re.sub(r"(?<!\n)\n[ \t]*(?=\S)", " ", entry.__doc__ or "")


def _block(label: str, text: str) -> Iterator[str]:
    """``text`` beside its label, folded at words, its own paragraphs or lines kept; nothing when empty."""
    from stream_audit.cli.prose import folded

    yield from folded(text, lead=f"  {label:<9} ")
