"""What a container holds is read in bounded memory: an interaction at a time, and none that is a monster."""

from __future__ import annotations

import json
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from stream_audit.model import Batch, Problem
from stream_audit.recordings import Source, parsing, read
from tests.recordings.containers.made import WRITERS, in_yaml, interaction
from tests.recordings.doubles import DOUBLES

MIB = 2**20


def measured(work: Callable[[], Any]) -> tuple[Any, int]:
    """What some work gives, and the most memory that Python held meanwhile."""
    tracemalloc.start()
    try:
        return work(), tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def said(path: Path) -> list[str]:
    """Recordings and findings of a file, without the notes."""
    words: dict[str, None] = {}
    for event in read(Source(str(path)), DOUBLES):
        if isinstance(event, Batch):
            words[event.recording.id.rpartition("#")[2]] = None
        elif isinstance(event, Problem) and event.line:
            words[event.rule] = None
    return list(words)


@pytest.mark.slow
@pytest.mark.parametrize("name", WRITERS)
def test_an_interaction_of_100_megabytes_is_skipped_and_the_rest_audited(tmp_path: Path, name: str) -> None:
    path = tmp_path / "container"
    content = WRITERS[name](interaction(), interaction("data: 9876543210\n\n"), interaction()).decode()
    filler = "{} " * 350_000 + "\n        " if name == "yaml" else "data: {}\\n\\n" * 100_000
    with path.open("w") as file:
        before, behind = content.split("9876543210")
        file.write(before)
        for _ in range(100):
            file.write(filler)
        file.write(behind)

    words, memory = measured(lambda: said(path))

    assert words == ["interaction-too-long", "interaction-1", "interaction-3"]
    assert memory < 150 * MIB


@pytest.mark.slow
def test_a_cassette_of_many_interactions_is_not_held(tmp_path: Path) -> None:
    path = tmp_path / "container"
    head, item = in_yaml(interaction(asked=None)).removesuffix(b"version: 1\n").split(b"\n", 1)
    path.write_bytes(head + b"\n" + item * 2_000)
    words, memory = measured(lambda: said(path))
    assert len(words) == 2_000
    assert memory < 10 * MIB


@pytest.mark.slow
def test_a_body_that_is_a_bomb_is_unpacked_in_blocks(tmp_path: Path) -> None:
    path = tmp_path / "container"
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(b" " * MIB) for _ in range(300)) + packer.flush()
    path.write_bytes(in_yaml(interaction(packed), interaction()))
    words, memory = measured(lambda: said(path))
    assert words == ["line-too-long", "interaction-2"]
    assert memory < 60 * MIB


def test_brackets_are_counted_in_memory_in_proportion_to_the_text() -> None:
    text = json.dumps([{}] * 300 + ['"\\' * 200_000]).encode()
    deep, memory = measured(lambda: parsing._deep(text))
    assert not deep
    assert memory < 3 * len(text)
