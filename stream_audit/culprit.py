"""Find the chunk after which a candidate goes wrong and stays wrong.

Both sides fold the recording's prefixes; the culprit is the chunk that turns
the last right prefix into a wrong one. A short recording is tried prefix by
prefix. A long one is searched: backwards from its end in growing steps to the
last prefix that is seen to be right, then by bisection between it and the next
wrong one. That finds a true turn from right to wrong in a few dozen folds, but
a candidate that recovers in between could hide a later one, so it is marked as
not exact. The search has a budget of folded chunks, so that no recording is
too long for it to end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

__all__ = ["BUDGET", "EXHAUSTIVE", "GaveUp", "locate"]

EXHAUSTIVE = 96
"""Recordings up to this many chunks are tried prefix by prefix."""
BUDGET = 6_000_000
"""Chunks that one search may fold, all prefixes together: enough for a million chunks in a row."""
_GROWTH = 8
"""Each step backwards is this much longer than the one before; prefixes near the end are the dear ones."""

Wrong = Callable[[Sequence[int]], dict[int, frozenset[str]]]
"""Prefix lengths to the paths that are wrong there. A length may be absent: nothing is known of it."""


class GaveUp(Exception):
    """Raised by what folds prefixes when it is not worth folding another; the search ends."""


def locate(
    chunks: int, paths: Sequence[str], wrong_at: Wrong, *, exhaustive: bool = True, budget: int = BUDGET
) -> dict[str, tuple[int, bool]]:
    """Find the culprit of each path that is wrong after all chunks.

    Args:
        chunks: Length of the recording. The prefix of length 0 is right by definition.
        paths: Paths of the differences; each is wrong after ``chunks`` chunks.
        wrong_at: Folds prefixes and says what is wrong in each. It is asked in few, large calls.
        exhaustive: Try a short recording prefix by prefix; false when a fold costs too much for that.
        budget: Chunks that may be folded, all prefixes together.

    Returns:
        Path to (chunk index, exact). Not exact: found by bisection, or a neighbouring prefix could
        not be judged. A path whose search was given up is absent.
    """
    found: dict[str, tuple[int, bool]] = {}
    try:
        if exhaustive and chunks <= EXHAUSTIVE:
            seen = wrong_at(range(1, chunks))
            return {path: _last_turn(chunks, path, seen) for path in paths}
        search = _Search(chunks, wrong_at, budget)
        for path in paths:
            found[path] = (search.turn(path), False)
    except GaveUp:
        pass
    return found


def _last_turn(chunks: int, path: str, seen: dict[int, frozenset[str]]) -> tuple[int, bool]:
    first_wrong, unknown = chunks, False
    for length in range(chunks - 1, 0, -1):
        if length not in seen:
            unknown = True
        elif path in seen[length]:
            first_wrong, unknown = length, False
        else:
            break
    return first_wrong - 1, not unknown


class _Search:
    """Bisection over prefixes, shared by all paths so that none is folded twice."""

    def __init__(self, chunks: int, wrong_at: Wrong, budget: int) -> None:
        self.chunks = chunks
        self.left = budget
        self.wrong_at = wrong_at
        self.seen: dict[int, frozenset[str]] = {}

    def turn(self, path: str) -> int:
        wrong, right, step = self.chunks, 0, 1
        while wrong - step > 0:
            if not self._is_wrong(path, wrong - step):
                right = wrong - step
                break
            wrong, step = wrong - step, step * _GROWTH
        while wrong - right > 1:
            middle = (wrong + right) // 2
            if self._is_wrong(path, middle):
                wrong = middle
            else:
                right = middle
        return wrong - 1

    def _is_wrong(self, path: str, length: int) -> bool:
        if length not in self.seen:
            self.left -= length
            if self.left < 0:
                raise GaveUp
            self.seen.update(self.wrong_at([length]))
        return path in self.seen.get(length, frozenset((path,)))
