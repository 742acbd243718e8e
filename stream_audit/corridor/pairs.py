"""Two candidates that are one fold written twice: their responses and their work should be the same.

Part of the corridor. Neither is right by definition: each has been compared with
the reference already, and what both get wrong alike is said there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from stream_audit import rules
from stream_audit.compare import compare
from stream_audit.model import Finding, Observation, Recording

__all__ = ["compare_pairs"]


def compare_pairs(
    pairs: Sequence[tuple[str, str]],
    seen: Mapping[str, Observation],
    recording: Recording,
    fields: frozenset[str],
) -> list[Finding]:
    """Compare the candidates of each pair, in what both cover.

    Args:
        pairs: Names of candidates: the synchronous one, the asynchronous one.
        seen: What became of each candidate; one that gave no response is not compared.
        recording: The recording they folded.
        fields: Members of ``FIELDS`` to compare.
    """
    found: list[Finding] = []
    for first, second in pairs:
        mine, theirs = seen.get(first), seen.get(second)
        if mine is None or theirs is None or mine.response is None or theirs.response is None:
            continue
        covered = fields & mine.covered & theirs.covered
        differences = compare(mine.response, theirs.response, covered, both_ways=True)
        found += [rules.judge_pair(each, recording, first, second) for each in differences]
        one, other = mine.work, theirs.work
        if one is not None and other is not None and one.usage_dumps != other.usage_dumps:
            found.append(rules.judge_pair_work(one, other, recording, first, second))
    return found
