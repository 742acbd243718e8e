"""A response that several files tell is one request; the others are its copies and add nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stream_audit.ledger.account import Account, Entry
from stream_audit.ledger.origin import Origin

__all__ = ["once"]

Held = tuple[Entry, Origin]


def once(held: Sequence[Held]) -> list[Entry]:
    """The entries in the same order, of each response one with its account and the others with nothing.

    The account is that of the fullest copy: some were made before the response had ended. Whose labels
    it goes under does not depend on the order: it is an entry that no other is sought for, and of several
    the one whose path comes first.
    """
    entries = [entry for entry, _ in held]
    for group in _groups(held):
        first = min(group, key=lambda at: (bool(held[at][1].seeks), *_place(entries[at])))
        fullest = min(group, key=lambda at: (*_unused(entries[at]), at != first, *_place(entries[at])))
        account = entries[fullest].account
        for at in group:
            entries[at] = replace(entries[at], account=account) if at == first else _copy(entries[at])
    return entries


def _place(entry: Entry) -> tuple[str, int]:
    return entry.path, entry.line


def _unused(entry: Entry) -> tuple[int, int]:
    """The less, the fuller the entry is."""
    tokens = entry.account.tokens
    return -tokens.get("output_tokens", -1), -tokens.get("total_tokens", -1)


def _copy(entry: Entry) -> Entry:
    nothing = Account(repeated=1, tokens=dict.fromkeys(entry.account.tokens, 0))
    return replace(entry, account=nothing, repeats=entry.account)


def _groups(held: Sequence[Held]) -> list[list[int]]:
    """Positions of the entries that are one response, where there are several."""
    origins = [origin for _, origin in held]
    leader = list(range(len(held)))

    def lead(at: int) -> int:
        while leader[at] != at:
            leader[at] = at = leader[leader[at]]
        return at

    named: dict[str, int] = {}
    found: dict[str, int] = {}
    order = sorted(range(len(held)), key=lambda at: (bool(origins[at].seeks), *_place(held[at][0])))
    for at in order:
        for name in origins[at].names:
            leader[lead(at)] = lead(named.setdefault(name, at))
        for name in origins[at].answers:
            found.setdefault(name, at)
    for at in order:
        for name in origins[at].seeks:
            if name in found:
                leader[lead(at)] = lead(found[name])
    groups: dict[int, list[int]] = {}
    for at in range(len(held)):
        groups.setdefault(lead(at), []).append(at)
    return [group for group in groups.values() if len(group) > 1]
