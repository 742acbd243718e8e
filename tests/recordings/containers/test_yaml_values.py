"""YAML is plain data: read as PyYAML's safe loader reads it, and bounded where that one is not."""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import pytest
import yaml
from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_audit.recordings.containers import yaml_values
from stream_audit.recordings.containers.yaml_values import Unreadable, YamlReader

texts = st.text(max_size=8) | st.sampled_from(
    ["a: b", "- x", "null", "1", "é😀", "a\n\nb\n", "\u2028", " x "]
)
leaves = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | texts | st.binary(max_size=9)
values = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=12,
)
LOADERS = {"in C": yaml.CSafeLoader, "in Python": yaml.SafeLoader}


@pytest.fixture(params=list(LOADERS.values()), ids=list(LOADERS))
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setattr(yaml_values, "LOADER", request.param)
    return request.param


def value_of(text: str | bytes) -> Any:
    return YamlReader().read(text if isinstance(text, bytes) else text.encode(), 1)


@settings(max_examples=200, deadline=None)
@given(
    value=values, style=st.sampled_from([None, "'", '"', "|", ">"]), width=st.sampled_from([20, 80, 10_000])
)
@example(value=["a\n b\n"], style="|", width=80)
@example(value={"\x85": None}, style=None, width=20)
def test_what_was_written_is_read(value: Any, style: str | None, width: int) -> None:
    text = yaml.dump(value, default_style=style, width=width, allow_unicode=True)
    reader = YamlReader()
    expected = yaml.safe_load(text)
    if style is None and "\x85" not in text:  # PyYAML writes that one so that it reads it as a blank
        assert expected == value
    assert reader.read(text.encode(), 1) == expected
    assert reader.damage == []


def test_both_parsers_say_the_same(loader: Any) -> None:
    text = "- a: &x [1, 'b', !!binary aGk=]\n  c: *x\n  d: |\n    e\n    f\n  g: ~\n  h: 1.5\n- true\n"
    assert value_of(text) == [
        {"a": [1, "b", b"hi"], "c": [1, "b", b"hi"], "d": "e\nf\n", "g": None, "h": 1.5},
        True,
    ]


def test_the_lines_of_a_literal_are_known(loader: Any) -> None:
    value = YamlReader().read(b"a: x\nb:\n  string: |\n    one\n    two\n", 10)["b"]["string"]
    assert isinstance(value, yaml_values.Literal)
    assert (value, value.line) == ("one\ntwo\n", 13)


def test_an_alias_may_name_what_stands_in_an_earlier_document() -> None:
    reader = YamlReader()
    reader.read(b"- a: &id001\n  - x\n", 1)
    assert reader.read(b"- b: *id001\n", 3) == [{"b": ["x"]}]


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(['*' + before] * 9)}]\n"
    for before, name in zip("abcdefghi", "bcdefghij", strict=True)
)


def test_a_bomb_of_aliases_stays_small(loader: Any) -> None:
    started = time.perf_counter()
    value = value_of(BOMB)
    assert time.perf_counter() - started < 1
    assert value["j"][0] is value["i"]


UNREADABLE = {
    "an alias to itself": ("- &a [*a]", 1, "an alias to what it stands in"),
    "an alias to itself further in": ("- &a\n  b:\n    - c: *a", 3, "an alias to what it stands in"),
    "an alias to nothing": ("a:\n  *b", 2, "an alias to what is not known here"),
    "nesting": ("\n" + "[" * 500 + "]" * 500, 2, "nested more than 200 levels deep"),
    "nesting of mappings": ("".join(" " * n + "a:\n" for n in range(300)), 201, "nested more than"),
    "a key that is a list": ("? [a]\n: b", 1, "a key that is a list or a mapping"),
    "nothing": ("# only this\n", 1, "holds nothing"),
    "a tab": ("a:\n\t- b", 2, "not YAML"),
    "two values": ("a: b: c", 1, "not YAML"),
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_what_cannot_be_read_is_said_with_its_line(loader: Any, name: str) -> None:
    text, line, message = UNREADABLE[name]
    with pytest.raises(Unreadable) as caught:
        value_of(text)
    assert message in caught.value.message
    assert (caught.value.line, caught.value.unended) == (line, False)


@pytest.mark.parametrize("text", ['- a: "x', "- a: 'x\n  y", "- a: [1, 2", "- {a: b"])
def test_a_document_that_ends_early_says_so(loader: Any, text: str) -> None:
    with pytest.raises(Unreadable) as caught:
        value_of(text)
    assert caught.value.unended


def test_more_values_than_a_recording_could_have_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_values, "_MOST", 1_000)
    with pytest.raises(Unreadable, match="more than 1,000 values"):
        value_of("- 1\n" * 1_001)


