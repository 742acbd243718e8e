"""A candidate in a process of its own: folds recordings, survives whatever the code under audit does."""

from __future__ import annotations

import os
import sys
import weakref
from collections.abc import Sequence
from typing import Any, Literal

from stream_audit.candidates import answers, verdict
from stream_audit.candidates.process import Ended, OutOfTime, Process
from stream_audit.candidates.spec import Spec
from stream_audit.errors import CandidateNotLoaded, UnknownName
from stream_audit.model import EVERYTHING, FIELDS, USAGE, Framed, Observation

__all__ = ["ChildCandidate", "open_candidate"]

ChunksAs = Literal["auto", "objects", "dicts"]
_LOADING_SECONDS = 60.0
_HANDING_OVER_SECONDS = 120.0
_LEAST_FOR_A_PREFIX = 1.0
_PREFIX_TO_WHOLE = 10.0
"""A prefix may take this many times as long as the whole did: more says that it never ends."""
_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def open_candidate(
    spec: Spec,
    *,
    timeout: float = 10.0,
    chunks_as: ChunksAs = "auto",
    twice: bool = True,
    python: str | Sequence[str] = (),
    missing: str = "",
    load_timeout: float = _LOADING_SECONDS,
) -> ChildCandidate:
    """Make a candidate of a spec. Nothing runs before its first use or :meth:`ChildCandidate.load`.

    Args:
        spec: From :func:`stream_audit.candidates.parse`.
        timeout: Seconds of wall clock for one fold.
        chunks_as: Hand over SDK-like ``objects`` or ``dicts``; ``auto`` leaves it to the candidate.
        twice: Fold every recording a second time, to see whether the answer is the same.
        python: Interpreter to run it in, with arguments if any; this one when empty.
        missing: Why what it needs is not there: its observations then say just that, ``unavailable``.
        load_timeout: Seconds for importing the candidate.

    Returns:
        The candidate; close it when done (it is also ended when this process ends, however that is).
    """
    return ChildCandidate(
        spec,
        timeout=timeout,
        chunks_as=chunks_as,
        twice=twice,
        python=python,
        missing=missing,
        load_timeout=load_timeout,
    )


