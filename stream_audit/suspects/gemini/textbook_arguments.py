"""Arguments that are streamed leaf by leaf, each under its JSON path: a piece of the textbook fold."""

from __future__ import annotations

import json
from typing import Any

from stream_audit.suspects.every_dialect import join_text

__all__ = ["Misfit", "laid", "nests_deeper", "path_of"]

STEPS = 64
SKIPPED = 64
NO_NAME = ".[]'\"*"


class Misfit(Exception):
    """The path names no place in these arguments."""


def path_of(text: str) -> list[str | int]:
    """The steps that a path is made of.

    Raises:
        Misfit: It is none of those that are read.
    """
    if not text.startswith("$"):
        raise Misfit
    steps: list[str | int] = []
    rest = text[1:]
    while rest:
        step, rest = first_step(rest)
        steps.append(step)
    if not steps or len(steps) > STEPS or isinstance(steps[0], int):
        raise Misfit
    return steps


def first_step(text: str) -> tuple[str | int, str]:
    """The first step, and what stands behind it."""
    if text[0] == ".":
        end = 1
        while end < len(text) and text[end] not in NO_NAME and not text[end].isspace():
            end += 1
        if end == 1:
            raise Misfit
        return text[1:end], text[end:]
    if text[:2] in ("['", '["'):
        return quoted_step(text)
    inside, closed, rest = text.removeprefix("[").partition("]")
    digits = inside.isascii() and inside.isdigit()
    if text[0] != "[" or not closed or not digits or (inside[0] == "0" and inside != "0"):
        raise Misfit
    return int(inside[:19]), rest


def quoted_step(text: str) -> tuple[str, str]:
    """A name between quotes, and what stands behind its bracket."""
    quote, at, name = text[1], 2, ""
    while at < len(text) and text[at] != quote:
        if text[at] == "\\":
            pair = text[at : at + 2]
            name += "'" if (pair, quote) == ("\\'", "'") else pair
            at += 2
        else:
            name += '\\"' if text[at] == '"' else text[at]
            at += 1
    if text[at : at + 2] != quote + "]":
        raise Misfit
    try:
        return join_text([json.loads(f'"{name}"', strict=False)]), text[at + 2 :]
    except ValueError:
        raise Misfit from None


def laid(held: Any, steps: list[str | int], value: Any) -> Any:
    """What is there, with a value laid to the place that so many steps lead to. A new object.

    Raises:
        Misfit: The steps lead through something else than objects and lists.
    """
    if not steps:
        if isinstance(value, str):
            return join_text([held if isinstance(held, str) else "", value])
        return value
    step, *further = steps
    if isinstance(step, str):
        if held is None:
            held = {}
        if not isinstance(held, dict):
            raise Misfit
        return {**held, step: laid(held.get(step), further, value)}
    if held is None:
        held = []
    if not isinstance(held, list) or step > len(held) + SKIPPED:
        raise Misfit
    items = held + [None] * (step + 1 - len(held))
    items[step] = laid(items[step], further, value)
    return items


def nests_deeper(value: Any, levels: int) -> bool:
    """True when objects and lists stand in one another more than so many levels deep."""
    if not isinstance(value, dict | list):
        return False
    inside = value.values() if isinstance(value, dict) else value
    return levels == 0 or any(nests_deeper(one, levels - 1) for one in inside)
