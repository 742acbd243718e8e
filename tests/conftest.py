"""What holds for every test."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from stream_audit.corridor import rerun

# How fast a machine is, and what else it does, is no law of ours. A pipeline sees the same examples each
# time, so that it fails for a change and not by chance; whoever runs the tests by hand looks for new ones.
settings.register_profile(
    "any machine",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=bool(os.environ.get("CI")),
)
settings.load_profile("any machine")


@pytest.fixture(autouse=True, scope="session")
def programs_compile_their_modules_once(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Where nothing may be kept beside the sources, what tests start keeps it in a folder of the test run."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with pytest.MonkeyPatch.context() as patch:
        if os.environ.get("PYTHONDONTWRITEBYTECODE"):
            patch.delenv("PYTHONDONTWRITEBYTECODE")
            patch.setenv("PYTHONPYCACHEPREFIX", str(shared / "compiled"))
        yield


@pytest.fixture(autouse=True, scope="session")
def what_failed_in_a_test_is_not_kept_for_the_user(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    states = tmp_path_factory.mktemp("states")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rerun, "folder", lambda: states)
        yield