def test_what_aliases_may_name_is_forgotten_when_it_is_too_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_values, "_KEPT", 100)
    reader = YamlReader()
    reader.read(b"- &a " + b"x" * 200, 1)
    with pytest.raises(Unreadable, match="not known here"):
        reader.read(b"- *a", 2)


TAGS = [
    "!!python/object/apply:os.system ['touch /tmp/pwned']",
    "!!python/object:os.path.join {a: b}",
    "!!python/name:os.system ''",
    "!!python/module:os ''",
    "!mine text",
]


@pytest.mark.parametrize("tag", TAGS)
def test_a_tag_makes_nothing_and_is_said_once(loader: Any, tag: str) -> None:
    reader = YamlReader()
    value = reader.read(f"- a: {tag}\n  b: {tag}\n".encode(), 7)
    assert isinstance(value[0]["a"], str | list | dict)
    assert [(one.rule, one.line) for one in reader.damage] == [("yaml-tag-refused", 7)]
    assert tag.partition(" ")[0] in reader.damage[0].message


def test_text_that_old_writers_tagged_is_text() -> None:
    reader = YamlReader()
    assert reader.read(b"- !!python/unicode 'a'\n- !!str 1\n- !!python/tuple [1]\n", 1) == ["a", "1", [1]]
    assert reader.damage == []


def test_a_key_that_stands_there_twice_is_said() -> None:
    reader = YamlReader()
    assert reader.read(b"a: 1\nb: 2\na: 3\n", 1) == {"a": 3, "b": 2}
    assert [one.rule for one in reader.damage] == ["interaction-broken"]


def test_bytes_that_yaml_does_not_take_come_back_as_they_were(loader: Any) -> None:
    reader = YamlReader()
    value = reader.read(b"- a\n- b: caf\xe9 \x01\x7f \xef\xbb\xbf!\n", 1)
    assert value[1]["b"].encode("utf-8", "surrogateescape") == b"caf\xe9 \x01\x7f \xef\xbb\xbf!"
    assert [(one.rule, one.line) for one in reader.damage] == [("invalid-utf8", 2)]
    assert reader.read(b"- \xc3\xa9", 3) == ["é"]
    assert reader.damage == []


@settings(max_examples=300, deadline=None)
@given(
    data=st.binary(max_size=80) | st.text("-:?&*!|>'\"%@`{}[], \n#ab\\u0", max_size=80).map(str.encode),
    loader=st.sampled_from(list(LOADERS.values())),
)
@example(data=b'"\\UFFFFFFFF"', loader=yaml.SafeLoader)
@example(data=b'"\\uD800"', loader=yaml.SafeLoader)
@example(data=b"!<tag:yaml.org,2002:binary> {a: b}", loader=yaml.CSafeLoader)
def test_nothing_raises_anything_else(data: bytes, loader: Any) -> None:
    before, yaml_values.LOADER = yaml_values.LOADER, loader
    try:
        YamlReader().read(data, 1)
    except Unreadable as error:
        line, message = error.line, error.message
    else:
        line, message = 1, "read"
    finally:
        yaml_values.LOADER = before
    assert message
    assert 1 <= line <= 1 + data.count(b"\n") + data.count(b"\r")


def test_yaml_is_not_imported_before_a_cassette_is_met() -> None:
    code = "import sys, stream_audit.recordings, stream_audit.audit; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
