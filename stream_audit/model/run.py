"""What a run hands to reports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from stream_audit.model.candidate import Observation, Work
from stream_audit.model.finding import Finding, Subject
from stream_audit.model.recording import Recording
from stream_audit.model.response import EVERYTHING, Response
from stream_audit.model.tag import Tagged, Tagging
from stream_audit.model.timeline import Timeline
from stream_audit.model.trail import UsageTrail

__all__ = [
    "MEASURES",
    "Audited",
    "CandidateResult",
    "Counts",
    "Progress",
    "Report",
    "Run",
    "Status",
    "Summary",
    "Total",
    "TwinStatus",
    "Unreadable",
]

Status = Literal["same", "differ", "crashed", "timeout", "refused", "unavailable", "skipped"]

TwinStatus = Literal["agrees", "differs", "other answer", "unreadable"]
"""What the reference's response is to the answer without streaming. ``other answer``: the model said
something else that time, so nothing was compared."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateResult:
    """One candidate on one recording."""

    name: str
    status: Status
    response: Response | None = None
    scope: frozenset[str] = EVERYTHING
    """Members of ``FIELDS`` that it could be asked for."""
    covered: frozenset[str] = frozenset()
    """Members of ``FIELDS`` that it claims to return."""
    not_covered: tuple[str, ...] = ()
    """Members of ``FIELDS`` in which the reference has something and the candidate claims nothing."""
    error: str | None = None
    seconds: float | None = None
    work: Work | None = None
    growth: str | None = None
    """Whether its time per chunk was measured for growth, or why not; ``None``: nobody asked."""
    again: Observation | None = None
    """What a second run on the same chunks came to, where its result was another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """Everything known about one recording after its audit."""

    recording: Recording
    reference: Response | None
    """``None`` when no dialect recognised it, or its dialect made nothing of it, or the candidate in the
    reference's place gave none."""
    complete: bool
    candidates: tuple[CandidateResult, ...] = ()
    findings: tuple[Finding, ...] = ()
    usage_trail: UsageTrail | None = None
    """Where its numbers of usage appeared and which won; only when that was asked for."""
    tags: tuple[Tagged, ...] | None = None
    """The trigger shapes it has; ``None`` where nobody asked."""
    timeline: Timeline | None = None
    """What each chunk carried and how usage ran through the stream; only when that was asked for."""
    content: str = ""
    """Digest of its chunks; empty where nothing was judged."""
    twin: TwinStatus | None = None
    """``None``: there is no answer without streaming beside it."""
    reason: str = ""
    """Why there is no reference, in a clause; empty where there is one."""

    @property
    def fresh(self) -> tuple[Finding, ...]:
        """The findings that were not accepted before."""
        return tuple(finding for finding in self.findings if not finding.baselined)


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreadable:
    """A source, or a part of one, of which no chunk could be read or no dialect was recognised."""

    path: str
    line: int
    reason: str
    """One clause: ``not JSON and not SSE text``."""
    skipped: bool = False
    """True: readable, but not audited (no dialect that understands it); false: not readable."""
    barren: bool = False
    """A folder or glob in which there is no recording at all."""
    findings: tuple[Finding, ...] = ()
    """Every problem of a source that could not be read; empty where a recording carries them."""


@dataclass(slots=True, kw_only=True)
class Counts:
    """How many recordings met which fate. ``found`` = compared + unreadable + skipped + not compared.

    A run that judges streams compares each with what its dialect allows.
    """

    found: int = 0
    compared: int = 0
    """Folded by the reference and by at least one candidate that answered or failed; of streams: linted."""
    same: int = 0
    """Of ``compared``: no candidate differs; of streams: nothing was found."""
    differ: int = 0
    """At least one candidate differs, crashed, hung or made trouble; of streams: something was found."""
    baselined: int = 0
    """Of ``differ``: every finding about what is judged was accepted before."""
    unreadable: int = 0
    skipped: int = 0


MEASURES: tuple[str, ...] = (
    "content_characters", "input_tokens", "output_tokens", "total_tokens",
    "cache_read_tokens", "cache_write_tokens", "reasoning_tokens",
)  # fmt: skip
"""What the totals add up over recordings."""


