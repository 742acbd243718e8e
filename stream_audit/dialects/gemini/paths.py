"""JSON paths that name one place: ``$.items[0].name``, ``$['a key'][2]``."""

from __future__ import annotations

import json
import re

from stream_audit.dialects.text import heal

__all__ = ["LONGEST", "Step", "steps"]

Step = str | int
"""A key of an object, or a position in a list."""

LONGEST = 64
"""Steps of a path. Deeper ones would exhaust the stack of code that walks what they build."""

_ESCAPED = re.compile(r'\\.|"', re.DOTALL)
_STEP = re.compile(
    r"""\.(?P<name>[^.\[\]'"*\s]+) | \[(?P<place>0|[1-9][0-9]{0,8})\]
        | \['(?P<single>(?:[^'\\]|\\.)*)'\] | \["(?P<double>(?:[^"\\]|\\.)*)"\]""",
    re.VERBOSE | re.DOTALL,
)


def steps(path: str) -> tuple[Step, ...] | None:
    """The steps from the root to the place that a path names.

    Returns:
        ``None`` for a path that may name several places or none (wildcards, slices, filters, positions
        from the end), for the root itself, for one that begins with a position, and for one that is too long.
    """
    found: list[Step] = []
    at = 1
    while at < len(path) and len(found) <= LONGEST:
        match = _STEP.match(path, at)
        if match is None:
            return None
        step = _step(match)
        if step is None:
            return None
        found.append(step)
        at = match.end()
    if not path.startswith("$") or not 0 < len(found) <= LONGEST or isinstance(found[0], int):
        return None
    return tuple(found)


def _step(match: re.Match[str]) -> Step | None:
    if match["place"] is not None:
        return int(match["place"])
    if match["name"] is not None:
        return match["name"]
    quoted = match["double"] if match["single"] is None else _ESCAPED.sub(_doubly_quoted, match["single"])
    try:
        return heal(str(json.loads(f'"{quoted}"', strict=False)))
    except ValueError:
        return None


def _doubly_quoted(match: re.Match[str]) -> str:
    """What stands between single quotes, as it would between double ones."""
    return {"\\'": "'", '"': '\\"'}.get(match[0], match[0])
