"""From what came out of the candidate's process to an observation."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from stream_audit.candidates import answers
from stream_audit.candidates.inside.compare import first_difference
from stream_audit.candidates.process import Ended
from stream_audit.model import Observation, Trouble, Work

__all__ = ["ended", "ending", "judge", "lost", "out_of_time", "unavailable"]

Answer = dict[str, Any]
"""A message of the worker: what one run gave."""


def unavailable(reason: str) -> Observation:
    """The candidate did not fold, and that is not its fault."""
    return Observation(status="unavailable", error=reason)


def out_of_time(
    seconds: float, first: Answer | None = None, *, read: answers.Reader = answers.read
) -> Observation:
    """The fold was still running at the time limit; or the second one, with the first one's answer here."""
    text = f"no answer within {seconds:g} s"
    if first is not None:
        return judge(first, {"same": False, "error": text}, read=read)
    return Observation(status="timeout", error=text, troubles=(Trouble("candidate-timeout", text),))


def ended(how: Ended, first: Answer | None = None, *, read: answers.Reader = answers.read) -> Observation:
    """The fold ended its process; or the second one did, with the first one's answer here."""
    if first is not None:
        return judge(first, {"same": False, "error": ending(how)}, read=read)
    return _crashed("candidate-killed" if how.killed else "candidate-exited", ending(how))


def lost(reason: str) -> Observation:
    """A candidate that could be loaded before, and not again after its process had ended."""
    return _crashed("candidate-crashed", f"not loaded again: {reason}")


def ending(how: Ended) -> str:
    """How a process ended, with the last line it wrote to standard error."""
    lines = [line.strip() for line in how.tail.splitlines() if line.strip()]
    return f"{how.reason}; its last words: {lines[-1][:200]}" if lines else how.reason


def judge(first: Answer, again: Answer | None = None, *, read: answers.Reader = answers.read) -> Observation:
    """One recording's answer, and the answer of the second run where there was one; ``read`` reads both."""
    if first["at"] == "unfit":
        return unavailable(f"a chunk cannot be handed over: {first['reason']}")
    troubles = _besides(first, again)
    if "error" in first:
        rule = "candidate-exited" if first["exit"] else "candidate-crashed"
        return _crashed(rule, first["error"], troubles)
    if "unreadable" in first:
        return _unreadable(first["unreadable"], troubles)
    try:
        response, covered = read(first["result"], first["covers"])
    except answers.UnknownShape as error:
        return _unreadable(str(error), troubles)
    except Exception as error:  # noqa: BLE001 - whatever it returned, only this candidate answers for it
        return _unreadable(f"reading it failed with {type(error).__name__}: {error}", troubles)
    changed = _changed(first, again, read)
    if changed is not None:
        troubles = (*troubles, Trouble("candidate-nondeterministic", changed))
    return Observation(
        status="answered",
        response=response,
        covered=covered,
        troubles=troubles,
        seconds=first["seconds"],
        work=_work(again),
    )


def _crashed(rule: str, text: str, besides: tuple[Trouble, ...] = ()) -> Observation:
    return Observation(status="crashed", error=text, troubles=(Trouble(rule, text), *besides))


def _unreadable(reason: str, besides: tuple[Trouble, ...]) -> Observation:
    return _crashed("candidate-result-unreadable", f"the result cannot be read: {reason}", besides)


def _besides(first: Answer, again: Answer | None) -> tuple[Trouble, ...]:
    troubles = []
    if first.get("mutated"):
        index, path = first["mutated"]
        troubles.append(Trouble("caller-chunks-mutated", f"changed {path} of the chunk it was given", index))
    noise = first.get("noise") or (again or {}).get("noise")
    if noise:
        troubles.append(Trouble("candidate-stdout-noise", f"wrote to standard output: {noise!r}"))
    return tuple(troubles)


def _work(again: Answer | None) -> Work | None:
    """What was counted in the second run; nothing is when that failed."""
    counted = (again or {}).get("work")
    return Work(**{**counted, "places": tuple(counted["places"])}) if counted is not None else None


def _changed(first: Answer, again: Answer | None, read: answers.Reader) -> str | None:
    """What a second run on fresh chunks made different; only what is read from the result counts."""
    if again is None or again["same"]:
        return None
    if "error" in again:
        return f"a second run on the same chunks failed: {again['error']}"
    if "unreadable" in again:
        return f"a second run on the same chunks gave an unreadable result: {again['unreadable']}"
    try:
        one, _ = read(first["result"], first["covers"])
        other, _ = read(again["result"], again["covers"])
    except answers.UnknownShape as error:
        return f"a second run on the same chunks gave an unreadable result: {error}"
    path = first_difference(_compared(asdict(one)), _compared(asdict(other)))
    return None if path is None else f"a second run on the same chunks gave another {path}"


def _compared(value: Any) -> Any:
    """The parts of a response that are compared, in plain lists."""
    if isinstance(value, dict):
        return {name: _compared(item) for name, item in value.items() if name not in ("extra", "raw")}
    return [_compared(item) for item in value] if isinstance(value, (list, tuple)) else value
