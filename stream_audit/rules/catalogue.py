"""Every rule, in the order in which it is listed, and the ways to look one up."""

from __future__ import annotations

from dataclasses import replace

from stream_audit.errors import UnknownName
from stream_audit.model import FindingKind, Rule, Severity
from stream_audit.rules.candidate import RULES as CANDIDATE
from stream_audit.rules.choices import RULES as CHOICES
from stream_audit.rules.clients import CLIENTS
from stream_audit.rules.container import RULES as CONTAINER
from stream_audit.rules.content import RULES as CONTENT
from stream_audit.rules.difference import RULES as DIFFERENCE
from stream_audit.rules.extras import RULES as EXTRAS
from stream_audit.rules.finish import RULES as FINISH
from stream_audit.rules.identity import RULES as IDENTITY
from stream_audit.rules.input import RULES as INPUT
from stream_audit.rules.ledger import RULES as LEDGER
from stream_audit.rules.parity import RULES as PARITY
from stream_audit.rules.reasoning import RULES as REASONING
from stream_audit.rules.role import RULES as ROLE
from stream_audit.rules.snapshot import RULES as SNAPSHOT
from stream_audit.rules.speed import RULES as SPEED
from stream_audit.rules.tools import RULES as TOOLS
from stream_audit.rules.transport import RULES as TRANSPORT
from stream_audit.rules.usage import RULES as USAGE
from stream_audit.rules.usage_across import RULES as USAGE_ACROSS
from stream_audit.rules.usage_meaning import RULES as USAGE_MEANING

__all__ = ["FAMILIES", "RULES", "rule", "severity"]

_ENTRIES: tuple[Rule, ...] = (
    *ROLE,
    *CONTENT,
    *REASONING,
    *TOOLS,
    *FINISH,
    *CHOICES,
    *IDENTITY,
    *EXTRAS,
    *USAGE,
    *USAGE_MEANING,
    *USAGE_ACROSS,
    *TRANSPORT,
    *SPEED,
    *PARITY,
    *INPUT,
    *CONTAINER,
    *CANDIDATE,
    *LEDGER,
    *SNAPSHOT,
    *DIFFERENCE,
)

RULES: tuple[Rule, ...] = tuple(replace(entry, breaks=CLIENTS.get(entry.slug, ())) for entry in _ENTRIES)
"""Every rule, each with the clients that are known to get it wrong."""

FAMILIES: tuple[tuple[str, str], ...] = (
    ("role", "who speaks"),
    ("content", "the answer's text"),
    ("reasoning", "thinking, and the signatures that prove it"),
    ("tools", "tool calls and blocks"),
    ("finish", "why an answer ended"),
    ("choices", "several answers in one stream, and the shape of a chunk"),
    ("identity", "id, model, time and other labels"),
    ("extras", "log probabilities, refusals, audio, citations"),
    ("usage", "token counts: which win, what they mean, how they add up"),
    ("transport", "from bytes to events, and whole streams"),
    ("speed", "what one more chunk costs"),
    ("parity", "two ways to the same answer"),
    ("input", "recordings that cannot be read as sent"),
    ("container", "what recordings come wrapped in"),
    ("candidate", "what code under audit does besides answering"),
    ("ledger", "somebody's books against the recordings, and what must hold inside books"),
    ("snapshot", "answers that were kept, against the recordings they belong to"),
    ("difference", "a difference that no known failure explains"),
)
"""Each family with what it is about, in the order of ``RULES``."""

_BY_SLUG: dict[str, Rule] = {entry.slug: entry for entry in RULES}
_ON_THE_WIRE: dict[str, Severity] = {entry.slug: entry.wire_severity or entry.severity for entry in RULES}


def rule(slug: str) -> Rule:
    """The entry of that id.

    Raises:
        UnknownName: There is no such rule.
    """
    found = _BY_SLUG.get(slug)
    if found is None:
        raise UnknownName("rule", slug, _BY_SLUG)
    return found


def severity(slug: str, kind: FindingKind = "difference") -> Severity:
    """How bad a finding of that rule is: about a candidate, or (``wire``) about the stream itself.

    Raises:
        UnknownName: There is no such rule.
    """
    if kind == "wire" and slug in _ON_THE_WIRE:
        return _ON_THE_WIRE[slug]
    return rule(slug).severity
