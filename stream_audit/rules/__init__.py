"""The catalogue: what every finding's id means, how bad it is, and how it is said.

One file a family, each a literal tuple ``RULES``. A rule is a failure class
that the field has seen, or one of our own about input and candidates. The same
rule judges two things: a candidate that gets it wrong (``severity``) and a
stream that has the shape (``wire_severity``, where that is less bad).

Nothing here reads a chunk. The dialects note what they see, the comparison
finds what differs; :mod:`stream_audit.rules.judge` makes findings of both.

To add one: an entry in the file of its family, then
``python -m stream_audit.rules > docs/failures.md``.
"""

from __future__ import annotations

from stream_audit.rules.catalogue import FAMILIES, RULES, rule, severity
from stream_audit.rules.judge import (
    difference_rule,
    judge_difference,
    judge_note,
    judge_problem,
    judge_trouble,
)
from stream_audit.rules.selection import Selection, select
from stream_audit.rules.twins import judge_other_answer, judge_twin, judge_unread_twin
from stream_audit.rules.work import judge_growth, judge_pair, judge_pair_work, judge_work

__all__ = [
    "FAMILIES",
    "RULES",
    "Selection",
    "difference_rule",
    "judge_difference",
    "judge_growth",
    "judge_note",
    "judge_other_answer",
    "judge_pair",
    "judge_pair_work",
    "judge_problem",
    "judge_trouble",
    "judge_twin",
    "judge_unread_twin",
    "judge_work",
    "rule",
    "select",
    "severity",
]
