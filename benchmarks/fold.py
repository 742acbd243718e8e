"""The reference fold from raw bytes to the response, against the floor and the peers that are installed.

Floor = 1.00 = split into lines and ``orjson.loads`` each. All read one folder
with a file for each stream. ``reading`` finds the files and the shape, splits
responses and knows every line number; ``folding`` includes it. Peers get payloads
that ``orjson`` parsed, so their figure includes the floor.
"""

from __future__ import annotations

import importlib.util
import tempfile
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from benchmarks.streams import (
    anthropic,
    chat,
    cohere,
    converse,
    events,
    gemini,
    jsonl,
    ollama,
    responses,
    restless,
    ui_message,
    writer,
)
from benchmarks.timing import ratio, side_by_side, table
from stream_audit import recordings
from stream_audit.dialects import DIALECTS, dialect
from stream_audit.model import Batch, End, Fold, Policies, Recording
from stream_audit.suspects import TEXTBOOKS

FLOOR, FOLDING = "floor: split and orjson.loads", "folding (reading included)"
KINDS: dict[str, Callable[[int, int], Iterator[bytes]]] = {
    "openai-chat": chat,
    "openai-chat, padded": partial(chat, padded=True),
    "openai-chat, no two alike": lambda number, chunks: restless(chat(number, chunks)),
    "openai-responses": responses,
    "openai-responses, unpadded": partial(responses, padded=False),
    "anthropic-messages": anthropic,
    "bedrock-converse": converse,
    "bedrock-converse, padded": partial(converse, padded=True),
    "cohere-v2": cohere,
    "ollama": ollama,
    "ai-sdk-stream-python": writer,
    "ai-sdk-ui": ui_message,
    "gemini": gemini,
    "anthropic-messages, no two alike": lambda number, chunks: restless(anthropic(number, chunks)),
}


FORMS = {"JSONL": ("jsonl", jsonl, 300), "SSE": ("sse", events, 300), "JSONL, long": ("jsonl", jsonl, 3000)}
"""The ending of its file, how a stream is written, and its chunks. What files cost shows in short ones."""


def run(*, quick: bool) -> None:
    chunks, rounds = (12_000, 3) if quick else (60_000, 9)
    summary = []
    with tempfile.TemporaryDirectory() as folder:
        for kind, stream in KINDS.items():
            name = kind.partition(",")[0]
            times = []
            for form, (ending, write, size) in FORMS.items():
                lines = [list(stream(number, size)) for number in range(chunks // size)]
                recorded = Path(folder, f"{kind}, {form}")
                recorded.mkdir()
                for number, one in enumerate(lines):
                    Path(recorded, f"{number:03}.{ending}").write_bytes(write(one))
                peers = lines[::10] if form == "JSONL" and kind == name else []
                cases = _cases(name, recorded, peers)
                seconds = side_by_side(cases, rounds=rounds)
                counts = {case: size * len(peers) if case.endswith("*") else chunks for case in cases}
                table(f"{kind}, {form}", seconds, chunks=counts)
                times.append(ratio(seconds[FOLDING], seconds[FLOOR]))
            summary.append(f"  {kind:<40} " + " ".join(f"{time:>12.2f}" for time in times))
    print("\n* measured on a tenth of the streams")
    print("\nfold, summary: folding from raw bytes, times the floor")
    print(f"  {'files of 300 chunks, long ones of 3,000':<40} " + " ".join(f"{form:>12}" for form in FORMS))
    print("\n".join(summary))


def _cases(name: str, recorded: Path, peers: list[list[bytes]]) -> dict[str, Callable[[], object]]:
    cases: dict[str, Callable[[], object]] = {
        FLOOR: lambda: floor(recorded),
        "reading": lambda: read(recorded),
        FOLDING: lambda: fold(recorded),
    }
    if peers:
        cases["textbook *"] = lambda: [textbook(name, stream) for stream in peers]
    if peers and name == "openai-chat" and importlib.util.find_spec("openai"):
        cases["openai ChatCompletionStreamState *"] = lambda: [openai(stream) for stream in peers]
    if peers and name == "anthropic-messages" and importlib.util.find_spec("anthropic"):
        cases["anthropic accumulate_event *"] = lambda: [accumulate(stream) for stream in peers]
    return cases


def floor(recorded: Path) -> None:
    for path in sorted(recorded.iterdir()):
        for line in path.read_bytes().split(b"\n"):
            if line.startswith(b"{"):
                orjson.loads(line)
            elif line.startswith(b"data: {"):
                orjson.loads(line[6:])


def read(recorded: Path) -> int:
    return sum(1 for source in recordings.find([str(recorded)]) for _ in recordings.read(source, DIALECTS))


def fold(recorded: Path) -> list[object]:
    folds: dict[Recording, Fold] = {}
    done: list[object] = []
    for source in recordings.find([str(recorded)]):
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
