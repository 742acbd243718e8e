"""Five libraries in one run, three of them in environments of their own, over the same recordings."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from contextlib import ExitStack
from typing import Any

import pytest

from stream_audit import dialects, recordings
from stream_audit.candidates import Spec, open_candidate, parse
from stream_audit.compare import compare
from stream_audit.corridor.homes import Home, find_homes
from stream_audit.model import Batch, CandidateResult, Policies, Recording
from tests.runs import CORPUS, FIXTURES, ROOT, Kept, audit

pytestmark = pytest.mark.packages

LIBRARIES = {
    "litellm": "litellm=litellm==1.106.2",
    "langchain": "langchain=langchain==1.2.0",
    "pydantic-ai": "pydantic-ai=pydantic-ai==2.62.0",
}
OURS = ("openai", *LIBRARIES)
"""Those that are right about a plain answer, by the names they have in the report."""
FINISH = "choices[0].finish_reason"
ARGUMENTS = "choices[0].message.tool_calls[0].arguments"


def page(cells: int) -> list[list[str]]:
    """The rows with so many cells of the page's section about these libraries."""
    text = (ROOT / "docs" / "sdk-disagreements.md").read_text("utf-8").partition("## Other libraries")[2]
    rows = [[cell.strip().strip("`") for cell in line.strip("|").split(" | ")] for line in text.splitlines()]
    return [row for row in rows if len(row) == cells and row[0] in LIBRARIES]


SHOWN, COUNTED = page(6)[5:], page(6)[:5]
RECORDINGS = {
    "openai-chat/plain-answer-with-usage.sse",
    "openai-chat/two-tools.jsonl",
    "openai-chat/error-ignored.jsonl",
    "anthropic-messages/thinking-then-tool.sse",
    *(recording for _, recording, *_ in SHOWN),
}


@pytest.fixture(scope="module")
def kept() -> Kept:
    """Everything in one run: loading these libraries takes longer than folding with them."""
    paths = [FIXTURES / name for name in sorted(RECORDINGS)]
    known = ["openai", "llm=llm==0.36:combine_chunks", "anthropic"]
    return audit(*paths, candidates=[*known, *LIBRARIES.values()])


def results(kept: Kept, recording: str) -> dict[str, CandidateResult]:
    """Candidate to its result on one recording."""
    (audited,) = (one for one in kept.audited if f"/{recording}." in one.recording.path)
    return {result.name: result for result in audited.candidates}


def wrong(kept: Kept, recording: str, candidate: str) -> dict[str, Any]:
    """Field to what the candidate has there, where it is not what the reference has."""
    return {
        str(finding.field): finding.got
        for finding in kept.findings
        if (finding.candidate, finding.kind) == (candidate, "difference") and f"/{recording}." in finding.path
    }


def test_one_run_audits_five_libraries_and_tells_their_versions(kept: Kept) -> None:
    assert kept.run is not None
    assert kept.run.candidates == ("openai", "llm", "anthropic", *LIBRARIES)
    assert set(kept.run.versions) == set(kept.run.candidates)
    assert kept.run.versions["litellm"] == "1.106.2"
    assert kept.run.versions["langchain"].startswith("core 1.")


@pytest.mark.parametrize("candidate", OURS)
def test_an_answer_without_traps_is_the_same_through_every_library(kept: Kept, candidate: str) -> None:
    found = results(kept, "openai-chat/plain-answer-with-usage")[candidate]

    assert (found.status, found.error) == ("same", None)
    assert found.response is not None
    assert found.response.usage is not None
    assert found.response.usage.output_tokens


def test_no_library_prints_changes_its_chunks_or_answers_differently(kept: Kept) -> None:
    troubles = {finding.rule for finding in kept.findings if finding.kind == "candidate"}

    assert troubles == {"candidate-crashed"}


@pytest.mark.parametrize("candidate", OURS)
def test_tool_calls_come_through_whole(kept: Kept, candidate: str) -> None:
    found = results(kept, "openai-chat/two-tools")[candidate]

    assert found.response is not None
    calls = found.response.choices[0].message.tool_calls
    assert [(call.name, json.loads(call.arguments)) for call in calls] == [
        ("get_weather", {"city": "Oslo"}),
        ("get_weather", {"city": "Rome"}),
    ]


@pytest.mark.parametrize("candidate", ["langchain", "pydantic-ai"])
def test_a_running_total_of_usage_is_added_up(kept: Kept, candidate: str) -> None:
    counts = wrong(kept, "openai-chat/usage-cumulative-summed", candidate)

    assert counts.items() >= {"usage.input_tokens": 48, "usage.output_tokens": 10}.items()


@pytest.mark.parametrize("candidate", ["openai", "llm", "litellm"])
def test_others_take_the_last_of_a_running_total(kept: Kept, candidate: str) -> None:
    counts = wrong(kept, "openai-chat/usage-cumulative-summed", candidate)

    assert not {"usage.input_tokens", "usage.output_tokens", "usage.total_tokens"} & set(counts)


def test_litellm_makes_up_usage_that_the_stream_never_gave(kept: Kept) -> None:
    counts = wrong(kept, "openai-chat/plain-answer", "litellm")

    assert counts["usage.input_tokens"] > 0
    assert counts["usage.output_tokens"] > 0


