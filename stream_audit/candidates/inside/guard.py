"""No process is left behind: a guard that outlives the candidate and ends everything it started.

On POSIX the process that the parent starts forks before anything of the
candidate is loaded. The child of that fork is the worker, in a session of its
own. The guard waits until the worker ends, or the parent does (its end of the
request pipe closes, however it died) or asks for the end (``SIGTERM``). Then it
kills the worker's group and whatever else the candidate left, and ends the way
the worker ended.

Linux hands orphans to the guard (``PR_SET_CHILD_SUBREAPER``), so that even a
grandchild in another session is found. Elsewhere the process group is what
can be found. Where there is no ``fork`` the worker runs unguarded and watches
the request pipe alone.
"""

from __future__ import annotations

import ctypes
import os
import select
import signal
import sys
import time

_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_SWEEP_SECONDS = 2.0


def split() -> None:
    """Return in the worker only; the guard stays in here and never returns."""
    if sys.platform == "win32" or not hasattr(os, "fork"):
        return
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)
    guard = os.getpid()
    worker = os.fork()
    if worker:
        try:
            status = _wait(worker)
            _sweep(worker)
        except BaseException:  # noqa: BLE001 - the guard's last act must happen whatever went wrong
            _kill(worker)
            os._exit(70)
        _end_like(status)
    os.setsid()
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != guard:
        os._exit(0)
    _prefer_me_when_memory_runs_out()


def end_all() -> None:
    """Kill the worker's own group: the parent is gone and no guard may be there to do it."""
    if sys.platform == "win32" or not hasattr(os, "killpg"):
        os._exit(1)
    os.killpg(os.getpgrp(), signal.SIGKILL)


def _wait(worker: int) -> int:
    """Wait for the worker or the parent to end; returns the worker's wait status."""
    wake, woken = os.pipe()
    os.set_blocking(woken, False)
    signal.signal(signal.SIGCHLD, lambda *_: None)
    signal.set_wakeup_fd(woken, warn_on_full_buffer=False)
    for ignored in (signal.SIGINT, signal.SIGHUP):
        signal.signal(ignored, signal.SIG_IGN)
    asked: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _: asked.append(number))
    os.close(1)
    poll = select.poll()
    poll.register(0, 0)  # nothing asked for: only the hang-up of the parent's end is reported
    poll.register(wake, select.POLLIN)
    while True:
        ended, status = os.waitpid(worker, os.WNOHANG)
        if ended:
            return status
        descriptors = [descriptor for descriptor, _ in poll.poll()]
        if wake in descriptors:
            os.read(wake, 512)
        if asked or 0 in descriptors:
            _kill(worker)
            return os.waitpid(worker, 0)[1]


def _kill(worker: int) -> None:
    for end in (os.killpg, os.kill):
        try:
            end(worker, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            continue


def _sweep(worker: int) -> None:
    """Kill what the worker left: first its group, then every orphan that came to the guard."""
    _kill(worker)
    until = time.monotonic() + _SWEEP_SECONDS
    while time.monotonic() < until:
        for child in _children():
            try:
                os.kill(child, signal.SIGKILL)
            except (ProcessLookupError, PermissionError):
                continue
        try:
            ended, _ = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return
        if not ended:
            time.sleep(0.002)


def _children() -> list[int]:
    try:
        with open(f"/proc/self/task/{os.getpid()}/children", encoding="ascii") as listing:
            return [int(word) for word in listing.read().split()]
    except OSError:
        return []


def _end_like(status: int) -> None:
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        _no_core_dump()
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status) & 0xFF)


def _no_core_dump() -> None:
    import resource

    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _prctl(option: int, value: int) -> None:
    if sys.platform != "linux":
        return
    try:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (OSError, AttributeError):
        return


def _prefer_me_when_memory_runs_out() -> None:
    try:
        with open("/proc/self/oom_score_adj", "w", encoding="ascii") as score:
            score.write("1000")
    except OSError:
        return
