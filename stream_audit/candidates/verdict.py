"""From what came out of the candidate's process to an observation."""

from __future__ import annotations

from dataclasses import asdict, replace
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
    seen = _alone(first, read)
    second = None if again is None or again["same"] else _alone(again, read)
    troubles = (*seen.troubles, *_besides(first, again))
    changed = None if second is None else _changed(seen, second)
    if changed is not None:
        troubles = (*troubles, Trouble("candidate-nondeterministic", changed))
    work = None if seen.response is None else _work(again)
    return replace(seen, troubles=troubles, work=work, again=second)


def _alone(answer: Answer, read: answers.Reader) -> Observation:
    """What one run came to, whatever the other did."""
    if "error" in answer:
        rule = "candidate-exited" if answer.get("exit") else "candidate-crashed"
        return _crashed(rule, answer["error"])
    if "unreadable" in answer:
        return _unreadable(answer["unreadable"])
    try:
        response, covered = read(answer["result"], answer["covers"])
    except answers.UnknownShape as error:
        return _unreadable(str(error))
    except Exception as error:  # noqa: BLE001 - whatever it returned, only this candidate answers for it
        return _unreadable(f"reading it failed with {type(error).__name__}: {error}")
    return Observation(status="answered", response=response, covered=covered, seconds=answer["seconds"])


def _crashed(rule: str, text: str) -> Observation:
    return Observation(status="crashed", error=text, troubles=(Trouble(rule, text),))


def _unreadable(reason: str) -> Observation:
    return _crashed("candidate-result-unreadable", f"the result cannot be read: {reason}")


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


def _changed(one: Observation, other: Observation) -> str | None:
    """What a second run on fresh chunks made different; only what is read from the result counts."""
    again = "a second run on the same chunks"
    if one.response is None or other.response is None:
        if other.response is not None:
            return f"{again} gave an answer"
        return None if one.response is None else f"{again} failed: {other.error}"
    path = first_difference(_compared(asdict(one.response)), _compared(asdict(other.response)))
    return None if path is None else f"{again} gave another {path}"


def _compared(value: Any) -> Any:
    """The parts of a response that are compared, but for fields that nobody knows, in plain lists."""
    if isinstance(value, dict):
        return {name: _compared(item) for name, item in value.items() if name not in ("extra", "raw")}
    return [_compared(item) for item in value] if isinstance(value, (list, tuple)) else value
