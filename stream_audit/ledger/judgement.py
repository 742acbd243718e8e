"""From lines to facts: one cause, one fact.

What went wrong in one place shows in several: an entity that lost tokens makes
the simulation's total wrong, too. A total whose difference is exactly that of
its parts is no second fault, and a rule of bookkeeping that is broken by just
the number that differs from the recordings is said together with that difference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from stream_audit.ledger.account import MEASURES
from stream_audit.ledger.books import Fact, Key
from stream_audit.ledger.causes import Cause, explain, numbers
from stream_audit.ledger.invariants import key_name
from stream_audit.ledger.lines import Line
from stream_audit.ledger.oddities import Oddity

__all__ = ["Known", "judge_parts", "judge_totals"]

T = TypeVar("T")


@dataclass(slots=True, kw_only=True)
class Known:
    """What is known about one book besides its lines."""

    path: str
    entities: frozenset[str] = frozenset()
    """Every entity that any state of the book has."""
    only_successes: bool = False
    oddities: list[Oddity] = field(default_factory=list)

    _under: dict[tuple[str, ...], dict[Key, list[Oddity]]] = field(default_factory=dict)

    def about(self, key: Key, measures: Iterable[str], *, exactly: bool) -> list[Oddity]:
        """The oddities that touch these measures of the key, or of one that is part of it."""
        names = tuple(name for name, _ in key)
        if names not in self._under:
            self._under[names] = _grouped(self.oddities, names, lambda oddity: oddity.key)
        wanted = set(measures)
        found = self._under[names].get(key, ())
        return [one for one in found if one.measure in wanted and (one.key == key or not exactly)]


def _grouped(things: Iterable[T], names: Sequence[str], key_of: Callable[[T], Key]) -> dict[Key, list[T]]:
    """Things whose keys have these labels, by the part of the key that is these labels."""
    groups: dict[Key, list[T]] = {}
    for thing in things:
        part = tuple(one for one in key_of(thing) if one[0] in names)
        if len(part) == len(names):
            groups.setdefault(part, []).append(thing)
    return groups


def judge_parts(lines: Sequence[Line], known: Known) -> list[Fact]:
    """The facts about the lines of the level that was asked for."""
    facts = []
    for line in lines:
        fact = _judge(line, known)
        if fact is not None:
            line.rules = (fact.rule, *(cause for cause in fact.causes if cause != fact.rule))
            facts.append(fact)
    return facts


def _judge(line: Line, known: Known) -> Fact | None:
    if line.bucket == "mismatch":
        return _mismatch(line, known)
    if line.bucket == "recordings_only":
        return _recordings_only(line, known)
    if line.bucket == "ledger_only":
        return _fact(line, "ledger-books-only", known, f"{_values(line)} in the books, and no recording")
    if line.bucket == "matched" and known.only_successes:
        return _failed_with_tokens(line, known)
    return None


def _fact(line: Line, rule: str, known: Known, *said: str, causes: Sequence[str] = ()) -> Fact:
    first = line.apart[0] if line.apart else None
    parts = [
        part.rstrip(".") for part in (said if rule != "ledger-mismatch" else (_values(line), *said)) if part
    ]
    return Fact(
        rule=rule,
        path=line.row.path if line.row is not None else known.path,
        line=line.row.line if line.row is not None else 0,
        key=key_name(line.key),
        message=f"{key_name(line.key)}: {'. '.join(parts)}",
        measure=first.measure if first else None,
        recordings=first.recordings if first else None,
        books=first.books if first else None,
        causes=tuple(causes),
    )


def _values(line: Line) -> str:
    """Both counts of every measure that differs."""
    told = []
    for pair in line.apart:
        name = pair.measure.replace("_", " ")
        if pair.difference is not None:
            told.append(f"{name} {pair.books:,}, recordings {pair.recordings:,} ({pair.difference:+,})")
        else:
            value = pair.books if pair.recordings is None or line.bucket == "ledger_only" else pair.recordings
            told.append(f"{name} {value:,}")
    return "; ".join(told)


def _mismatch(line: Line, known: Known) -> Fact:
    measures = [pair.measure for pair in line.apart]
    odd = known.about(line.key, measures, exactly=False)
    causes = explain(line.entries, _books(line))
    values = _values(line)
    if odd:
        for oddity in odd:
            oddity.told = True
        said = "; ".join(dict.fromkeys(oddity.message for oddity in odd))
        rules = [*dict.fromkeys(oddity.rule for oddity in odd)]
        rules += [cause.rule for cause in causes] or ["ledger-mismatch"]
        return _fact(line, rules[0], known, said, values, causes=rules[1:])
    if causes:
        said = _told(causes)
        return _fact(line, causes[0].rule, known, values, said, causes=[cause.rule for cause in causes])
    unknown = numbers(line.entries).get("unreported", 0)
    silent = (
        f"{unknown:,} of its recordings reported no usage, so their tokens are unknown" if unknown else ""
    )
    return _fact(line, "ledger-mismatch", known, silent)


def _told(causes: Sequence[Cause]) -> str:
    return ". ".join(cause.sentence for cause in causes)


def _books(line: Line) -> Mapping[str, int]:
    return {pair.measure: pair.books for pair in line.pairs if pair.books is not None}


def _recordings_only(line: Line, known: Known) -> Fact:
    values = _values(line)
    for oddity in known.about(line.key, [pair.measure for pair in line.pairs], exactly=False):
        oddity.told = True
    requests = sum(entry.account.requests for entry in line.entries)
    have = f"the recordings have {'1 request' if requests == 1 else f'{requests:,} requests'} ({values})"
    entity = dict(line.key).get("entity")
    if entity is None or entity == "(none)":
        return _fact(line, "ledger-recordings-only", known, f"{have}; the books do not have it")
    if entity in known.entities:
        return _fact(line, "ledger-entity-lost", known, f"{have}; the books know it and book nothing here")
    gap = [
        oddity
        for oddity in known.oddities
        if oddity.total is not None
        and oddity.total
        and set(oddity.key) <= set(line.key)
        and -(line.difference(oddity.measure) or 0) == oddity.total
    ]
    if gap:
        said = f"{have}; the books have them in {key_name(gap[0].key)} and in no entity"
        return _fact(line, "ledger-entity-lost", known, said)
    said = f"{have}; the books have no such entity, so these tokens are lost"
    return _fact(line, "ledger-entity-unknown", known, said)


def _failed_with_tokens(line: Line, known: Known) -> Fact | None:
    """Books that leave failed requests out by policy, and have their tokens all the same."""
    failed = numbers([entry for entry in line.entries if entry.account.partial])
    both = {pair.measure for pair in line.pairs if pair.bucket == "matched" and pair.difference == 0}
    carried = {name: failed[name] for name in MEASURES if failed.get(name) and name in both}
    if not carried:
        return None
    name, tokens = next(iter(carried.items()))
    whose = "1 failed request" if failed["partial"] == 1 else f"{failed['partial']:,} failed requests"
    said = f"{tokens:,} {name.replace('_', ' ')} of {whose} are booked; a failed request adds none"
    return _fact(line, "ledger-failed-with-tokens", known, said)


def judge_totals(totals: Sequence[Line], parts: Sequence[Line], known: Known) -> list[Fact]:
    """The facts about totals over lines that have been judged already."""
    facts = []
    under: dict[tuple[str, ...], dict[Key, list[Line]]] = {}
    for line in totals:
        line.total = True
        names = tuple(name for name, _ in line.key)
        if names not in under:
            under[names] = _grouped(parts, names, lambda part: part.key)
        mine = under[names].get(line.key, [])
        gaps = [o for o in known.about(line.key, [p.measure for p in line.pairs], exactly=True) if o.total]
        if line.bucket != "mismatch":
            _settle(gaps, line, mine)
            continue
        apart = {pair.measure: line.difference(pair.measure) for pair in line.apart}
        if all(difference == _sum(mine, measure) for measure, difference in apart.items()):
            line.remark = "It differs by exactly what its parts differ by."
            for oddity in known.about(line.key, apart, exactly=True):
                oddity.told = True
            continue
        facts.append(_wrong_total(line, gaps, known))
    return facts


def _sum(parts: Sequence[Line], measure: str) -> int | None:
    """The sum of the parts' differences; ``None`` where one of them is not known."""
    total = 0
    for part in parts:
        difference = part.difference(measure)
        if difference is None:
            return None
        total += difference
    return total


