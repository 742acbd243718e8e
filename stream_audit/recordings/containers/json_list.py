"""Interactions that are the elements of a list in a JSON document."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from stream_audit.recordings.containers.interaction import LONGEST, Damage, Interaction
from stream_audit.recordings.elements import Element, elements, whole
from stream_audit.recordings.parsing import NOTHING, parse

__all__ = ["Describe", "listed"]

Describe = Callable[[Any, int, int, int], Interaction]
"""Makes an interaction of a value, its number, and its first and last line."""


def listed(
    blocks: Iterable[bytes], keys: tuple[tuple[bytes, ...], ...], describe: Describe
) -> Iterator[Interaction | Damage]:
    """Every element of the list to which a key leads, one that cannot be read as ``lost``."""
    for number, element in enumerate(whole(elements(blocks, keys, LONGEST)), 1):
        if element.unended and not element.text:
            yield Damage("interaction-cut-off", "the file ends before its list does", element.line)
            continue
        last_line = element.line + element.text.count(b"\n")
        value, flaw = parse(element.text) if element.text else (NOTHING, None)
        if value is not NOTHING:
            yield describe(value, number, element.line, last_line)
            continue
        damage = _damage(element, "not JSON" if flaw is None else flaw.message)
        yield Interaction(number=number, line=element.line, last_line=last_line, damage=[damage], lost=True)


def _damage(element: Element, why: str) -> Damage:
    if element.too_long:
        return Damage("interaction-too-long", f"longer than {LONGEST // 2**20} MiB, and skipped")
    if element.unended:
        return Damage("interaction-cut-off", "the file ends in the middle of it")
    return Damage("interaction-broken", why)
