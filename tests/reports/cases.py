"""Runs built by hand, one for each way a run can end, that every format is shown."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import StringIO

from stream_audit.model import (
    Audited,
    CandidateResult,
    Choice,
    Counts,
    Finding,
    Message,
    Recording,
    Response,
    Run,
    Summary,
    ToolCall,
    Total,
    Unreadable,
    Usage,
    Varied,
    Work,
)
from stream_audit.model.tag import Tag, TagCount, Tagging
from stream_audit.reports import Options, open_report

ROLE_CHUNK = (
    b'{"id":"r1","object":"chat.completion.chunk",'
    b'"choices":[{"index":0,"delta":{"role":null,"content":"Hel"}}]}'
)
TITLES = {
    "role-null-or-empty": "A later null or empty role never erases the role.",
    "usage-cumulative-summed": "Running totals replace each other; they are never added up.",
}


_LACKING = (
    Tag("text-blank", "a piece of text that is only blanks", ("content-whitespace-dropped",), "text"),
    Tag("sse-comment", "a comment line (a keep-alive)", ("sse-comment",), "framing"),
)
TAGGING = Tagging(
    found={
        "role-repeated": TagCount("recordings/gw/0.jsonl", 2, 5, 1_240),
        "tool-arguments-unfinished": TagCount("recordings/gw/" + "long-" * 9 + ".jsonl", 77, 1),
    },
    missing=_LACKING,
    known=(
        Tag("role-repeated", "a role in more than one chunk", ("role-concat",), "role"),
        Tag(
            "tool-arguments-unfinished", "arguments that never became JSON", ("tool-args-tail-lost",), "calls"
        ),
        *_LACKING,
    ),
    unread={"gemini": 2},
)


@dataclass(frozen=True)
class Case:
    """One run: what was asked, what happened, how it ended."""

    run: Run
    audited: tuple[Audited, ...]
    summary: Summary


def response(
    content: str = "Hello", role: str | None = "assistant", usage: Usage | None = None, **more: object
) -> Response:
    message = Message(role=role, content=content, **more)  # type: ignore[arg-type]
    usage = usage or Usage(input_tokens=11, output_tokens=6, total_tokens=17)
    return Response(
        id="r1",
        model="m-1",
        choices=(Choice(message=message, finish_reason="stop"),),
        usage=usage,
    )


def recording(path: str = "fixtures/openai-chat/role-on-first-chunk.jsonl", chunks: int = 4) -> Recording:
    return Recording(
        id=path, path=path, dialect="openai-chat", first_line=1, last_line=chunks, chunks=chunks, done=True
    )


def difference(where: Recording, **changes: object) -> Finding:
    finding = Finding(
        rule="role-null-or-empty",
        severity="error",
        kind="difference",
        recording=where.id,
        path=where.path,
        line=2,
        message="the candidate gives '' where the reference gives 'assistant'",
        candidate="suspect:role-last-wins",
        field="choices[0].message.role",
        reference="assistant",
        got="",
        index=1,
        chunk=ROLE_CHUNK,
        diagnosis=("role-last-wins",),
    )
    return replace(finding, **changes)  # type: ignore[arg-type]


def result(name: str = "suspect:role-last-wins", **changes: object) -> CandidateResult:
    given = {"status": "differ", "response": response(role=""), "seconds": 0.0012, **changes}
    return CandidateResult(name=name, **given)  # type: ignore[arg-type]


def total(reference: int, candidate: int, compared: int, differing: int = 0, **more: int) -> Total:
    return Total(reference, candidate, compared, differing, **more)


def clean() -> Case:
    where = recording()
    name = "myapp.combine:fold"
    done = Audited(
        recording=where,
        reference=response(),
        complete=True,
        candidates=(result(name, status="same", response=response(), not_covered=("logprobs",)),),
    )
    summary = Summary(
        counts=Counts(found=1, compared=1, same=1),
        reference_totals={
            "content_characters": 5,
            "input_tokens": 11,
            "output_tokens": 6,
            "total_tokens": 17,
        },
        candidate_totals={
            name: {
                "content_characters": total(5, 5, 1),
                "input_tokens": total(11, 11, 1),
                "total_tokens": total(0, 0, 0, not_covered=1),
            }
        },
        stop_reason="no finding at or above 'warning'",
        not_covered={name: {"logprobs": 1}},
        dialects={"openai-chat": 1},
        chunks=4,
    )
    run = Run(version="0.1.0", command=("replay", where.path, "--candidate", name), candidates=(name,))
    return Case(run, (done,), summary)


def differing() -> Case:
    name = "suspect:role-last-wins"
    run = Run(version="0.1.0", command=("replay", "recordings", "--candidate", name), candidates=(name,))
    audited = []
    for number in range(5):
        where = recording(f"recordings/azure/tools-{number}.jsonl")
        audited.append(
            Audited(
                recording=where,
                reference=response(),
                complete=True,
                candidates=(result(),),
                findings=(difference(where),),
            )
        )
    where = recording("recordings/anthropic/a-rather-long-name-for-one-recorded-stream.jsonl.gz", 412)
    wide = b'{"id":"' + b"x" * 2000 + b'","usage":{"prompt_tokens":1204,"completion_tokens":6}}'
    long = "It was a bright cold day in April, and the clocks were striking thirteen. " * 40
    audited.append(
        Audited(
            recording=where,
            reference=response(
                long, tool_calls=(ToolCall(id="c1", name="get_weather", arguments='{"city":'),)
            ),
            complete=False,
            candidates=(result(),),
            findings=(
                difference(
                    where,
                    rule="usage-cumulative-summed",
                    field="usage.input_tokens",
                    line=388,
                    index=387,
                    reference=1204,
                    got=2391,
                    chunk=wide,
                    exact=False,
                    diagnosis=("usage-summed", "usage-every-chunk-summed"),
                    message="the candidate gives 2,391 where the reference gives 1,204",
                ),
                difference(
                    where,
                    rule="content-dropped",
                    severity="warning",
                    field="choices[0].message.content",
                    line=201,
                    index=200,
                    reference=long,
                    got=long[:1500] + long[1503:],
                    diagnosis=(),
                    message="the candidate's text is shorter",
                ),
                Finding(
                    rule="finish-missing",
                    severity="note",
                    kind="wire",
                    recording=where.id,
                    path=where.path,
                    line=412,
                    message="no chunk gave a finish reason",
                    count=2,
                ),
            ),
        )
    )
    summary = Summary(
        counts=Counts(found=9, compared=6, differ=6, unreadable=1, skipped=2),
        reference_totals={"content_characters": 1_988_310, "input_tokens": 402_118},
        candidate_totals={
            name: {
                "content_characters": total(1_988_310, 1_988_307, 6, 1),
                "input_tokens": total(402_118, 403_305, 6, 1),
                "output_tokens": total(188_420, 188_420, 5, 0, one_sided=1),
                "reasoning_tokens": total(0, 0, 0, not_covered=6),
            }
        },
        not_covered={name: {"reasoning": 4, "logprobs": 1}},
        findings={"role-null-or-empty": 5, "usage-cumulative-summed": 1, "content-dropped": 1},
        severities={"difference:error": 6, "difference:warning": 1, "wire:note": 1},
        stop_reason="7 findings at or above 'warning'",
        dialects={"openai-chat": 5, "anthropic-messages": 1},
        unreadable=[
            Unreadable(path="recordings/half.jsonl", line=77, reason="cut off in the middle of a JSON text"),
            Unreadable(
                path="recordings/ledger.jsonl", line=1, reason="no dialect recognises it", skipped=True
            ),
            Unreadable(
                path="recordings/other.jsonl", line=0, reason="no dialect recognises it", skipped=True
            ),
        ],
        passed_over=["recordings/README.md"],
        damaged=1,
        chunks=432,
        exit_code=1,
    )
    return Case(run, tuple(audited), summary)


def crashed() -> Case:
    first, second = "myapp.combine:fold", "openai"
    run = Run(version="0.1.0", command=("replay", "r.jsonl"), candidates=(first, second), fields=("content",))
    where = recording("r.jsonl")
    crash = Finding(
        rule="candidate-crashed",
        severity="error",
        kind="candidate",
        recording=where.id,
        path=where.path,
        line=3,
        message="KeyError: 'content'\n  at combine.py:14",
        candidate=first,
        index=2,
        chunk=ROLE_CHUNK,
    )
    done = Audited(
        recording=where,
        reference=response(),
        complete=True,
        candidates=(
            result(first, status="crashed", response=None, error="KeyError: 'content'"),
            result(second, status="unavailable", response=None, error="openai is not installed"),
        ),
        findings=(crash,),
    )
    summary = Summary(
        counts=Counts(found=1, compared=1, differ=1),
        statuses={first: {"crashed": 1}, second: {"unavailable": 1}},
        severities={"candidate:error": 1},
        findings={"candidate-crashed": 1},
        dialects={"openai-chat": 1},
        exit_code=1,
    )
    return Case(run, (done,), summary)


def working() -> Case:
    """The same answer with more work than is needed, and two copies that do not do the same."""
    sync, other = "lib:Chat", "lib:AsyncChat"
    run = Run(version="0.1.0", command=("replay", "fixtures"), candidates=(sync, other))
    audited = []
    for number, chunks in ((1, 2), (2, 13)):
        where = recording(f"fixtures/u{number}.jsonl", 3 * chunks)
        redundant = difference(
            where,
            rule="redundant-usage-work",
            severity="warning",
            kind="candidate",
            candidate=other,
            field="work.usage",
            reference=2 * chunks,
            got=3 * chunks,
            diagnosis=(),
            message=f"AsyncChat.execute materialises the usage of {chunks} chunks twice (chat.py:8 and :11).",
        )
        unlike = replace(
            redundant,
            rule="sync-vs-async",
            index=None,
            chunk=None,
            line=1,
            message=f"{other} materialises usage {3 * chunks} times, {sync} {2 * chunks}.",
        )
        works = (
            Work(usage_chunks=chunks, usage_dumps=2 * chunks, dumps_by={"Chat.execute": 2 * chunks}),
            Work(
                usage_chunks=chunks,
                usage_dumps=3 * chunks,
                redundant_dumps=chunks,
                dumps_by={"AsyncChat.execute": 2 * chunks, "combine": chunks},
                redundant_by={"AsyncChat.execute": chunks},
                redundant_objects=chunks,
                places=("chat.py:8", "chat.py:11"),
                first=0,
            ),
        )
        audited.append(
            Audited(
                recording=where,
                reference=response(),
                complete=True,
                candidates=tuple(
                    result(name, status="same", response=response(), work=work)
                    for name, work in zip((sync, other), works, strict=True)
                ),
                findings=(redundant, unlike),
            )
        )
    summary = Summary(
        counts=Counts(found=2, compared=2, differ=2),
        work={
            sync: {"usage_chunks": 15, "usage_dumps": 30, "redundant_dumps": 0},
            other: {"usage_chunks": 15, "usage_dumps": 45, "redundant_dumps": 15},
            "dumps nothing": {"usage_chunks": 15, "usage_dumps": 0, "redundant_dumps": 0},
        },
        growth={sync: {"steady": 1, "no chunk that can be repeated": 1}, other: {"grows": 2}},
        findings={"redundant-usage-work": 2, "sync-vs-async": 2},
        severities={"candidate:warning": 4},
        dialects={"openai-chat": 2},
        stop_reason="4 findings at or above 'warning'",
        exit_code=1,
    )
    return Case(run, tuple(audited), summary)


def without_candidate() -> Case:
    run = Run(version="0.1.0", command=("replay", "fixtures"))
    audited = [
        Audited(
            recording=recording(f"fixtures/openai-chat/{name}.jsonl"), reference=response(), complete=True
        )
        for name in ("role-on-first-chunk", "a-name-that-is-long-enough-to-need-folding-at-eighty")
    ]
    where = recording("fixtures/anthropic/tool.jsonl", 12)
    where.dialect = "anthropic-messages"
    call = ToolCall(id="t", name="f", arguments="{}")
    audited.append(
        Audited(
            recording=where,
            reference=response("", tool_calls=(call, call), usage=Usage(output_tokens=1204)),
            complete=True,
        )
    )
    summary = Summary(
        counts=Counts(found=3),
        reference_totals={"content_characters": 10, "input_tokens": 22, "output_tokens": 1216},
        dialects={"openai-chat": 2, "anthropic-messages": 1},
        exit_code=3,
        stop_reason="nothing was compared: no candidate was given",
        chunks=20,
    )
    return Case(run, tuple(audited), summary)


def linted() -> Case:
    """Streams judged themselves: findings of several recordings, a file of which nothing could be read."""
    run = Run(version="0.1.0", command=("lint", "recordings"), subject="streams")
    missing = Finding(
        rule="tool-index-missing",
        severity="error",
        kind="wire",
        recording="",
        path="",
        line=2,
        message="A tool-call entry has no index: id 'c1' without an index.",
        field="choices[0].message.tool_calls",
        index=1,
        chunk=ROLE_CHUNK,
        count=3,
        breaks=("openai-python (#3246)", "opik (#8362)", "term-llm (#314)"),
    )
    audited = []
    for number in range(5):
        where = recording(f"recordings/gw/{number}.jsonl")
        found = replace(missing, recording=where.id, path=where.path, baselined=number == 4)
        absent = replace(
            found, rule="usage-absent", severity="note", line=4, index=None, chunk=None, count=1, breaks=()
        )
        audited.append(
            Audited(
                recording=where,
                reference=response(),
                complete=True,
                findings=(found, replace(absent, message="Usage is unknown.", field="usage")),
            )
        )
    audited.append(Audited(recording=recording("recordings/clean.sse"), reference=response(), complete=True))
    unknown = recording("recordings/other.jsonl")
    unknown.dialect = None
    stranger = replace(
        missing,
        rule="unknown-dialect",
        severity="warning",
        recording=unknown.id,
        path=unknown.path,
        line=1,
        message="No dialect recognises its chunks.",
        field=None,
        index=None,
        chunk=None,
        count=1,
        breaks=(),
    )
    audited.append(Audited(recording=unknown, reference=None, complete=False, findings=(stranger,)))
    cut = replace(
        stranger, rule="line-cut-off", severity="error", recording="half.jsonl", path="half.jsonl", got='{"a'
    )
    cut = replace(cut, message="The file ends in the middle of this line.")
    summary = Summary(
        subject="streams",
        counts=Counts(found=8, compared=6, same=1, differ=5, unreadable=1, skipped=1),
        findings={"tool-index-missing": 4, "usage-absent": 5, "unknown-dialect": 1, "line-cut-off": 1},
        severities={"wire:error": 5, "wire:warning": 1, "wire:note": 5},
        stop_reason="6 findings at or above warning",
        dialects={"openai-chat": 6},
        unreadable=[
            Unreadable(path=unknown.path, line=1, reason="No dialect recognises its chunks.", skipped=True),
            Unreadable(path="half.jsonl", line=1, reason="cut off", findings=(cut,)),
        ],
        accepted=1,
        baseline="lint-baseline.json",
        tagging=TAGGING,
        chunks=28,
        exit_code=1,
    )
    return Case(run, tuple(audited), summary)


def nothing_found() -> Case:
    run = Run(version="0.1.0", command=("replay", "empty"), candidates=("openai",))
    return Case(run, (), Summary(exit_code=3, stop_reason="nothing was compared: no recording was found"))


def interrupted() -> Case:
    case = differing()
    summary = replace(case.summary, complete=False, stop_reason="interrupted", exit_code=130)
    return Case(case.run, case.audited[:1], summary)


def hostile() -> Case:
    path = "re\x1b[2Jc\u202e/evil\n.jsonl"
    where = recording(path)
    where.labels = {"user": "\x1b]0;x\x07"}
    nasty = "a\x1b[31mred\u202egnp.\ud800[bold]x[/bold]\r\n:smile:"
    finding = difference(
        where,
        reference=nasty,
        got=nasty + "\x00",
        message=nasty,
        chunk=nasty.encode("utf-8", "surrogatepass"),
        candidate="c\x1b[0m",
        diagnosis=("d\x07",),
        field="extra.\x9bkey",
        rule="rule\u2028x",
    )
    wild = Response(
        extra={
            "nan": float("nan"),
            "big": 2**70,
            "bytes": b"\xff",
            "half": "\udc00",
            "v": Varied((1, 2), 9, 4),
        }
    )
    done = Audited(
        recording=where,
        reference=wild,
        complete=False,
        candidates=(result("c\x1b[0m", response=wild, error=nasty, not_covered=(nasty,)),),
        findings=(finding, replace(finding, kind="wire", candidate=None)),
    )
    summary = Summary(
        counts=Counts(found=2, compared=1, differ=1, unreadable=1),
        not_covered={"c\x1b[0m": {nasty: 1}},
        candidate_totals={"c\x1b[0m": {"input_tokens": total(1, 2, 1, 1)}},
        unreadable=[Unreadable(path=path, line=3, reason=nasty)],
        passed_over=[path],
        dialects={"openai-chat": 1},
        stop_reason=nasty,
        exit_code=1,
    )
    return Case(Run(version="0.1.0", command=("replay", path), candidates=("c\x1b[0m",)), (done,), summary)


CASES: dict[str, Callable[[], Case]] = {
    "clean": clean,
    "differing": differing,
    "crashed": crashed,
    "working": working,
    "without_candidate": without_candidate,
    "linted": linted,
    "nothing_found": nothing_found,
    "interrupted": interrupted,
    "hostile": hostile,
}


def written(name: str, case: Case, options: Options | None = None) -> str:
    """What the format ``name`` writes about ``case``."""
    stream = StringIO()
    report = open_report(name, stream, options or Options())
    report.begin(case.run)
    for audited in case.audited:
        report.add(audited)
    report.end(case.summary)
    return stream.getvalue()


def titled(slug: str) -> str:
    return TITLES.get(slug, "")
