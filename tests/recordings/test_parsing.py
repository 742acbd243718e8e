from __future__ import annotations

from hypothesis import example, given, settings
from hypothesis import strategies as st

from stream_audit.recordings.parsing import DEEPEST, objects, parse

SHARDS = st.sampled_from(
    [
        b'{"a":"b"}',
        b"{}",
        b'{"a":"',
        b'"}',
        b'{"a":[',
        b"]}",
        b",",
        b" ",
        b"1",
        b"\\",
        b'{"a":18446744073709551616}',
        b'{"a":' + b"[" * DEEPEST + b"]" * DEEPEST + b"}",
    ]
)
LINES = st.lists(SHARDS, max_size=3).map(b"".join)


@settings(max_examples=500, deadline=None)
@given(st.lists(LINES, min_size=1, max_size=4))
@example([b'{"a":"', b'"}', b"{},{}"])
@example([b'{"a":[{}', b"{}]}", b"{},{}"])
def test_objects_that_are_parsed_together_are_what_each_is_alone(lines: list[bytes]) -> None:
    alone = [parse(line) for line in lines]
    clean = all(type(value) is dict and flaw is None for value, flaw in alone)
    assert objects(lines) == ([value for value, _ in alone] if clean else None)
