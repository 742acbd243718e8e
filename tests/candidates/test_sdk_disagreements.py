"""``docs/sdk-disagreements.md`` lists what the official SDKs do, no less and no more.

Each kind's example is folded, and so is every recording of the corpus, where it lies beside the
checkout. A version of an SDK that folds in another way makes the page wrong, and fails here.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from stream_audit import dialects, recordings, rules, suspects
from stream_audit.candidates import ChildCandidate, open_candidate, parse
from stream_audit.candidates.adapters import adapter
from stream_audit.compare import compare
from stream_audit.diagnose import diagnose
from stream_audit.model import FIELDS, Batch, Difference, Payload, Policies, Recording, Response, Varied

ROOT = Path(__file__).resolve().parents[2]
CORPUS = ROOT.parent / "shared" / "corpus" / "jsonl"
SECTIONS = {
    "openai": ("openai", "openai-chat"),
    "openai, Responses": ("openai", "openai-responses"),
    "anthropic": ("anthropic", "anthropic-messages"),
    "boto3": ("boto3", "bedrock-converse"),
    "google-genai": ("google-genai", "gemini"),
    "cohere": ("cohere", "cohere-v2"),
    "ollama": ("ollama", "ollama"),
}
"""Heading to the SDK, and the dialect that it folds."""
CRASH = "candidate-crashed"

Key = tuple[str, str]
"""A rule and the pattern of a field; for a crash the name of the exception stands for the field."""


@dataclass(frozen=True)
class Row:
    """A row of a section's table."""

    kind: str
    rule: str
    field: str
    claimed: bool
    got: str
    reference: str
    recordings: int

    @property
    def key(self) -> Key:
        return self.rule, self.got if self.rule == CRASH else self.field


@dataclass(frozen=True)
class Seen:
    """A disagreement that was found."""

    key: Key
    claimed: bool
    got: Any = None
    reference: Any = None


@dataclass(frozen=True)
class Section:
    """What the page says about one SDK and dialect."""

    sdk: str
    dialect: str
    version: tuple[int, ...]
    rows: tuple[Row, ...]
    examples: dict[str, list[bytes]]
    """Kind to the chunks of its example."""


