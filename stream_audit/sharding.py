"""Spread the sources of a run over processes without changing its result.

Each process audits small batches of sources with an auditor of its own.
Outcomes come back in the order of the sources, so the report is the same byte
for byte whatever the number of jobs.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Protocol

from stream_audit.model import Audited, Progress, Unreadable
from stream_audit.recordings import Source

__all__ = ["Auditing", "spread"]

_BATCHES_PER_JOB = 8
_AHEAD = 4
"""Batches handed out ahead per job: enough to keep every process busy, few enough to hold their results."""

Outcomes = list[Audited | Unreadable]


class Auditing(Protocol):
    """What does the work: an auditor."""

    def audit(self, source: Source, progress: Progress | None = None) -> Iterator[Audited | Unreadable]:
        """Audit the recordings of one source."""

    def close(self) -> None:
        """End what runs for it."""


def spread(
    auditor: Auditing,
    another: Callable[[], Auditing],
    sources: Sequence[Source],
    *,
    jobs: int,
    progress: Progress | None,
) -> Iterator[Audited | Unreadable]:
    """Audit every source, in this process or in several.

    Args:
        auditor: Does the work when one process is enough.
        another: Makes an equal auditor in another process; it is pickled.
        sources: In the order in which their outcomes are wanted.
        jobs: How many processes.
        progress: Told the bytes read; with several processes a batch of sources at a time.
    """
    jobs = min(jobs, len(sources))
    if jobs <= 1:
        for source in sources:
            yield from auditor.audit(source, progress)
        return
    size = max(1, min(50, len(sources) // (jobs * _BATCHES_PER_JOB)))
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(another,))
    waiting: deque[Future[tuple[Outcomes, int]]] = deque()
    try:
        for i in range(0, len(sources), size):
            waiting.append(pool.submit(_audit, sources[i : i + size]))
            if len(waiting) >= jobs * _AHEAD:
                yield from _collect(waiting.popleft(), progress)
        while waiting:
            yield from _collect(waiting.popleft(), progress)
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _collect(future: Future[tuple[Outcomes, int]], progress: Progress | None) -> Outcomes:
    outcomes, read = future.result()
    if progress is not None:
        progress(read)
    return outcomes


_auditor: Auditing | None = None
"""The auditor of this worker process; set once when it starts."""


def _start(another: Callable[[], Auditing]) -> None:
    global _auditor
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _auditor = another()
    atexit.register(_auditor.close)


def _end_with_parent() -> None:
    """End this process when the one that started it is gone without a word; its candidates follow."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _audit(sources: Sequence[Source]) -> tuple[Outcomes, int]:
    assert _auditor is not None
    read = 0

    def progress(count: int) -> None:
        nonlocal read
        read += count

    outcomes: Outcomes = []
    for source in sources:
        outcomes.extend(_auditor.audit(source, progress))
    return outcomes, read