@pytest.mark.parametrize("candidate", ["litellm", "pydantic-ai"])
def test_a_cut_stream_is_said_to_have_stopped(kept: Kept, candidate: str) -> None:
    assert wrong(kept, "openai-chat/finish-fabricated-stop", candidate)[FINISH] == "stop"


def test_langchain_joins_two_finish_reasons_to_one(kept: Kept) -> None:
    assert wrong(kept, "openai-chat/finish-latest-wins", "langchain")[FINISH] == "tool_callsstop"


def test_langchain_closes_arguments_that_were_cut_off(kept: Kept) -> None:
    assert wrong(kept, "openai-chat/tool-args-repaired", "langchain") == {
        ARGUMENTS: '{"text":"Buy milk and"}'
    }
    assert ARGUMENTS not in wrong(kept, "openai-chat/tool-args-repaired", "pydantic-ai")


@pytest.mark.parametrize("candidate", OURS)
def test_an_error_inside_the_stream_is_raised_by_the_library_itself(kept: Kept, candidate: str) -> None:
    found = results(kept, "openai-chat/error-ignored")[candidate]

    assert found.status == "crashed"
    assert "The model is overloaded" in (found.error or "")
    assert "adapters" not in (found.error or "")


def test_langchain_takes_no_input_from_the_start_of_a_message(kept: Kept) -> None:
    assert wrong(kept, "anthropic-messages/plain-answer", "langchain")["usage.input_tokens"] == 0
    assert wrong(kept, "anthropic-messages/plain-answer", "pydantic-ai") == {}


@pytest.mark.parametrize("candidate", ["langchain", "pydantic-ai"])
def test_thinking_text_and_tool_of_a_message_come_through(kept: Kept, candidate: str) -> None:
    found = results(kept, "anthropic-messages/thinking-then-tool")[candidate]
    differences = wrong(kept, "anthropic-messages/thinking-then-tool", candidate)

    assert found.response is not None
    assert {"content", "reasoning", "tool_calls", "finish_reason"}.isdisjoint(found.not_covered)
    assert all(field.startswith("usage.") for field in differences)
    assert found.response.choices[0].message.reasoning
    assert found.response.choices[0].message.tool_calls


@pytest.mark.parametrize(("library", "recording", "field", "got", "reference", "where"), SHOWN)
def test_every_line_of_the_page_is_seen_with_its_values(
    kept: Kept, library: str, recording: str, field: str, got: str, reference: str, where: str
) -> None:
    (found,) = (
        finding
        for finding in kept.findings
        if (finding.candidate, finding.field) == (library, field) and finding.path.endswith(f"/{recording}")
    )

    assert (found.got, found.reference) == (json.loads(got), json.loads(reference))
    assert re.search(r"\(.*`\w+`.*\)$", where)


def home_of(spec: Spec) -> Home:
    with ExitStack() as hold:
        return find_homes([spec], python=None, install=True, say=print, hold=hold)[spec]


@pytest.mark.corpus
@pytest.mark.slow
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no corpus of recorded streams beside the checkout")
@pytest.mark.parametrize(("library", "version", "dialect", "same", "differ", "crash"), COUNTED)
def test_the_page_counts_what_is_found_in_real_recordings(
    library: str, version: str, dialect: str, same: str, differ: str, crash: str
) -> None:
    spec = parse(LIBRARIES[library])
    home = home_of(spec)
    candidate = open_candidate(spec, timeout=20, twice=False, python=home.python)
    candidate.load()
    if candidate.version != version:
        pytest.skip(f"the page is about {version}, not {candidate.version}")
    found: Counter[str] = Counter()
    for raws in real(dialect):
        observation = candidate.observe(raws, dialect)
        if observation.response is None:
            found[observation.status] += 1
            continue
        fold = dialects.dialect(dialect).fold(Policies())
        fold.add([json.loads(raw) for raw in raws])
        right = fold.finish(done=True).response
        found["differ" if compare(right, observation.response, observation.covered) else "same"] += 1
    candidate.close()

    assert found == Counter(same=int(same), differ=int(differ), crashed=int(crash))


def real(dialect: str) -> list[list[bytes]]:
    """The chunks of each recording of the corpus, as a run would split them."""
    raws: dict[Recording, list[bytes]] = {}
    for source in recordings.find([str(CORPUS / "jsonl" / dialect)]):
        for event in recordings.read(source, dialects.DIALECTS):
            if isinstance(event, Batch):
                raws.setdefault(event.recording, []).extend(event.raws)
    return list(raws.values())


@pytest.mark.parametrize("name", ["LANGSMITH_TRACING_V2", "LANGCHAIN_TRACING_V2", "LANGSMITH_TRACING"])
def test_recordings_are_traced_nowhere_though_the_user_traces_langchain(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = parse(LIBRARIES["langchain"])
    home = home_of(spec)
    folder = str(ROOT / "stream_audit" / "candidates")
    code = f"import sys; sys.path.insert(0, {folder!r}); import adapters.langchain\n"
    code += "from langsmith.utils import tracing_is_enabled as traced; print(traced())"
    monkeypatch.setenv(name, "true")

    done = subprocess.run([home.python, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "False\n"
