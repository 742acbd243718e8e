"""Spread the sources of a run over processes without changing its result.

Each process audits small batches of sources with an ``Auditor`` of its own.
Outcomes come back in the order of the sources, so the report is the same byte
for byte whatever the number of jobs.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stream_audit.audit import Auditor, Plan
    from stream_audit.model import Audited, Progress, Unreadable
    from stream_audit.recordings import Source

__all__ = ["spread"]

_BATCHES_PER_JOB = 8
_WAITING = 4
"""Batches handed out ahead per job: enough to keep every process busy, few enough to hold their results."""


def spread(
    auditor: Auditor, plan: Plan, sources: Sequence[Source], progress: Progress | None
) -> Iterator[Audited | Unreadable]:
    """Audit every source, in this process or in ``plan.jobs`` of them.

    Args:
        auditor: Does the work when one process is enough.
        plan: Handed to the other processes, which make auditors of their own.
        sources: In the order in which their outcomes are wanted.
        progress: Told the bytes read; with several processes a whole batch at a time.
    """
    jobs = min(plan.jobs, len(sources))
    if jobs <= 1:
        for source in sources:
            yield from auditor.audit(source, progress)
        return
    size = max(1, min(50, len(sources) // (jobs * _BATCHES_PER_JOB)))
    batches = [sources[i : i + size] for i in range(0, len(sources), size)]
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(jobs, mp_context=context, initializer=_start, initargs=(plan,))
    waiting: list[Future[tuple[list[Audited | Unreadable], int]]] = []
    try:
        for batch in batches:
            waiting.append(pool.submit(_audit, batch))
            if len(waiting) >= jobs * _WAITING:
                yield from _collect(waiting.pop(0), progress)
        while waiting:
            yield from _collect(waiting.pop(0), progress)
    except BaseException:
        for process in multiprocessing.active_children():
            process.terminate()
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _collect(
    future: Future[tuple[list[Audited | Unreadable], int]], progress: Progress | None
) -> Iterator[Audited | Unreadable]:
    outcomes, read = future.result()
    if progress is not None:
        progress(read)
    yield from outcomes


_auditor: Auditor | None = None
"""The auditor of this worker process; set once when it starts."""


def _start(plan: Plan) -> None:
    global _auditor
    import atexit

    from stream_audit.audit import Auditor

    _auditor = Auditor(plan)
    atexit.register(_auditor.close)


def _audit(sources: Sequence[Source]) -> tuple[list[Audited | Unreadable], int]:
    assert _auditor is not None
    read = 0

    def progress(count: int) -> None:
        nonlocal read
        read += count

    outcomes: list[Audited | Unreadable] = []
    for source in sources:
        outcomes.extend(_auditor.audit(source, progress))
    return outcomes, read
