"""The pytest plugin: every recording under ``--stream-audit PATH`` is a test of each candidate.

Loaded by pytest in every run of an environment that has stream-audit, so it
imports nothing of the package before it is asked for something.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from stream_audit.audit import Plan
    from stream_audit.recordings import Source
    from stream_audit.testing.audits import Outcomes, StreamAudit

_LONGEST = 300
"""Characters of a name: that of a stream is recorded text."""
_OUTCOMES: pytest.StashKey[Outcomes] = pytest.StashKey()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add ``--stream-audit`` and what belongs to it."""
    group = parser.getgroup("stream-audit", "recorded LLM streams as tests")
    group.addoption(
        "--stream-audit",
        action="append",
        default=[],
        dest="stream_audit_paths",
        metavar="PATH",
        help="Test every recording in this file, folder or glob; may be repeated.",
    )
    group.addoption(
        "--stream-audit-candidate",
        action="append",
        default=[],
        dest="stream_audit_candidates",
        metavar="[LABEL=]SPEC",
        help="The combiner under test, by default that of [tool.stream-audit]; may be repeated.",
    )


def pytest_collection_modifyitems(
    session: pytest.Session, config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Append an item for each recording and candidate."""
    paths = config.getoption("stream_audit_paths")
    if paths:
        items.extend(
            _Recordings.from_parent(session, name="stream-audit", nodeid="stream-audit").gathered(paths)
        )


def pytest_unconfigure(config: pytest.Config) -> None:
    """End the candidates' processes."""
    outcomes = config.stash.get(_OUTCOMES, None)
    if outcomes is not None:
        outcomes.close()


@pytest.fixture(scope="session")
def stream_audit(pytestconfig: pytest.Config) -> StreamAudit:
    """Fold recordings by the reference, and hold combiners to it."""
    from stream_audit.testing.audits import StreamAudit

    return StreamAudit(_plan(pytestconfig))


class RecordingDiffers(Exception):
    """A candidate does not fold a recording as the reference does."""


class _Recordings(pytest.Collector):
    """The parent of all recordings."""

    def collect(self) -> list[pytest.Item]:
        """Nothing by itself: see :meth:`gathered`."""
        return []

    def gathered(self, paths: list[str]) -> Iterator[pytest.Item]:
        """An item for each recording and candidate.

        Raises:
            pytest.UsageError: A path or candidate does not exist, or no candidate was named.
        """
        from stream_audit import recordings
        from stream_audit.errors import StreamAuditError
        from stream_audit.reports.printable import brief
        from stream_audit.testing.audits import Outcomes, places

        found = False
        try:
            outcomes = self.config.stash[_OUTCOMES] = Outcomes(_plan(self.config))
            if not outcomes.candidates:
                raise pytest.UsageError("--stream-audit needs --stream-audit-candidate SPEC.")
            for source in recordings.find(paths):
                found = found or not source.barren
                for place, line in places(source, outcomes.dialect, strict=outcomes.strict):
                    for candidate in outcomes.candidates:
                        yield RecordingItem.from_parent(
                            self,
                            name=f"{brief(place, _LONGEST)}[{brief(candidate, _LONGEST)}]",
                            source=source,
                            place=place,
                            line=line,
                            candidate=candidate,
                        )
        except StreamAuditError as error:
            raise pytest.UsageError(str(error)) from None
        if not found:
            raise pytest.UsageError(f"--stream-audit: there is no recording in {', '.join(paths)}.")


class RecordingItem(pytest.Item):
    """One recording, one candidate."""

    def __init__(self, *, source: Source, place: str, line: int, candidate: str, **rest: Any) -> None:
        super().__init__(**rest)
        self._source = source
        self._place = place
        self._line = line
        self._candidate = candidate

    def runtest(self) -> None:
        """Audit the recording; the other recordings of its file are audited with it."""
        from stream_audit.testing.audits import judged

        outcomes = self.config.stash[_OUTCOMES]
        outcome = outcomes.of(self._source)[self._place]
        verdict = judged(outcome, self._candidate, outcomes.fail_on, strict=outcomes.strict)
        if not verdict.passed:
            raise RecordingDiffers(f"{verdict.headline}\n\n{verdict.table}")

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """The table of the command line, below the line that pytest repeats in its summary."""
        if isinstance(excinfo.value, RecordingDiffers):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[str, int, str]:
        """Where it stands; with a blank, because pytest would take the dots of its name for classes."""
        from stream_audit.reports.printable import brief, printable

        shown = f"{brief(self._place, _LONGEST)} [{brief(self._candidate, _LONGEST)}]"
        return printable(self._source.path), self._line - 1, shown


def _plan(config: pytest.Config) -> Plan:
    """What the settings file and the options ask for."""
    from stream_audit.cli.plan import make_plan
    from stream_audit.cli.settings import find_settings, read_settings

    found = find_settings(config.rootpath)
    settings = read_settings(found) if found is not None else {}
    named = config.getoption("stream_audit_candidates")
    return make_plan((), {**settings, **({"candidate": named} if named else {})})
