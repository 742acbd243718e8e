"""The reference fold from raw bytes to the response, against the floor and the peers that are installed.

Floor = 1.00 = split into lines and ``orjson.loads`` each. ``reading`` finds
the shape, splits responses and knows every line number; ``folding`` includes
it. Peers get payloads that ``orjson`` parsed, so their figure includes the floor.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import orjson

from benchmarks.streams import anthropic, chat
from benchmarks.timing import side_by_side, table
from stream_audit import recordings
from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Batch, End, Fold, Policies, Recording
from stream_audit.suspects import TEXTBOOKS


def run(*, quick: bool) -> None:
    streams, rounds = (40, 3) if quick else (200, 7)
    with tempfile.TemporaryDirectory() as folder:
        for title, lines in (
            ("openai-chat", [list(chat(i, 300)) for i in range(streams)]),
            ("openai-chat, padded", [list(chat(i, 300, padded=True)) for i in range(streams)]),
            ("anthropic-messages", [list(anthropic(i, 300)) for i in range(streams)]),
        ):
            paths = [Path(folder, f"{title}-{i}.jsonl") for i in range(streams)]
            for path, stream in zip(paths, lines, strict=True):
                path.write_bytes(b"\n".join(stream) + b"\n")
            name = title.partition(",")[0]
            seconds = side_by_side(_cases(name, paths, lines), rounds=rounds)
            sample = {case: value * (10 if case.endswith("*") else 1) for case, value in seconds.items()}
            table(title, sample, chunks=streams * 300)
    print("\n* measured on a tenth of the streams")


def _cases(name: str, paths: Sequence[Path], lines: list[list[bytes]]) -> dict[str, Callable[[], object]]:
    cases: dict[str, Callable[[], object]] = {
        "floor: split and orjson.loads": lambda: [floor(path) for path in paths],
        "reading": lambda: [read(path) for path in paths],
        "folding (reading included)": lambda: [fold(path) for path in paths],
        "textbook *": lambda: [textbook(name, stream) for stream in lines[::10]],
    }
    if name == "openai-chat" and importlib.util.find_spec("openai"):
        cases["openai ChatCompletionStreamState *"] = lambda: [openai(s) for s in lines[::10]]
    if name == "anthropic-messages" and importlib.util.find_spec("anthropic"):
        cases["anthropic accumulate_event *"] = lambda: [accumulate(s) for s in lines[::10]]
    return cases


def floor(path: Path) -> None:
    for line in path.read_bytes().split(b"\n"):
        if line:
            orjson.loads(line)


def read(path: Path) -> int:
    return sum(1 for source in recordings.find([str(path)]) for _ in recordings.read(source, DIALECTS))


def fold(path: Path) -> list[object]:
    folds: dict[Recording, Fold] = {}
    done: list[object] = []
    for source in recordings.find([str(path)]):
        for event in recordings.read(source, DIALECTS):
            if isinstance(event, Batch):
                if event.recording not in folds:
                    folds[event.recording] = dialect(event.recording.dialect or "").fold(Policies())
                folds[event.recording].add(event.items)
            elif isinstance(event, End):
                done.append(folds.pop(event.recording).finish(done=event.recording.done))
    return done


def textbook(name: str, lines: Iterable[bytes]) -> object:
    book = TEXTBOOKS[name]()
    for line in lines:
        book.add(orjson.loads(line))
    return book.result()


def openai(lines: Iterable[bytes]) -> object:
    from openai.lib.streaming.chat import ChatCompletionStreamState
    from openai.types.chat import ChatCompletionChunk

    state: Any = ChatCompletionStreamState()
    for line in lines:
        state.handle_chunk(ChatCompletionChunk.model_validate(orjson.loads(line)))
    return state.current_completion_snapshot


def accumulate(lines: Iterable[bytes]) -> object:
    from anthropic.lib.streaming._messages import accumulate_event
    from anthropic.types import RawMessageStreamEvent
    from pydantic import TypeAdapter

    adapter: Any = TypeAdapter(RawMessageStreamEvent)
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    for line in lines:
        event = adapter.validate_python(orjson.loads(line))
        snapshot = accumulate_event(event=event, current_snapshot=snapshot, json_bufs=buffers)
    return snapshot