def section(heading: str) -> Section:
    sdk, dialect = SECTIONS[heading]
    page = (ROOT / "docs" / "sdk-disagreements.md").read_text("utf-8")
    found = re.search(rf"^## {heading}$(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL)
    text = found[1] if found else ""
    rows = []
    for line in text.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")]
        if line.startswith("| [") and len(cells) == 7:
            bare = [cell.strip("`") for cell in cells]
            kind = bare[0].partition("]")[0].removeprefix("[")
            rows.append(Row(kind, bare[1], bare[2], bare[3] != "no", bare[4], bare[5], int(bare[6])))
    examples = {
        kind: [line.encode() for line in body.splitlines()]
        for kind, body in re.findall(r"^### (\S+)$.*?^```jsonl\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    }
    told = re.search(rf"`{sdk}` ([\d.]+\d)", text)
    return Section(sdk, dialect, numbers(told[1] if told else "0"), tuple(rows), examples)


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", version)[:3])


def reference(dialect: str, payloads: Sequence[Payload]) -> Response:
    fold = dialects.dialect(dialect).fold(Policies())
    fold.add(json.loads(json.dumps(payloads)))
    return fold.finish(done=True).response


def disagreements(sdk: ChildCandidate, raws: Sequence[bytes], dialect: str) -> Iterator[Seen]:
    """Every disagreement about one recording, judged as in a run; also in fields that are not claimed."""
    payloads = [json.loads(raw) for raw in raws]
    right = reference(dialect, payloads)
    observation = sdk.observe(raws, dialect)
    if observation.response is None:
        assert observation.status == "crashed", observation
        exception = re.split(r"\W", observation.error or "", maxsplit=1)[0]
        yield Seen((CRASH, exception), claimed=True)
        return
    recording = Recording("r", "r", dialect, 1)
    for claimed in (True, False):
        fields = observation.covered if claimed else frozenset(FIELDS) - observation.covered
        for difference in named(
            right, compare(right, observation.response, fields), payloads, fields, dialect
        ):
            failure = (
                suspects.suspect(difference.diagnosis[0], dialect).failure if difference.diagnosis else None
            )
            rule = rules.judge_difference(difference, recording, sdk.name, failure).rule
            yield Seen(
                (rule, pattern(difference.path)), claimed, plain(difference.got), plain(difference.reference)
            )


def named(
    right: Response,
    differences: Sequence[Difference],
    payloads: Sequence[Payload],
    fields: frozenset[str],
    dialect: str,
) -> Sequence[Difference]:
    def fold(suspect: Any) -> Response | None:
        try:
            return suspects.fold(suspect, json.loads(json.dumps(payloads)))
        except Exception:  # noqa: BLE001 - the bug of some suspects is that they die
            return None

    if not differences:
        return differences
    known = suspects.suspects_for(dialect)
    return diagnose(differences, known, fold, lambda response: compare(right, response, fields))


def pattern(path: str) -> str:
    """The path with positions, names of unknown fields and what a model calls a tool with left out."""
    return re.sub(r"\[\d+\]", "[]", re.sub(r"((?:^|\.)extra|\.toolUse\.input)\..*", r"\1.*", path))


def plain(value: Any) -> Any:
    """The value as the page writes it."""
    return json.loads(json.dumps(asdict(value) if isinstance(value, Varied) else value))


def recorded(dialect: str) -> Iterator[list[bytes]]:
    """The chunks of each recording of a dialect, as a run would split them."""
    for source in recordings.find([str(CORPUS / dialect)]):
        raws: dict[Recording, list[bytes]] = {}
        for event in recordings.read(source, dialects.DIALECTS):
            if isinstance(event, Batch):
                raws.setdefault(event.recording, []).extend(event.raws)
        yield from raws.values()


@pytest.fixture(scope="module", params=list(SECTIONS))
def told(request: pytest.FixtureRequest) -> Section:
    return section(request.param)


@pytest.fixture(scope="module")
def sdk(told: Section) -> Iterator[ChildCandidate]:
    known = adapter(told.sdk)
    assert known is not None
    pytest.importorskip(known.library)
    if not told.rows:
        pytest.skip(f"the page has no table for {told.sdk} and {told.dialect}")
    installed = numbers(version(told.sdk))
    if installed < told.version:
        pytest.skip(f"the page is about a later version of {told.sdk}")
    candidate = open_candidate(parse(told.sdk), timeout=20, twice=False)
    yield candidate
    candidate.close()


def test_every_kind_in_a_table_has_an_example_and_every_example_a_row(told: Section) -> None:

    assert {row.kind for row in told.rows} == set(told.examples)
    assert {row.rule for row in told.rows} <= {rule.slug for rule in rules.RULES}


@pytest.mark.slow
def test_every_example_shows_its_rows_with_their_values(told: Section, sdk: ChildCandidate) -> None:
    for kind, raws in told.examples.items():
        rows = [row for row in told.rows if row.kind == kind]
        seen = list(disagreements(sdk, raws, told.dialect))

        assert {(one.key, one.claimed) for one in seen} == {(row.key, row.claimed) for row in rows}, kind
        for row in rows:
            if row.rule != CRASH:
                values = [(one.got, one.reference) for one in seen if one.key == row.key]
                assert (json.loads(row.got), json.loads(row.reference)) in values, kind


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
def test_the_tables_count_what_is_found_in_real_recordings(told: Section, sdk: ChildCandidate) -> None:
    found: Counter[tuple[Key, bool]] = Counter()
    for raws in recorded(told.dialect):
        found.update({(one.key, one.claimed) for one in disagreements(sdk, raws, told.dialect)})
    counted: Counter[tuple[Key, bool]] = Counter()
    for row in told.rows:
        counted[row.key, row.claimed] += row.recordings

    assert counted == found
