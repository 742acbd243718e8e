"""Why books differ: mistakes that are made on the recordings' numbers and give exactly the books'.

Nothing is guessed from how a difference looks. A mistake is named only when, made on
the requests of a key, it gives the books' number in every measure of tokens that both
sides have, and in every count of requests the books' number or none of its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from stream_audit.ledger.account import COUNTS, MEASURES, Account, Entry

__all__ = ["Cause", "explain", "numbers"]

_LISTED = 3
"""Recordings that are named when any of several would do."""


@dataclass(frozen=True, slots=True)
class Cause:
    """A mistake that gives the books' numbers."""

    rule: str
    sentence: str
    """What was done, as a sentence without its full stop."""


def numbers(entries: Sequence[Entry]) -> dict[str, int]:
    """What some requests used: every count, and those measures that any of them reported."""
    total = Account()
    for entry in entries:
        total.add(entry.account)
    return _vector(total)


def _vector(account: Account) -> dict[str, int]:
    return {**{name: getattr(account, name) for name in COUNTS}, **account.tokens}


def explain(entries: Sequence[Entry], books: Mapping[str, int]) -> tuple[Cause, ...]:
    """Name the mistakes that turn the recordings' numbers into the books'.

    Args:
        entries: The requests of one key.
        books: The books' counts for it; measures that the requests did not report are not looked at.

    Returns:
        Every mistake that fits, the likeliest first; empty when none does. Leaving out what failed
        requests reported is a policy of many books, so each mistake is also tried on top of it.
    """
    mine = numbers(entries)
    apart = {name: value - mine[name] for name, value in books.items() if name in mine}
    if not any(apart.values()):
        return ()
    if not mine["partial"]:
        return tuple(_plain(entries, mine, apart))
    failed = numbers([entry for entry in entries if entry.account.partial])
    rest = {name: value + failed.get(name, 0) if name in MEASURES else value for name, value in apart.items()}
    policy = _left_out(failed)
    if not any(rest.values()):
        return (policy,)
    whole = [entry for entry in entries if not entry.account.partial]
    on_top = [*_plain(whole, numbers(whole), rest), policy]
    return tuple(_plain(entries, mine, apart)) or (tuple(on_top) if len(on_top) > 1 else ())


def _left_out(failed: Mapping[str, int]) -> Cause:
    tokens, number = failed.get("total_tokens", 0), failed["partial"]
    what = "1 failed request" if number == 1 else f"{number:,} failed requests"
    return Cause("ledger-partial-left-out", f"The {tokens:,} tokens that {what} reported are left out")


def _plain(entries: Sequence[Entry], mine: Mapping[str, int], apart: Mapping[str, int]) -> Iterator[Cause]:
    """Every single mistake that explains ``apart``, one for each rule."""
    seen = set()
    for cause in (
        *_of_copies(entries, apart),
        *_of_requests(mine, apart),
        *_of_meaning(mine, apart),
        *_of_groups(entries, apart),
        *_of_single(entries, apart),
    ):
        if cause.rule not in seen:
            seen.add(cause.rule)
            yield cause


def _of_copies(entries: Sequence[Entry], apart: Mapping[str, int]) -> Iterator[Cause]:
    """Responses that are told in several session logs, counted in each of them."""
    again = Account()
    for entry in entries:
        if entry.repeats is not None:
            again.add(entry.repeats)
    if _is(_vector(again), apart, 1):
        one = again.requests == 1
        which = f"{'1 response' if one else f'{again.requests:,} responses'} that other session logs have too"
        yield Cause("log-replayed-history", f"{which} {'is' if one else 'are'} counted again")


