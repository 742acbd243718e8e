"""The parts of the JSON formats as models: what :mod:`.objects` makes, in the words of a schema.

Keys may be added in later versions of the tool without a new schema version, so objects stay open.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from stream_audit.reports.schema_response import Count, Line, Object, Response

__all__ = ["Finding", "Head", "Recording", "Tail", "Unreadable"]


class Tool(Object):
    """Who wrote the report."""

    name: Literal["stream-audit"]
    version: str


class Counts(Object):
    """How many recordings met which fate. ``found`` includes what was not compared.

    Of streams that are judged themselves: ``compared`` were linted, in ``same`` of them nothing was
    found, in ``differ`` something was.
    """

    found: Count
    compared: Count
    same: Count
    differ: Count
    baselined: Count
    unreadable: Count
    skipped: Count


class Work(Object):
    """What was done with the usage objects handed over, counted in a run of its own."""

    usage_chunks: Count = Field(default=0, description="Chunks that carry usage.")
    usage_dumps: Count = Field(default=0, description="How often a usage object was materialised.")
    redundant_dumps: Count = Field(
        default=0, description="Of these, how often again by the same function for the same object."
    )
    dumps_by: dict[str, Count] = Field(default={}, description="Function to usage_dumps.")
    places: list[str] = Field(default=[], description="file.py:line of the redundant ones.")


class Candidate(Object):
    """One candidate on one recording."""

    name: str
    status: Literal["same", "differ", "crashed", "timeout", "refused", "unavailable", "skipped"]
    response: Response | None
    not_covered: list[str] = Field(description="Fields the reference has and the candidate does not claim.")
    growth: str | None = Field(
        description="steady, grows, or why it is not known; null when it was not asked for."
    )
    work: Work = Field(description="Empty where nothing could be counted: dicts were handed over.")
    error: str | None
    seconds: float | None = Field(description="Null unless timings were asked for.")


class Place(Object):
    """Where a number of usage stood; texts counted one after the other in one key are one place."""

    line: Line
    last_line: Line
    index: Count = Field(description="Position of the (first) chunk in the recording, from 0.")
    path: str = Field(description="Path in the chunk.")
    key: str = Field(description="Path in the usage object; of a counted text: what it is counted in.")
    value: Any
    kind: Literal["reported", "counted"]
    event: str = Field(description="What the dialect calls the chunk; empty where it has no name.")
    times: Count = Field(description="How many texts; 1 for a number that was reported.")
    note: str = Field(description="Why it says nothing; empty when it counts.")


class Won(Object):
    """The value of one key of the usage object, and the places it was made from."""

    key: str
    value: Any
    places: list[Count] = Field(description="Positions in places, from 0.")
    why: str


class Totalled(Object):
    """What the reference, or one accumulator, made of the places."""

    name: str = Field(description="reference, or the name of the candidate.")
    accumulator: str | None = Field(description="Null for code of the user's.")
    won: list[Won]
    counts: dict[str, int | None] | None = Field(description="Neutral counts; null when there is no usage.")
    error: str | None


class UsageTrail(Object):
    """Every place where a number of usage stood, and which of them won."""

    places: list[Place]
    totalled: list[Totalled]


class Recording(Object):
    """One recorded stream."""

    id: str
    path: str
    first_line: Line
    last_line: Line
    dialect: str | None
    chunks: Count
    complete: bool = Field(description="The dialect's end was seen.")
    damaged: bool = Field(description="At least one line could not be read as sent.")
    labels: dict[str, Any]
    twin: Literal["agrees", "differs", "other answer", "unreadable"] | None = Field(
        description="What the reference is to the answer without streaming; null where there is none."
    )
    reference: Response | None
    candidates: list[Candidate]
    usage_trail: UsageTrail | None = Field(default=None, description="Present with --explain-usage.")
    tags: list[str] | None = Field(
        default=None, description="Trigger shapes that it has, by name. Present with --tags."
    )


class Chunk(Object):
    """The chunk a finding is about."""

    line: Line
    index: Count = Field(description="Position in the recording, from 0.")
    text: str | None = Field(default=None, description="The chunk as recorded; of a long one the start.")
    characters_left_out: Count | None = Field(default=None, description="Present when text is not all of it.")


class Finding(Object):
    """A judgement: a rule, how bad, where."""

    id: str = Field(description="What it is known by again in later runs; empty where nothing was judged.")
    rule: str
    severity: Literal["error", "warning", "note"]
    kind: Literal["difference", "wire", "candidate"]
    recording: str
    path: str
    line: Line
    candidate: str | None
    field: str | None
    reference: Any
    got: Any
    chunk: Chunk | None
    exact: bool = Field(
        description="False when the chunk was found by bisection, or shorter streams get no answer."
    )
    diagnosis: list[str] = Field(description="Suspects that give exactly the candidate's value.")
    breaks: list[str] = Field(
        description="Of a finding about a stream: clients that are known to get such a stream wrong."
    )
    count: Count
    baselined: bool = Field(description="It was accepted before and fails nothing.")
    message: str


class Measures(Object):
    """Sums over recordings. Null where no recording gave a number."""

    content_characters: int | None
    input_tokens: int | None
    output_tokens: int | None
    total_tokens: int | None
    cache_read_tokens: int | None
    cache_write_tokens: int | None
    reasoning_tokens: int | None


class Total(Object):
    """One measure of one candidate, over the recordings in which it covers the measure."""

    reference: int
    candidate: int
    compared: Count
    differing: Count
    one_sided: Count
    not_covered: Count


class Totals(Object):
    """What the measures add up to."""

    reference: Measures
    candidates: dict[str, Measures]
    details: dict[str, dict[str, Total]]


class Unreadable(Object):
    """What could not be audited, and why."""

    path: str
    line: Line
    reason: str
    skipped: bool


class Baseline(Object):
    """What a baseline did to the run."""

    path: str | None
    accepted: Count = Field(description="Findings that it knows.")
    written: Count | None = Field(description="Entries it was written with; null when it was not.")
    stale: list[str] = Field(description="Entries whose recording was audited and that were not found.")
    expired: list[str] = Field(description="Entries that were found and accept nothing any more.")


class Tag(Object):
    """A shape of a stream that sets combiners wrong."""

    tag: str
    title: str = Field(description="What a stream has that has it.")
    rules: list[str] = Field(description="Failure classes that it sets off.")


class TagPlace(Object):
    """Where a shape was met first."""

    path: str
    line: Line


class TagFound(Tag):
    """One that recordings of the run have."""

    recordings: Count
    chunks: Count | None = Field(description="Null where it is of a stream as a whole.")
    example: TagPlace


class Tags(Object):
    """The trigger shapes that the recordings have, and those that none of them has."""

    found: list[TagFound]
    missing: list[Tag] = Field(description="Those that a recording could have had, by its dialect.")
    unread: dict[str, Count] = Field(
        description="Dialects of which only what every dialect has was told, to recordings."
    )


class Head(Object):
    """What was asked."""

    schema_version: Literal[1]
    tool: Tool
    command: list[str]
    subject: Literal["candidates", "streams"] = Field(
        description="What was judged: code under audit, or the streams themselves (lint)."
    )
    reference: str | None = Field(description="A candidate in the reference's place.")
    candidates: list[str]
    versions: dict[str, str] = Field(description="Candidate to the version of its library, where known.")
    fields: list[str]


class Tail(Object):
    """How the run ended."""

    totals: Totals
    statuses: dict[str, dict[str, Count]]
    not_covered: dict[str, dict[str, Count]]
    work: dict[str, dict[str, Count]] = Field(description="Candidate to sums of its work, where counted.")
    growth: dict[str, dict[str, Count]] = Field(
        description="Candidate to what is said of its growth to number of recordings; empty: not asked for."
    )
    dialects: dict[str, Count]
    twins: dict[str, Count] = Field(description="What the reference was to twins, to recordings.")
    rules: dict[str, Count]
    tags: Tags | None = Field(default=None, description="Present with --tags.")
    chunks: Count
    passed_over: list[str]
    damaged: Count
    baseline: Baseline
    unused_ignores: list[str] = Field(description="Ignores that dropped nothing, as glob: rule.")
    counts: Counts
    complete: bool = Field(description="False when the run stopped before the end.")
    not_audited: Count = Field(description="Files that were named and not audited to their end.")
    stop_reason: str | None
    exit_reason: str | None
    exit_code: int
