"""How streams are shuffled and cut for the laws that hold in every dialect."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from hypothesis import strategies as st

from stream_audit.model import Payload

__all__ = ["cut_in_two", "interleaved", "taking_turns"]


@st.composite
def taking_turns(draw: st.DrawFn, queues: Sequence[Sequence[Payload]]) -> list[Payload]:
    """The chunks of several queues in an order that keeps each queue's own."""
    rest, mixed = [list(queue) for queue in queues], list[Payload]()
    while any(rest):
        mixed.append(draw(st.sampled_from([queue for queue in rest if queue])).pop(0))
    return mixed


@st.composite
def interleaved(draw: st.DrawFn, made: Sequence[Sequence[Payload]]) -> list[Payload]:
    """Chunks of several blocks in an order that keeps each block's own and the order of opening."""
    return [*(block[0] for block in made), *draw(taking_turns([block[1:] for block in made]))]


@st.composite
def cut_in_two(
    draw: st.DrawFn, items: Sequence[Payload], echo: Callable[[Payload], str | None]
) -> list[Payload]:
    """The chunks, each whose text an echo could take cut in two somewhere in that text."""
    cut: list[Payload] = []
    for item in items:
        text = echo(item)
        if text is None:
            cut.append(item)
            continue
        at = draw(st.integers(0, len(text)))
        whole, quoted = json.dumps(item), json.dumps(text)
        cut += [json.loads(whole.replace(quoted, json.dumps(half))) for half in (text[:at], text[at:])]
    return cut
