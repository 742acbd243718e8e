"""The code under audit: what the user names, what it is handed, the process it runs in, what it returns.

``parse`` reads a spec, ``open_candidate`` makes a candidate of it that folds
in a child process. This room must not share the reference's reader of
meaning: it imports no dialect, and reads what a candidate returns by its own
tables (:mod:`stream_audit.candidates.answers`).
"""

from __future__ import annotations

from stream_audit.candidates.adapters import ADAPTERS, Adapter, adapter
from stream_audit.candidates.candidate import ChildCandidate, open_candidate
from stream_audit.candidates.pairs import pairs
from stream_audit.candidates.spec import Spec, distinct, expand, parse, parse_accumulator

__all__ = [
    "ADAPTERS",
    "Adapter",
    "ChildCandidate",
    "Spec",
    "adapter",
    "distinct",
    "expand",
    "open_candidate",
    "pairs",
    "parse",
    "parse_accumulator",
]