def _of_requests(mine: Mapping[str, int], apart: Mapping[str, int]) -> Iterator[Cause]:
    """Failed requests counted where they should not be, or the other way round; tokens agree."""
    if any(apart.get(name) for name in MEASURES):
        return
    counts = {name: value for name, value in apart.items() if value}
    if mine["partial"] and counts == {"successes": mine["partial"]}:
        yield Cause(
            "ledger-failed-with-tokens",
            "Failed requests are booked, with their tokens, as if they had succeeded",
        )
    elif counts == {"successes": mine["errors"]}:
        yield Cause("ledger-failures-counted", "Failed requests are counted as if they had succeeded")
    elif counts == {"requests": -mine["errors"]}:
        yield Cause("ledger-failures-counted", "Failed requests are not counted")


def _of_meaning(mine: Mapping[str, int], apart: Mapping[str, int]) -> Iterator[Cause]:
    """One measure added to the total, or taken from it, that is a part of it."""
    only = {name: value for name, value in apart.items() if value}
    for part, word in (("reasoning_tokens", "reasoning"), ("cached_tokens", "cached")):
        used = mine.get(part, 0)
        for whole in ("total_tokens", "input_tokens", "output_tokens"):
            if used and set(only) <= {whole, "total_tokens"} and whole in only:
                if set(only.values()) == {used}:
                    yield Cause(
                        f"ledger-{word}-added",
                        f"The {used:,} {word} tokens are added to {_words(only)}, which holds them already",
                    )
                elif set(only.values()) == {-used}:
                    yield Cause(
                        f"ledger-{word}-left-out",
                        f"The {used:,} {word} tokens are taken out of {_words(only)}",
                    )


def _words(measures: Mapping[str, int]) -> str:
    return " and ".join(name.replace("_", " ") for name in measures)


def _of_groups(entries: Sequence[Entry], apart: Mapping[str, int]) -> Iterator[Cause]:
    """All requests that share one more label, counted twice or not at all."""
    asked = sum(entry.account.requests for entry in entries)
    whole = entries[0].recording if len(entries) == 1 else f"every one of the {asked:,} requests"
    yield from _twice_or_never(numbers(entries), apart, whole)
    for label in sorted({name for entry in entries for name in entry.labels}):
        groups: dict[str, list[Entry]] = {}
        for entry in entries:
            if label in entry.labels:
                groups.setdefault(entry.labels[label], []).append(entry)
        if len(groups) < 2:
            continue
        for value, group in groups.items():
            used = numbers(group)
            name = f"{label} {value} ({_requests(used['requests'])})"
            yield from _twice_or_never(used, apart, name)


def _of_single(entries: Sequence[Entry], apart: Mapping[str, int]) -> Iterator[Cause]:
    """One recording counted twice or not at all."""
    fitting: dict[str, list[str]] = {}
    for entry in entries:
        for cause in _twice_or_never(_vector(entry.account), apart, ""):
            fitting.setdefault(cause.rule, []).append(entry.recording)
    for rule, names in fitting.items():
        more = f" or {len(names) - _LISTED:,} others" if len(names) > _LISTED else ""
        yield _told(rule, " or ".join(names[:_LISTED]) + more)


def _twice_or_never(used: Mapping[str, int], apart: Mapping[str, int], name: str) -> Iterator[Cause]:
    if _is(used, apart, 1):
        yield _told("ledger-double-count", name)
    if _is(used, apart, -1):
        yield _told("ledger-part-missing", name)


def _is(used: Mapping[str, int], apart: Mapping[str, int], sign: int) -> bool:
    """Whether ``apart`` is ``used``, once too often (1) or once too few (-1)."""
    tokens = [name for name in apart if name in MEASURES]
    counts = [name for name in apart if name in COUNTS]
    return (
        all(apart[name] == sign * used.get(name, 0) for name in tokens)
        and any(apart[name] for name in tokens)
        and all(apart[name] in (0, sign * used[name]) for name in counts)
    )


def _told(rule: str, name: str) -> Cause:
    return Cause(
        rule, f"{name} is {'counted twice' if rule == 'ledger-double-count' else 'not in the books'}"
    )


def _requests(number: int) -> str:
    return "1 request" if number == 1 else f"{number:,} requests"
