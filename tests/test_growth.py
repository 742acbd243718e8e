"""A candidate whose time per chunk grows with the stream is found; what was not measured is said."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from stream_audit import dialects
from stream_audit.corridor.growth import GROWS, STEADY, Grown, check_growth
from stream_audit.dialects import lengthening
from stream_audit.model import EVERYTHING, Observation, Policies, Response
from tests.runs import FIXTURES, HELLO, audit, chunk, combiner, write

RAWS = [json.dumps(one).encode() for one in HELLO]
TIMEOUT = 10.0


class Clocked:
    """A candidate whose seconds are made up: a function of the number of chunks and of the runs so far."""

    name = "clocked"
    scope = EVERYTHING

    def __init__(self, seconds: Callable[[int, int], float | None]) -> None:
        self._seconds = seconds
        self.runs = 0
        self.folded: list[Sequence[bytes]] = []

    def observe(self, raws: Sequence[bytes], dialect: str) -> Observation:
        return self.prefixes(raws, dialect, [len(raws)])[0]

    def prefixes(self, raws: Sequence[bytes], dialect: str, lengths: Sequence[int]) -> list[Observation]:
        self.folded.append(raws)
        found = []
        for length in lengths:
            self.runs += 1
            taken = self._seconds(length, self.runs)
            if taken is None:
                found.append(Observation(status="crashed", error="no"))
            elif taken > TIMEOUT:
                found.append(Observation(status="timeout"))
            else:
                found.append(Observation(status="answered", response=Response(), seconds=taken))
        return found

    framed = False

    def load(self) -> None: ...

    def close(self) -> None: ...


def checked(seconds: Callable[[int, int], float | None], raws: Sequence[bytes] = RAWS) -> Grown | str:
    return check_growth(Clocked(seconds), raws, "openai-chat", TIMEOUT)


def test_time_in_proportion_to_the_stream_is_steady() -> None:
    assert checked(lambda chunks, _: chunks * 1e-4) == STEADY


def test_time_that_grows_with_the_square_of_the_stream_is_found_at_the_repeated_chunk() -> None:
    grown = checked(lambda chunks, _: chunks**2 * 1e-7)

    assert isinstance(grown, Grown)
    assert (grown.index, grown.chunks) == (1, (300, 3000))
    assert grown.told(timings=False) == (
        "Each of 3,000 chunks takes at least 3 times as long to fold as each of 300."
    )
    assert grown.told(timings=True).endswith(": 0.009 s, then 0.900 s.")


def test_a_little_growth_is_steady() -> None:
    assert checked(lambda chunks, _: chunks * 1e-4 * (2.5 if chunks > 1000 else 1)) == STEADY


def test_growth_of_what_takes_no_time_means_nothing() -> None:
    assert checked(lambda chunks, _: chunks**2 * 1e-9) == STEADY


def test_one_slow_run_is_noise() -> None:
    assert checked(lambda chunks, run: 1.0 if run == 4 else chunks * 1e-5) == STEADY


def test_a_first_measurement_that_was_too_quick_is_noise() -> None:
    assert checked(lambda chunks, run: chunks * (1e-6 if run <= 3 else 1e-4)) == STEADY


def test_growth_beyond_the_time_limit_is_growth() -> None:
    grown = checked(lambda chunks, _: 0.01 if chunks <= 300 else 11.0)

    assert isinstance(grown, Grown)
    assert grown.told(timings=True).endswith(": 0.010 s, then no end.")


@pytest.mark.parametrize("short", [1.0, 11.0])
def test_a_time_limit_that_even_proportional_work_would_reach_says_nothing(short: float) -> None:
    reason = checked(lambda chunks, _: short if chunks <= 300 else 11.0)

    assert reason == "it takes too long when the recording is longer"


def test_a_candidate_that_fails_on_the_longer_stream_is_not_called_steady() -> None:
    assert checked(lambda chunks, _: None) == "it fails when the recording is longer"


def test_a_recording_without_a_chunk_to_repeat_is_not_called_steady() -> None:
    assert checked(lambda *_: 0.0, RAWS[:1]) == "no chunk that can be repeated"


def test_a_recording_of_very_many_chunks_is_not_made_longer() -> None:
    assert checked(lambda *_: 0.0, RAWS * 2000) == "too long to be made longer"


def test_the_longer_streams_are_the_recording_with_one_chunk_repeated_in_its_place() -> None:
    candidate = Clocked(lambda chunks, _: chunks * 1e-5)

    check_growth(candidate, RAWS, "openai-chat", TIMEOUT)

    for stream in candidate.folded:
        assert [*stream[:2], *stream[-3:]] == RAWS
        assert set(stream[1:-3]) == {RAWS[1]}


def folded(name: str, payloads: Sequence[Any]) -> Response:
    fold = dialects.dialect(name).fold(Policies())
    fold.add(json.loads(json.dumps(payloads)))
    return fold.response()


@pytest.mark.parametrize(
    ("dialect", "file"),
    [
        ("openai-chat", "one-tool.jsonl"),
        ("openai-responses", "two-calls.jsonl"),
        ("anthropic-messages", "tool-first-block-only.jsonl"),
        ("cohere-v2", "tool-fragment-replaced.jsonl"),
        ("bedrock-converse", "input-replaced.jsonl"),
        ("ai-sdk-ui", "ui-pieces-to-last-call.jsonl"),
    ],
)
def test_blanks_behind_a_call_s_arguments_leave_them_the_same_json(dialect: str, file: str) -> None:
    payloads = [json.loads(line) for line in (FIXTURES / dialect / file).read_text().splitlines()]
    index, blanks = lengthening(dialects.dialect(dialect), payloads)[-1]

    plain = folded(dialect, payloads)
    longer = folded(dialect, [*payloads[: index + 1], *[blanks] * 50, *payloads[index + 1 :]])

    mine, theirs = (one.choices[0].message.tool_calls[-1] for one in (plain, longer))
    assert theirs.arguments.startswith(mine.arguments)
    assert len(theirs.arguments) >= len(mine.arguments) + 50
    assert json.loads(theirs.arguments) == json.loads(mine.arguments)
    assert (theirs.id, theirs.name, len(longer.choices)) == (mine.id, mine.name, len(plain.choices))


CLOSED = {"gaps-overlooked", "taken-up-again", "unannounced-item-dropped"}
"""Recordings that lack events: the text is their closing event's, however many deltas came before."""