def _settle(gaps: Sequence[Oddity], line: Line, parts: Sequence[Line]) -> None:
    """A total that is right, over parts that are wrong: the parts' facts say it."""
    for oddity in gaps:
        if any(part.rules for part in parts) and oddity.total == -(_sum(parts, oddity.measure) or 0):
            oddity.told = True
            line.remark = "It is right; its parts are not."


def _wrong_total(line: Line, gaps: Sequence[Oddity], known: Known) -> Fact:
    values = _values(line)
    for oddity in known.about(line.key, [pair.measure for pair in line.apart], exactly=True):
        oddity.told = True
    causes = explain(line.entries, _books(line))
    rules = [cause.rule for cause in causes]
    if gaps and all(gap.new_only for gap in gaps):
        said = "The total reads the parts that are in the older format as 0"
        fact = _fact(line, "ledger-old-format-as-zero", known, values, said)
    elif gaps:
        fact = _fact(line, gaps[0].rule, known, values, gaps[0].message, _told(causes), causes=rules)
    elif causes:
        fact = _fact(line, rules[0], known, values, _told(causes), causes=rules)
    else:
        fact = _fact(line, "ledger-mismatch", known)
    line.rules = (fact.rule, *(rule for rule in fact.causes if rule != fact.rule))
    return fact
