from __future__ import annotations

from pathlib import Path

import pytest

from stream_audit.cli.settings import KEYS, check_variables, find_settings, read_settings
from stream_audit.errors import UsageError


def written(folder: Path, text: str) -> Path:
    path = folder / "pyproject.toml"
    path.write_text(text)
    return path


def test_the_nearest_file_above_counts(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)

    assert find_settings(inner) == path


def test_a_file_without_the_table_sets_nothing(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "[tool.ruff]\nline-length = 3\n")) == {}


def test_dashes_and_underscores_are_the_same(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "[tool.stream-audit]\nfail_on = 'note'\n")) == {"fail_on": "note"}


def test_a_single_value_is_a_list_where_several_may_stand(tmp_path: Path) -> None:
    assert read_settings(written(tmp_path, "[tool.stream-audit]\ncandidate = 'm:f'\n")) == {
        "candidate": ["m:f"]
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("jobs = 'many'", "jobs .* must be a whole number"),
        ("jobs = true", "jobs .* must be a whole number"),
        ("strict = 1", "strict .* must be true or false"),
        ("candidate = [1]", "candidate .* must be a string or a list"),
        ("timeout = 'x'", "timeout .* must be a number"),
        ("formt = 'json'", r"pyproject.toml called 'formt'. Did you mean format"),
        ("[[", "is not TOML"),
    ],
)
def test_a_wrong_setting_names_the_file_and_the_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        read_settings(written(tmp_path, f"[tool.stream-audit]\n{text}\n"))


def test_a_table_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="must be a table"):
        read_settings(written(tmp_path, "[tool]\nstream-audit = 3\n"))


def test_every_option_has_a_variable() -> None:
    names = [key.parameter.upper() for key in KEYS]

    check_variables([*(f"STREAM_AUDIT_{name}" for name in names), "STREAM_AUDIT_CONFIG", "PATH", "STREAM"])


def test_the_variable_that_shows_tracebacks_is_known() -> None:
    check_variables(["STREAM_AUDIT_TRACEBACK"])


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("STREAM_AUDIT_TIMOUT", "STREAM_AUDIT_TIMOUT sets nothing. Did you mean STREAM_AUDIT_TIMEOUT[?]"),
        ("STREAM_AUDIT_timeout", "Did you mean STREAM_AUDIT_TIMEOUT[?]"),
        ("STREAM_AUDIT_ZZ", "STREAM_AUDIT_ZZ sets nothing. Known: .*TRACEBACK"),
        ("STREAM_AUDIT_", "sets nothing"),
    ],
)
def test_a_variable_that_sets_nothing_is_named(name: str, said: str) -> None:
    with pytest.raises(UsageError, match=said):
        check_variables([name])
