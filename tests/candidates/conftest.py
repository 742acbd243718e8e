from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from textwrap import dedent
from typing import Any

import pytest

from stream_audit.candidates import ChildCandidate, open_candidate, parse

Open = Callable[..., ChildCandidate]


def chunk(content: str | None = None, *, finish: str | None = None, **top: Any) -> bytes:
    delta: dict[str, Any] = {} if content is None else {"content": content}
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    return json.dumps({"id": "c1", "object": "chat.completion.chunk", "choices": [choice], **top}).encode()


HELLO = [chunk("Hel"), chunk("lo"), chunk(finish="stop")]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Open]:
    """Write a candidate's source to a file and open ``callable`` in it; all are closed at the end."""
    made: list[ChildCandidate] = []

    def make(source: str, name: str = "combine", *, timeout: float = 5.0, **options: Any) -> ChildCandidate:
        path = tmp_path / "mine.py"
        path.write_text(dedent(source))
        candidate = open_candidate(parse(f"{path}:{name}"), timeout=timeout, **options)
        made.append(candidate)
        return candidate

    yield make
    for candidate in made:
        candidate.close()
