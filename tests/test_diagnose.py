"""Laws of the diagnosis."""

from __future__ import annotations

from dataclasses import dataclass, replace

from stream_audit.compare import compare
from stream_audit.diagnose import diagnose
from stream_audit.model import FIELDS, Choice, Difference, Message, Response, Usage


@dataclass(frozen=True)
class Fake:
    name: str
    gives: Response | None
    touches: tuple[str, ...] = ("role", "content")
    widespread: bool = False


ANSWER = Response(choices=(Choice(message=Message(role="assistant", content="Hi"), finish_reason="stop"),))


def said(**changes: object) -> Response:
    choice = ANSWER.choices[0]
    return replace(ANSWER, choices=(replace(choice, message=replace(choice.message, **changes)),))  # type: ignore[arg-type]


def differences(got: Response) -> list[Difference]:
    return compare(ANSWER, got, frozenset(FIELDS))


def names(got: Response, *suspects: Fake) -> list[tuple[str, ...]]:
    return [d.diagnosis for d in diagnose(differences(got), suspects, lambda s: s.gives, differences)]


def test_a_suspect_that_gives_the_same_wrong_value_is_named() -> None:
    assert names(said(role=None), Fake("loses-role", said(role=None))) == [("loses-role",)]


def test_a_suspect_that_is_wrong_in_another_way_is_not_named() -> None:
    assert names(said(role=None), Fake("doubles-role", said(role="assistantassistant"))) == [()]


def test_a_suspect_that_is_right_here_is_not_named() -> None:
    assert names(said(role=None), Fake("innocent", ANSWER)) == [()]


def test_a_suspect_that_is_wrong_where_the_candidate_is_right_is_not_named() -> None:
    assert names(said(role=None), Fake("loses-both", said(role=None, content=""))) == [()]


def test_of_equal_suspects_the_one_that_fails_on_fewer_streams_comes_first_then_the_one_listed_first() -> (
    None
):
    lost = said(role=None)
    common = Fake("a-common", lost, widespread=True)

    assert names(lost, common, Fake("z-rare", lost), Fake("b-rare", lost)) == [
        ("z-rare", "b-rare", "a-common")
    ]


def test_a_suspect_that_crashes_is_not_named() -> None:
    assert names(said(role=None), Fake("crashes", None)) == [()]


def test_a_suspect_that_does_not_touch_the_field_is_not_asked() -> None:
    assert names(said(role=None), Fake("elsewhere", said(role=None), touches=("usage.input_tokens",))) == [()]


def test_a_suspect_that_touches_usage_is_asked_about_every_count() -> None:
    reference, wrong = Response(usage=Usage(input_tokens=9)), Response(usage=Usage(input_tokens=18))
    fields = frozenset(["usage.input_tokens"])

    (found,) = diagnose(
        compare(reference, wrong, fields),
        [Fake("sums", wrong, touches=("usage",))],
        lambda s: s.gives,
        lambda r: compare(reference, r, fields),
    )

    assert found.diagnosis == ("sums",)


def test_the_suspect_that_explains_most_comes_first() -> None:
    both = said(role=None, content="")
    half = Fake("a-half", said(role=None))
    whole = Fake("z-whole", both)

    assert names(both, half, whole) == [("z-whole", "a-half"), ("z-whole",)]


def test_zero_is_not_taken_for_false() -> None:
    reference = Response(choices=(), usage=None, extra={"n": 1})
    wrong = Response(extra={"n": 0})
    other = Response(extra={"n": False})
    fields = frozenset(["extra"])

    found = diagnose(
        compare(reference, wrong, fields),
        [Fake("gives-false", other, touches=("extra",))],
        lambda s: s.gives,
        lambda r: compare(reference, r, fields),
    )

    assert found[0].diagnosis == ()