class ChildCandidate:
    """Implements :class:`stream_audit.model.Candidate` over a child process that is restarted as needed."""

    def __init__(
        self,
        spec: Spec,
        *,
        timeout: float,
        chunks_as: ChunksAs,
        twice: bool,
        python: str | Sequence[str],
        missing: str,
        load_timeout: float,
    ) -> None:
        self.name = spec.name
        self.spec = spec
        self.version: str | None = None
        """Version of the audited library, once loaded; ``None`` where the candidate states none."""
        self.scope = USAGE if spec.totals else EVERYTHING
        self.framed = spec.adapter is not None
        """A library reads the recorded stream itself, where its bytes are known."""
        self._read: answers.Reader = answers.read_totals if spec.totals else answers.read
        self._timeout = timeout
        self._twice = twice
        given = (python,) if isinstance(python, str) else tuple(python)
        self._python = given if any(given) else (sys.executable,)
        self._load_timeout = load_timeout
        self._request = _request(spec, chunks_as)
        self._process: Process | None = None
        self._end: weakref.finalize[Any, Any] | None = None
        self._unavailable: str | None = missing or None
        self._was_loaded = False
        self._held: tuple[Process, Sequence[bytes]] | None = None
        """The recording that a process was given last and still has."""
        self._seconds: float | None = None
        """How long the last recording took it."""

    def load(self) -> None:
        """Start the candidate now.

        Raises:
            CandidateNotLoaded: It cannot be imported or called; the message says why. An adapter whose
                library is not installed, or cannot be imported, is no error: its observations say
                ``unavailable``.
        """
        if self._process is not None or self._unavailable is not None:
            return
        try:
            process = Process(self._python, self._request)
        except OSError as error:
            raise CandidateNotLoaded(f"{self._python[0]} cannot be started: {error.strerror}.") from None
        self._process = process
        self._end = weakref.finalize(self, process.close)
        try:
            message = process.receive(self._load_timeout)
        except OutOfTime:
            self._not_loaded(f"was not loaded within {self._load_timeout:g} s")
            return
        except Ended as ended:
            self._not_loaded(f"cannot be loaded: {verdict.ending(ended)}")
            return
        except BaseException:
            self.close()
            raise
        if message["at"] == "loaded":
            self.version = message["version"]
            self._was_loaded = True
            self._check_claims(message["covers"])
            return
        self.close()
        if message["at"] != "unavailable":
            raise CandidateNotLoaded(message["reason"])
        self._unavailable = message["reason"]

    def _not_loaded(self, why: str) -> None:
        """Its process did not get as far as to say anything."""
        self.close()
        if self.spec.adapter is None or self._was_loaded:
            raise CandidateNotLoaded(f"{self.name} {why}.") from None
        self._unavailable = f"{self.name} {why}"

    @property
    def missing(self) -> str | None:
        """Why it cannot be run at all, once that was tried; ``None`` when it can."""
        return self._unavailable

    def observe(self, raws: Sequence[bytes], dialect: str) -> Observation:
        """Fold one recording. What goes wrong is in the observation.

        Raises:
            CandidateNotLoaded: The candidate was never loaded and cannot be.
        """
        found = self._ask({"dialect": dialect, "twice": self._twice}, raws, 1, self._timeout)[0]
        self._seconds = found.seconds
        return found

    def prefixes(self, raws: Sequence[bytes], dialect: str, lengths: Sequence[int]) -> list[Observation]:
        """Fold the first ``n`` chunks for each ``n`` of ``lengths``, once each, each time afresh.

        The chunks are handed over once: a process that has them from the last request, for the same
        ``raws``, folds its own. A crash loses only its own prefix. After a time-out the rest is not
        tried and has that status too.
        """
        limit = self._timeout
        if self._seconds is not None:
            limit = min(limit, max(_LEAST_FOR_A_PREFIX, _PREFIX_TO_WHOLE * self._seconds))
        found: list[Observation] = []
        while len(found) < len(lengths):
            rest = list(lengths[len(found) :])
            more = self._ask({"dialect": dialect, "lengths": rest}, raws, len(rest), limit)
            found += more
            if more[-1].status == "timeout" or more[-1].status == "unavailable":
                found += [more[-1]] * (len(lengths) - len(found))
        return found

    def close(self) -> None:
        """End the process and everything it started. Idempotent; a later use starts it again."""
        if self._end is not None:
            self._end()
        self._process = self._end = None

    def _ask(
        self, header: dict[str, Any], raws: Sequence[bytes], count: int, limit: float
    ) -> list[Observation]:
        """Send a request for ``count`` observations; fewer come back when the last ended the process."""
        refusal = self._refusal(header["dialect"])
        if refusal is not None or self._process is None:
            return [refusal or verdict.unavailable("not available")] * count
        found: list[Observation] = []
        messages: list[dict[str, Any]] = []
        body = b""
        if "lengths" not in header or not self._holds(raws):
            header["sizes"], body = [len(raw) for raw in raws], b"".join(raws)
            if self.framed and raws and all(isinstance(raw, Framed) for raw in raws):
                frames = [raw.frame for raw in raws if isinstance(raw, Framed)]
                header["frames"], body = [len(frame) for frame in frames], body + b"".join(frames)
        try:
            self._process.send(header, body, _HANDING_OVER_SECONDS)
            self._held = (self._process, raws)
            while len(found) < count:
                messages.append(self._answer(self._process, limit))
                if messages[0]["at"] == "unserved":
                    return [self._does_not_fold(header["dialect"])] * count
                if messages[-1].get("last", True):
                    found.append(verdict.judge(*messages, read=self._read))
                    messages = []
        except OutOfTime:
            self.close()
            found.append(verdict.out_of_time(limit, *messages, read=self._read))
        except Ended as ended:
            self.close()
            found.append(verdict.ended(ended, *messages, read=self._read))
        except BaseException:
            self.close()
            raise
        return found

    def _holds(self, raws: Sequence[bytes]) -> bool:
        return self._held is not None and self._held[0] is self._process and self._held[1] is raws

    def _refusal(self, dialect: str) -> Observation | None:
        """Get the process ready; what is to be said instead when there can be none."""
        if dialect not in (self._dialects() or (dialect,)):
            return self._does_not_fold(dialect)
        try:
            self.load()
        except CandidateNotLoaded as error:
            if not self._was_loaded:
                raise
            return verdict.lost(str(error))
        return verdict.unavailable(self._unavailable) if self._unavailable is not None else None

    def _does_not_fold(self, dialect: str) -> Observation:
        return verdict.unavailable(f"{self.name} does not fold {dialect}")

    def _answer(self, process: Process, limit: float) -> dict[str, Any]:
        """The next answer: wait for the candidate's code to begin, then start the clock."""
        message = process.receive(_HANDING_OVER_SECONDS)
        if message["at"] != "begun":
            return message
        process.receive(limit)
        return process.receive(_HANDING_OVER_SECONDS)

    def _check_claims(self, covers: list[str] | None) -> None:
        for name in sorted(answers.claims_of(covers or ())):
            if name not in FIELDS:
                self.close()
                error = UnknownName("field", name, (*FIELDS, "usage"))
                raise CandidateNotLoaded(f"covers of {self.name} is wrong. {error}")

    def _dialects(self) -> tuple[str, ...]:
        """The dialects known to be folded before anything runs; empty when that is not known."""
        known = self.spec.adapter
        return known.dialects if known is not None else ()


def _request(spec: Spec, chunks_as: ChunksAs) -> dict[str, Any]:
    request: dict[str, Any] = {
        "kind": spec.kind,
        "target": spec.target,
        "attribute": spec.attribute,
        "chunks_as": chunks_as,
        "root": _ROOT,
    }
    known = spec.adapter
    if known is not None:
        path = os.path.join(_ROOT, "stream_audit", "candidates", "adapters", f"{known.module}.py")
        request |= {"library": known.library, "path": path}
    return request