@pytest.mark.parametrize(
    ("dialect", "path"),
    [
        (dialect, path)
        for dialect in (
            "openai-chat",
            "openai-completions",
            "openai-responses",
            "anthropic-messages",
            "cohere-v2",
            "bedrock-converse",
            "ollama",
            "ai-sdk-ui",
        )
        for path in sorted((FIXTURES / dialect).glob("*.jsonl"))
    ],
    ids=lambda value: getattr(value, "stem", value),
)
def test_a_longer_recording_says_the_same_at_greater_length(dialect: str, path: Path) -> None:
    payloads = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    plain = folded(dialect, payloads)
    for index, more in lengthening(dialects.dialect(dialect), payloads):
        longer = folded(dialect, [*payloads[: index + 1], *[more] * 50, *payloads[index + 1 :]])

        assert brief(longer) == brief(plain)
        taken_back = any(payload["type"] == "reset-step" for payload in payloads if "type" in payload)
        if path.stem in CLOSED:
            assert length(longer) == length(plain)
        elif " " * 32 not in json.dumps(more) and not taken_back:
            assert length(longer) >= length(plain) + 50


def brief(response: Response) -> list[Any]:
    return [
        response.id,
        [
            (one.index, one.message.role, one.finish_reason, [call.name for call in one.message.tool_calls])
            for one in response.choices
        ],
    ]


def length(response: Response) -> int:
    """Characters of all the text, of refusals and of what calls are asked, the provider's own too."""
    said = [one.message for one in response.choices]
    texts = [text for one in said for text in (one.content, one.reasoning, one.refusal) if text]
    calls = {call.id for one in said for call in one.tool_calls}
    parts = [part for one in said for part in one.parts if part.get("type") == "custom_tool_call"]
    texts += [part["input"] for part in parts if part["call_id"] not in calls]
    return sum(map(len, [*texts, *(call.arguments for one in said for call in one.tool_calls)]))


@pytest.mark.parametrize(
    "payload",
    [
        chunk({"tool_calls": [{"index": 0, "id": "a", "function": {"name": "f", "arguments": ""}}]}),
        chunk({"tool_calls": [{"id": "a", "function": {"name": "f", "arguments": "{}"}}]}),
        chunk({"tool_calls": None}),
        {"choices": "none"},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "input_json_delta"}},
        "no object",
    ],
)
def test_a_chunk_without_a_fragment_that_can_be_placed_lengthens_nothing(payload: Any) -> None:
    assert lengthening(dialects.dialect("openai-chat"), [payload]) == []


LINEAR = """
text = ""
for chunk in chunks:
    for choice in chunk.choices:
        text += choice.delta.content or ""
return text
"""
QUADRATIC = """
pieces = []
for chunk in chunks:
    pieces += [choice.delta.content or "" for choice in chunk.choices]
    text = "".join(piece for piece in pieces if piece)
return text
"""


@pytest.mark.slow
def test_a_real_quadratic_fold_is_found_and_a_linear_one_is_not(tmp_path: Path) -> None:
    specs = [
        f"slow={combiner(tmp_path, QUADRATIC, 'slow.py')}",
        f"quick={combiner(tmp_path, LINEAR, 'quick.py')}",
    ]

    kept = audit(write(tmp_path / "a.jsonl"), candidates=specs, growth=True)

    (finding,) = kept.about_candidates()
    assert (finding.rule, finding.candidate, finding.line) == ("fold-quadratic", "slow", 2)
    assert finding.severity == "warning"
    assert finding.message == "Each of 3,000 chunks takes at least 3 times as long to fold as each of 300."
    assert kept.summary.growth == {"slow": {GROWS: 1}, "quick": {STEADY: 1}}


def test_nobody_is_measured_unless_it_is_asked_for(tmp_path: Path) -> None:
    kept = audit(write(tmp_path / "a.jsonl"), candidates=[combiner(tmp_path, LINEAR)])

    assert kept.summary.growth == {}
    assert kept.audited[0].candidates[0].growth is None


def test_a_candidate_without_a_response_is_said_not_to_have_been_measured(tmp_path: Path) -> None:
    spec = combiner(tmp_path, "raise ValueError")

    kept = audit(write(tmp_path / "a.jsonl"), candidates=[spec], growth=True)

    assert list(kept.summary.growth.values()) == [{"it gave no response": 1}]
