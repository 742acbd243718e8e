"""Lines: the same however the bytes are cut into blocks, and none of them too long to be held."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from stream_audit.recordings.lines import BOM, lines

LONGEST = 8
TEXTS = st.lists(st.sampled_from([b"a", b"bcd", b"\n", b"\r\n", b"\r", b"0123456789", b"\xe2\x80\xa8"]))


def told(blocks: list[bytes]) -> tuple[dict[int, bytes], list[int], bool]:
    """The lines by number, the numbers of those that are too long, and whether the last has no end."""
    texts: dict[int, bytes] = {}
    skipped, unended = [], False
    for part in lines(blocks, LONGEST):
        texts |= dict(enumerate(part.texts, part.first))
        skipped += [part.too_long] if part.too_long else []
        unended = part.unended
    return texts, skipped, unended


@given(pieces=TEXTS, cuts=st.lists(st.integers(0, 60)), marked=st.booleans())
def test_lines_are_what_stands_between_line_ends_wherever_blocks_are_cut(
    pieces: list[bytes], cuts: list[int], marked: bool
) -> None:
    text = b"".join(pieces)
    every = re.split(rb"\r\n|\n|\r", text)
    rest = every.pop()
    numbered = [*enumerate(every, 1), *([(len(every) + 1, rest)] if rest else [])]
    whole = BOM * marked + text
    at = sorted({min(cut, len(whole)) for cut in cuts})
    blocks = [whole[start:stop] for start, stop in zip([0, *at], [*at, len(whole)], strict=True)]

    texts, skipped, unended = told(blocks)

    assert texts == {number: line for number, line in numbered if len(line) <= LONGEST}
    assert skipped == [number for number, line in numbered if len(line) > LONGEST]
    assert unended == (0 < len(rest) <= LONGEST)
