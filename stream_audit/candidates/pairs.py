"""Which candidates of a run are one fold written twice, and so should do the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from stream_audit.candidates.spec import Spec
from stream_audit.errors import UsageError

__all__ = ["pairs"]


def pairs(specs: Sequence[Spec], named: Sequence[str] = ()) -> tuple[tuple[str, str], ...]:
    """Names of the candidates that are one fold written twice: the synchronous, the asynchronous one.

    Args:
        specs: The candidates of a run, with distinct names.
        named: Pairs that the user states, as ``SYNC=ASYNC``.

    Raises:
        UsageError: A stated pair is not two of the candidates.
    """
    names = [spec.name for spec in specs]
    found = [_stated(text, names) for text in named]
    for second in specs:
        known = second.adapter
        partners = [one for one, other in (known.pairs if known else ()) if other == second.attribute]
        wanted = [replace(second, name="", attribute=partner) for partner in partners]
        found += [(first.name, second.name) for first in specs if replace(first, name="") in wanted][:1]
    return tuple(dict.fromkeys(found))


def _stated(text: str, names: Sequence[str]) -> tuple[str, str]:
    for at, sign in enumerate(text):  # a name may hold a = itself
        pair = text[:at], text[at + 1 :]
        if sign == "=" and pair[0] in names and pair[1] in names and pair[0] != pair[1]:
            return pair
    known = ", ".join(names) or "none"
    raise UsageError(f"--pair takes SYNC=ASYNC, two names of candidates, not {text!r}. Candidates: {known}.")
