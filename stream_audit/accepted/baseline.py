"""Known findings: those a team has looked at and accepted, so that only new ones fail.

A finding is known again by its id (:mod:`stream_audit.fingerprint`), which survives
moved lines and renamed folders. What is no longer met is gone only where it was looked for.
"""

from __future__ import annotations

import datetime
import os
import stat
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from stream_audit.accepted.entry import Entry, parsed, written
from stream_audit.accepted.locking import locked
from stream_audit.accepted.writing import write
from stream_audit.errors import UsageError
from stream_audit.model import Audited, Finding, Subject

__all__ = ["Baseline"]

_LARGEST = 256 * 2**20


Sought = Callable[[Entry], bool]
"""Whether a run looked for what an entry accepts."""


def _everything(_: Entry) -> bool:
    return True


class Baseline:
    """The accepted findings of one file, and what a run met of them.

    Args:
        path: The file.
        entries: What it holds.
        today: Expired entries no longer accept anything.
        subject: What the run judges.
    """

    def __init__(
        self, path: Path, entries: Sequence[Entry], today: datetime.date, subject: Subject = "candidates"
    ) -> None:
        self.path = path
        self._entries = {entry.id: entry for entry in entries}
        self._today = today.isoformat()
        self._subject = subject
        self._seen: dict[str, Entry] = {}
        """What this run met, each as an entry of today."""
        self._overlooked: set[str] = set()
        """What this run met and was told not to count."""
        self._answered: set[tuple[str, str]] = set()
        """Content and candidate of every recording to which the candidate gave an answer; without a
        candidate: of every stream that was linted."""
        self.accepted = 0
        """Findings of this run that are known."""

    @classmethod
    def read(
        cls, path: Path, today: datetime.date, *, missing: bool = False, subject: Subject = "candidates"
    ) -> Baseline:
        """Read a baseline.

        Args:
            path: The file.
            today: The day of the run.
            missing: A file that does not exist is an empty baseline, because it is about to be written.
            subject: What the run judges.

        Raises:
            UsageError: It does not exist, is damaged, or was written by a newer version.
        """
        try:
            about = path.stat()
            if not stat.S_ISREG(about.st_mode):
                raise UsageError(f"The baseline {path} cannot be read: it is no file.")
            if about.st_size > _LARGEST:
                raise UsageError(f"The baseline {path} is too large: more than 256 MiB.")
            text = path.read_text("utf-8")
        except FileNotFoundError:
            if missing:
                return cls(path, (), today, subject)
            raise UsageError(f"There is no baseline {path}; --baseline-update writes it.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"The baseline {path} cannot be read: {error}.") from None
        return cls(path, parsed(path, text), today, subject)

    def mark(self, audited: Audited) -> Audited:
        """The same, with every finding that is known marked so."""
        for result in audited.candidates:
            if result.status in ("same", "differ"):  # whoever gave no answer has shown nothing to be gone
                self._answered.add((audited.content, result.name))
        if self._subject == "streams":
            self._answered.add((audited.content, ""))
        return replace(audited, findings=tuple(self._marked(f, audited) for f in audited.findings))

    def _marked(self, finding: Finding, audited: Audited) -> Finding:
        if not finding.id or not finding.about(self._subject):
            return finding
        known = self._entries.get(finding.id)
        self._seen[finding.id] = self._entry(finding, audited, known)
        if known is None or (known.expires and known.expires < self._today):
            return finding
        self.accepted += 1
        return replace(finding, baselined=True)

    def overlook(self, finding: Finding) -> None:
        """Take note of a finding that does not count: it is neither accepted nor gone."""
        self._overlooked.add(finding.id)

    def _entry(self, finding: Finding, audited: Audited, known: Entry | None) -> Entry:
        return Entry(
            id=finding.id,
            rule=finding.rule,
            candidate=finding.candidate or "",
            field=finding.field or "",
            recording=audited.recording.id,
            content=audited.content,
            reason=known.reason if known else "",
            first_seen=known.first_seen if known else self._today,
            last_seen=self._today,
            expires=known.expires if known else "",
        )

    def stale(self, sought: Sought = _everything) -> list[Entry]:
        """Entries that were looked for in an answer to their recording, and that were not met.

        Args:
            sought: Whether the run looked for an entry at all.
        """
        return [entry for entry in self._entries.values() if self._gone(entry, sought)]

    def _gone(self, entry: Entry, sought: Sought) -> bool:
        met = entry.id in self._seen or entry.id in self._overlooked
        return not met and (entry.content, entry.candidate) in self._answered and sought(entry)

    def expired(self) -> list[Entry]:
        """Entries that this run met and that accept nothing any more."""
        met = (self._entries[id] for id in self._seen if id in self._entries)
        return [entry for entry in met if entry.expires and entry.expires < self._today]

    def save(
        self, *, update: bool, prune: bool, say: Callable[[str], None], sought: Sought = _everything
    ) -> int:
        """Write what this run met into the file, as it is by now.

        Args:
            update: Accept every finding that was met; those that expired are accepted anew, for good.
            prune: Drop what is stale.
            say: Told when another run has the file and this one waits.
            sought: As in :meth:`stale`.

        Returns:
            How many entries the file now has.

        Raises:
            UsageError: It cannot be written, or became unreadable.
        """
        with locked(self.path, say):
            now = Baseline.read(self.path, datetime.date.fromisoformat(self._today), missing=True)._entries
            if update:
                for id, met in self._seen.items():
                    expires = "" if met.expires < self._today else met.expires
                    now[id] = replace(met, expires=expires)
            if prune:
                now = {id: entry for id, entry in now.items() if not self._gone(entry, sought)}
            write(Path(os.path.realpath(self.path)), written(now.values()))  # a link stays one
        return len(now)