@dataclass(slots=True)
class Total:
    """One measure of one candidate, added up over the recordings in which it covers the measure."""

    reference: int = 0
    """The reference's sum over just those recordings, so that the two are comparable."""
    candidate: int = 0
    compared: int = 0
    """Recordings in which both gave a number."""
    differing: int = 0
    one_sided: int = 0
    """Recordings in which only one of the two gave a number."""
    not_covered: int = 0
    """Recordings in which the candidate does not claim the measure; in neither sum."""


@dataclass(slots=True, kw_only=True)
class Summary:
    """The mergeable end of a run: what the last lines of every report say."""

    subject: Subject = "candidates"
    counts: Counts = field(default_factory=Counts)
    reference_totals: dict[str, int | None] = field(default_factory=dict)
    """Measure to sum over all folded recordings; ``None`` when no recording gave a number."""
    candidate_totals: dict[str, dict[str, Total]] = field(default_factory=dict)
    """Candidate to measure to total."""
    not_covered: dict[str, dict[str, int]] = field(default_factory=dict)
    """Candidate to field to the number of recordings in which it was not covered."""
    statuses: dict[str, dict[str, int]] = field(default_factory=dict)
    """Candidate to status to number of recordings."""
    work: dict[str, dict[str, int]] = field(default_factory=dict)
    """Candidate to the sums of ``usage_chunks``, ``usage_dumps`` and ``redundant_dumps``, where counted."""
    growth: dict[str, dict[str, int]] = field(default_factory=dict)
    """Candidate to what is said of its growth to the number of recordings; empty: nobody asked."""
    findings: dict[str, int] = field(default_factory=dict)
    """Rule to number of findings."""
    severities: dict[str, int] = field(default_factory=dict)
    """``kind:severity`` to number of findings."""
    twins: dict[str, int] = field(default_factory=dict)
    """What the reference was to a recording's twin, to the number of recordings."""
    dialects: dict[str, int] = field(default_factory=dict)
    unreadable: list[Unreadable] = field(default_factory=list)
    passed_over: list[str] = field(default_factory=list)
    """Files met while walking a folder that are no recordings at all (a README), not counted as found."""
    damaged: int = 0
    """Recordings with at least one line that could not be read as sent."""
    accepted: int = 0
    """Findings that the baseline knows; in no other count of findings."""
    baseline: str | None = None
    """The file of accepted findings."""
    baseline_written: int | None = None
    """Entries that the file was written with; ``None`` when it was not."""
    stale: list[str] = field(default_factory=list)
    """Entries of the baseline whose recording was audited and that were not found again."""
    expired: list[str] = field(default_factory=list)
    """Entries that were found again and accept nothing any more."""
    unused_ignores: list[str] = field(default_factory=list)
    """Ignores that dropped nothing."""
    tagging: Tagging | None = None
    """Which trigger shapes the recordings have and lack; ``None`` where nobody asked."""
    chunks: int = 0
    complete: bool = True
    not_audited: int = 0
    """Files that were named and not audited to their end: the run stopped before, or left them out."""
    limit: str | None = None
    """The limit that stopped the run, as one clause; ``None`` when none did."""
    stop_reason: str | None = None
    exit_code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """What was asked: the head of every report."""

    version: str
    command: tuple[str, ...]
    """The arguments that decide the result; those that only say how to run or show it are left out."""
    subject: Subject = "candidates"
    candidates: tuple[str, ...] = ()
    reference: str | None = None
    """A candidate that stands in the reference's place, ``None`` for the bundled reference."""
    versions: Mapping[str, str] = field(default_factory=dict)
    """Candidate to the version of the library that it is, where it is one."""
    fields: tuple[str, ...] = ()


class Report(Protocol):
    """One output format. Receives events as they happen, so that it need not hold the whole run."""

    def begin(self, run: Run) -> None:
        """The run starts."""

    def add(self, audited: Audited) -> None:
        """One recording is done. Called in the order of the sources, whatever ``--jobs`` is."""

    def end(self, summary: Summary) -> None:
        """The run is over, also after an interruption (``summary.complete`` is false then)."""


Progress = Callable[[int], None]
"""Called with the number of bytes read since the last call."""
