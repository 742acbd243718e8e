"""The shared vocabulary: every word that crosses from one room to another.

Rooms import this module, :mod:`stream_audit.errors` and themselves, nothing
else of the package. What stands here is data and the shape of what a room
offers (``Dialect``, ``Fold``, ``Candidate``); how it is done is the room's.

Data crosses the rooms once: bytes become ``Batch`` es of one ``Recording``,
a ``Fold`` turns them into a ``Response``, a candidate into an ``Observation``,
two responses into ``Difference`` s, and those into ``Finding`` s.

Standard library only, so that the module can be imported inside a candidate's
own interpreter.
"""

from __future__ import annotations

from stream_audit.model.candidate import Candidate, Observation, Trouble, Work
from stream_audit.model.dialect import Dialect, Fold, Folded, Note, Policies, Volatile
from stream_audit.model.finding import (
    Culprit,
    Difference,
    DifferenceKind,
    Finding,
    FindingKind,
    Rule,
    Severity,
    Subject,
)
from stream_audit.model.recording import Batch, End, Framed, Problem, Recording, Twin
from stream_audit.model.response import (
    EVERYTHING,
    FIELDS,
    USAGE,
    Choice,
    Message,
    Payload,
    Response,
    ToolCall,
    Usage,
    Varied,
)
from stream_audit.model.run import (
    MEASURES,
    Audited,
    CandidateResult,
    Counts,
    Progress,
    Report,
    Run,
    Status,
    Summary,
    Total,
    TwinStatus,
    Unreadable,
)

__all__ = [
    "EVERYTHING",
    "FIELDS",
    "MEASURES",
    "USAGE",
    "Audited",
    "Batch",
    "Candidate",
    "CandidateResult",
    "Choice",
    "Counts",
    "Culprit",
    "Dialect",
    "Difference",
    "DifferenceKind",
    "End",
    "Finding",
    "FindingKind",
    "Fold",
    "Folded",
    "Framed",
    "Message",
    "Note",
    "Observation",
    "Payload",
    "Policies",
    "Problem",
    "Progress",
    "Recording",
    "Report",
    "Response",
    "Rule",
    "Run",
    "Severity",
    "Status",
    "Subject",
    "Summary",
    "ToolCall",
    "Total",
    "Trouble",
    "Twin",
    "TwinStatus",
    "Unreadable",
    "Usage",
    "Varied",
    "Volatile",
    "Work",
]
