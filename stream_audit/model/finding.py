"""Judgement: differences, which are facts, and findings, which are judgements about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

__all__ = ["Culprit", "Difference", "DifferenceKind", "Finding", "FindingKind", "Rule", "Severity", "Subject"]

Severity = Literal["error", "warning", "note"]
"""How bad a finding is. Error: money, an action or the next turn goes wrong. Note: cosmetic."""

DifferenceKind = Literal["missing", "extra", "changed"]

FindingKind = Literal["difference", "wire", "candidate"]

Subject = Literal["candidates", "streams"]
"""What a run judges: code under audit, or the recorded streams themselves."""


@dataclass(frozen=True, slots=True)
class Culprit:
    """The chunk after which a candidate's prefix fold goes wrong and stays wrong."""

    index: int
    line: int
    raw: bytes
    exact: bool
    """True when every prefix was tried; False when it was found by bisection in a long stream, or when the
    candidate has no answer to a shorter one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """A fact: candidate and reference disagree at one path."""

    kind: DifferenceKind
    path: str
    """``choices[0].message.role``, ``usage.input_tokens``."""
    field: str
    """The member of ``FIELDS`` it belongs to."""
    reference: Any
    got: Any
    culprit: Culprit | None = None
    diagnosis: tuple[str, ...] = ()
    """Names of the suspects that give exactly the candidate's value here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A judgement: a rule, how severe, where, and one sentence."""

    rule: str
    severity: Severity
    kind: FindingKind
    recording: str
    path: str
    line: int
    """File line to open; 0 when the finding is about the whole file."""
    message: str
    candidate: str | None = None
    field: str | None = None
    reference: Any = None
    got: Any = None
    index: int | None = None
    """Chunk index, ``None`` when no chunk is concerned."""
    chunk: bytes | None = None
    """The culprit chunk as recorded."""
    exact: bool = True
    diagnosis: tuple[str, ...] = ()
    count: int = 1
    """How often it was seen in this recording; the first place is the one given."""
    breaks: tuple[str, ...] = ()
    """Of a finding about a stream: clients that are known to get such a stream wrong."""
    id: str = ""
    """What it is known by again in later runs; empty where nothing was judged."""
    baselined: bool = False
    """It was accepted before, so it fails nothing."""

    def about(self, subject: Subject) -> bool:
        """Whether it is about what a run judges; about anything else it fails nothing."""
        return (self.kind == "wire") == (subject == "streams")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a finding's id means: one entry of the catalogue that ``explain`` prints."""

    slug: str
    severity: Severity
    family: str
    title: str
    """The rule as one sentence: what must hold."""
    why: str
    """What breaks when it does not."""
    wrong: str
    """A short wrong example."""
    right: str
    """The same, right."""
    dialects: tuple[str, ...] = ()
    """Dialects it concerns; empty: every dialect."""
    sources: tuple[str, ...] = ()
    """Public issues, pull requests, specifications."""
    breaks: tuple[str, ...] = ()
    """Clients that are known to get it wrong, by a source: ``openai-python (#3201)``. Not all there are."""
    seen: str = ""
    """What a stream did that has it: one sentence without its full stop, before a note's detail."""
    wire_severity: Severity | None = None
    """How bad it is about the stream itself; ``None``: as bad as about a candidate."""
