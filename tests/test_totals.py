"""Laws of adding recordings up."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from stream_audit import totals
from stream_audit.model import (
    Audited,
    CandidateResult,
    Choice,
    Counts,
    Finding,
    Message,
    Recording,
    Response,
    Status,
    Summary,
    Unreadable,
    Usage,
)

STATUSES: tuple[Status, ...] = ("same", "differ", "crashed", "timeout", "unavailable", "skipped")
ANSWERED = ("same", "differ")


def response(text: str | None, tokens: int | None) -> Response:
    usage = None if tokens is None else Usage(input_tokens=tokens)
    return Response(choices=(Choice(message=Message(content=text)),), usage=usage)


responses = st.builds(response, st.none() | st.text(max_size=5), st.none() | st.integers(0, 99))


@st.composite
def outcomes(draw: st.DrawFn) -> Audited | Unreadable:
    if draw(st.integers(0, 9)) == 0:
        return Unreadable(path="x", line=1, reason=draw(st.sampled_from(["not JSON", totals.PASSED_OVER])))
    results = []
    for name in ("mine", "theirs")[: draw(st.integers(0, 2))]:
        status = draw(st.sampled_from(STATUSES))
        results.append(
            CandidateResult(
                name=name,
                status=status,
                response=draw(responses) if status in ANSWERED else None,
                not_covered=draw(st.sampled_from([(), ("usage.input_tokens",), ("role", "content")])),
            )
        )
    recording = Recording(
        id="x", path="x", dialect="openai-chat", first_line=1, chunks=draw(st.integers(0, 9))
    )
    return Audited(
        recording=recording,
        reference=draw(st.none() | responses),
        complete=True,
        candidates=tuple(results),
    )


def summed(many: list[Audited | Unreadable]) -> Summary:
    summary = Summary()
    for outcome in many:
        totals.add(summary, outcome)
    return summary


def bare(summary: Summary) -> Summary:
    """Without the lists of places, which keep the order they came in."""
    summary.unreadable = sorted(summary.unreadable, key=repr)
    summary.passed_over = sorted(summary.passed_over)
    return summary


@given(st.lists(outcomes(), max_size=8).flatmap(lambda many: st.tuples(st.just(many), st.permutations(many))))
def test_the_order_of_recordings_does_not_matter(
    orders: tuple[list[Audited | Unreadable], list[Audited | Unreadable]],
) -> None:
    one, other = orders

    assert bare(summed(one)) == bare(summed(other))


@given(st.lists(outcomes(), max_size=8))
def test_every_recording_meets_exactly_one_fate(many: list[Audited | Unreadable]) -> None:
    counts = summed(many).counts

    alone = sum(
        1 for outcome in many if isinstance(outcome, Audited) and outcome.reference and not outcome.candidates
    )
    assert counts.found == counts.compared + counts.unreadable + counts.skipped + alone
    assert counts.compared == counts.same + counts.differ


@given(st.lists(outcomes(), max_size=8))
def test_both_sides_of_a_total_add_up_the_same_recordings(many: list[Audited | Unreadable]) -> None:
    summary = summed(many)

    for name, measures in summary.candidate_totals.items():
        pairs = [
            (totals.measure(o.reference, "input_tokens"), totals.measure(c.response, "input_tokens"))
            for o in many
            if isinstance(o, Audited) and o.reference is not None
            for c in o.candidates
            if c.name == name and c.response is not None and "usage.input_tokens" not in c.not_covered
        ]
        both = [(mine, theirs) for mine, theirs in pairs if mine is not None and theirs is not None]
        assert measures["input_tokens"].reference == sum(mine for mine, _ in both)
        assert measures["input_tokens"].candidate == sum(theirs for _, theirs in both)
        assert measures["input_tokens"].compared == len(both)


def test_no_count_at_all_is_not_zero() -> None:
    recording = Recording(id="x", path="x", dialect="openai-chat", first_line=1)

    summary = summed([Audited(recording=recording, reference=response("Hi", None), complete=True)])

    assert summary.reference_totals["input_tokens"] is None
    assert summary.reference_totals["content_characters"] == 2


def test_trouble_with_a_right_answer_is_still_a_difference() -> None:
    recording = Recording(id="x", path="x", dialect="openai-chat", first_line=1)
    noise = Finding(
        rule="candidate-stdout-noise",
        severity="warning",
        kind="candidate",
        recording="x",
        path="x",
        line=1,
        message="It printed.",
        candidate="mine",
    )
    right = CandidateResult(name="mine", status="same", response=response("Hi", 1))

    summary = summed(
        [
            Audited(
                recording=recording,
                reference=response("Hi", 1),
                complete=True,
                candidates=(right,),
                findings=(noise,),
            )
        ]
    )

    assert summary.counts == Counts(found=1, compared=1, differ=1)
    assert summary.severities == {"candidate:warning": 1}
