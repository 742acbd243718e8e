"""The laws of ``--select`` and ``--ignore``."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from stream_audit.errors import UnknownName
from stream_audit.rules import FAMILIES, RULES, select

SLUGS = [entry.slug for entry in RULES]
NAMES = [*SLUGS, *dict(FAMILIES), "tool-args-*", "usage-*", "*"]

names = st.lists(st.sampled_from(NAMES), max_size=4)
slugs = st.sampled_from(SLUGS)


def chosen(*select_: str, ignore: tuple[str, ...] = ()) -> set[str]:
    wanted = select(select_, ignore)
    return {slug for slug in SLUGS if wanted(slug)}


def test_nothing_selected_is_everything() -> None:
    assert chosen() == set(SLUGS)


def test_a_rule_that_no_catalogue_lists_is_wanted_unless_something_else_is_selected() -> None:
    assert select()("brand-new-rule")
    assert not select(["role-concat"])("brand-new-rule")


def test_a_slug_selects_itself_alone() -> None:
    assert chosen("role-concat") == {"role-concat"}


def test_a_family_selects_its_rules_wherever_they_are_written() -> None:
    assert chosen("usage") == {entry.slug for entry in RULES if entry.family == "usage"}
    assert {"usage-absent", "cached-left-out", "log-lines-duplicated"} <= chosen("usage")


def test_a_star_selects_what_begins_like_that() -> None:
    assert chosen("tool-args-*") == {slug for slug in SLUGS if slug.startswith("tool-args-")}
    assert chosen("*") == set(SLUGS)


@given(left=names, right=names)
def test_selecting_two_lists_is_selecting_either(left: list[str], right: list[str]) -> None:
    if left and right:
        assert chosen(*left, *right) == chosen(*left) | chosen(*right)


@given(selected=names, ignored=names, slug=slugs)
def test_what_is_ignored_is_never_wanted(selected: list[str], ignored: list[str], slug: str) -> None:
    wanted = select(selected, [*ignored, slug])

    assert not wanted(slug)


@given(selected=names, ignored=names)
def test_ignoring_takes_away_just_what_selecting_it_would_give(
    selected: list[str], ignored: list[str]
) -> None:
    dropped = chosen(*ignored) if ignored else set()

    assert chosen(*selected, ignore=tuple(ignored)) == chosen(*selected) - dropped


@given(selected=names, slug=slugs)
def test_in_and_calling_say_the_same(selected: list[str], slug: str) -> None:
    wanted = select(selected)

    assert (slug in wanted) is wanted(slug)


@pytest.mark.parametrize("name", ["role-concatt", "no-such-*", "Usage", "", "finish_missing"])
def test_a_name_that_fits_nothing_is_refused_in_either_list(name: str) -> None:
    with pytest.raises(UnknownName, match="no rule"):
        select([name])
    with pytest.raises(UnknownName, match="no rule"):
        select((), [name])


def test_a_misspelt_family_is_told_the_family() -> None:
    with pytest.raises(UnknownName, match="usage"):
        select(["usagee"])
