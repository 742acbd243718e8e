"""A progress bar over bytes, on stderr, shown only when a run takes long enough to wonder."""

from __future__ import annotations

from time import monotonic
from types import TracebackType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

__all__ = ["Bar"]

_PATIENCE = 0.5
"""Seconds before the bar appears."""
_PACE = 0.1
"""Seconds between two looks of it."""


class Bar:
    """Told how many bytes there are and how many were read; draws, when ``shown``, without a thread."""

    def __init__(self, *, shown: bool) -> None:
        self._shown = shown
        self._total = 0
        self._read = 0
        self._next = monotonic() + _PATIENCE
        self._bar: Progress | None = None
        self._task: TaskID | None = None

    def sized(self, total: int) -> None:
        """Take note of how many bytes there are to read."""
        self._total = total

    def read(self, count: int) -> None:
        """Take note of ``count`` further bytes."""
        self._read += count
        if not self._shown or monotonic() < self._next:
            return
        self._next = monotonic() + _PACE
        if self._bar is None:
            self._start()
        if self._bar is not None and self._task is not None:
            self._bar.update(self._task, completed=self._read, total=self._total or None)
            self._bar.refresh()

    def _start(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

        self._bar = Progress(
            TextColumn("auditing"),
            BarColumn(bar_width=None),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
            auto_refresh=False,
        )
        self._task = self._bar.add_task("auditing", total=self._total or None)
        self._bar.start()

    def __enter__(self) -> Bar:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
