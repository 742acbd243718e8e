"""A response that several session logs tell is one request, whatever the order in which they are read."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from stream_audit.ledger.account import Account, Entry
from stream_audit.ledger.copies import once
from stream_audit.ledger.origin import Origin, Origins
from stream_audit.model import Recording, Response, Usage

Held = tuple[Entry, Origin]


def used(output: int) -> Account:
    tokens = {"total_tokens": 100 + output, "input_tokens": 100, "output_tokens": output}
    return Account(requests=1, successes=1, tokens=tokens)


def held(path: str, output: int, *names: str, seeks: tuple[str, ...] = ()) -> Held:
    entry = Entry(recording=f"{path}#{names}", path=path, line=1, labels={"in": path}, account=used(output))
    return entry, Origin(names, names, seeks)


def counted(*entries: Held) -> dict[str, int]:
    """File to the output that is counted under it."""
    return {entry.path: entry.account.tokens["output_tokens"] for entry in once(entries)}


def test_a_response_is_counted_where_its_path_comes_first() -> None:
    assert counted(held("b", 7, "x"), held("a", 7, "x"), held("c", 5, "y")) == {"a": 7, "b": 0, "c": 5}


def test_a_response_is_counted_as_its_fullest_copy_tells_it() -> None:
    assert counted(held("a", 1, "x"), held("b", 40, "x")) == {"a": 40, "b": 0}


def test_a_response_is_counted_under_whoever_is_no_copy() -> None:
    assert counted(held("a", 7, "fork x", seeks=("x",)), held("b", 7, "x")) == {"a": 0, "b": 7}


def test_copies_of_copies_are_copies() -> None:
    one, two, three = held("a", 7, "x"), held("b", 7, "x", "y"), held("c", 7, "y")

    assert counted(three, two, one) == {"a": 7, "b": 0, "c": 0}


def test_what_nobody_answers_to_is_a_response_of_its_own() -> None:
    assert counted(held("a", 7, "fork x", seeks=("x",)), held("b", 7, "y")) == {"a": 7, "b": 7}


def test_a_copy_adds_nothing_and_tells_what_it_would_have_added() -> None:
    entry, copy = once([held("a", 7, "x"), held("b", 5, "x")])

    zeros = {"total_tokens": 0, "input_tokens": 0, "output_tokens": 0}
    assert copy.account == Account(repeated=1, tokens=zeros)
    assert copy.repeats == used(5)
    assert (entry.account, entry.repeats) == (used(7), None)


NAMES = st.lists(st.sampled_from("uvwxyz"), max_size=2)
HELD = st.lists(
    st.builds(lambda names, output, seeks: (names, output, seeks), NAMES, st.integers(0, 3), NAMES),
    max_size=6,
)


def total(entries: list[Held]) -> tuple[Account, dict[str, Account]]:
    sums, each = Account(), {}
    for entry in once(entries):
        sums.add(entry.account)
        each[entry.path] = entry.account
    return sums, each


@given(HELD, st.randoms())
def test_the_order_makes_no_difference(found: list[Any], random: Any) -> None:
    entries = [held(str(at), out, *names, seeks=tuple(seeks)) for at, (names, out, seeks) in enumerate(found)]
    mixed = [*entries]
    random.shuffle(mixed)

    assert total(entries) == total(mixed)


@given(HELD)
def test_every_recording_is_a_request_or_a_copy_and_no_name_is_counted_twice(found: list[Any]) -> None:
    entries = [held(str(at), out, *names, seeks=tuple(seeks)) for at, (names, out, seeks) in enumerate(found)]

    made = once(entries)

    assert [entry.path for entry in made] == [entry.path for entry, _ in entries]
    assert all(entry.account.requests + entry.account.repeated == 1 for entry in made)
    requests = [
        origin.names for entry, (_, origin) in zip(made, entries, strict=True) if entry.account.requests
    ]
    said = [name for names in requests for name in set(names)]
    assert len(said) == len(set(said))


# ------------------------------------------------------------------------------------- origins


def recording(dialect: str, path: str = "log") -> Recording:
    return Recording(id=path, path=path, first_line=1, last_line=1, dialect=dialect, chunks=1)


def claude(message: str | None, request: str | None = None, *, side: bool = False) -> Origin:
    extra = {"requestId": request} if request else {}
    response = Response(id=message, extra={**extra, "isSidechain": True} if side else extra)
    origin = Origins().of(recording("claude-log"), response)
    assert origin is not None
    return origin


def same(one: Origin, two: Origin) -> bool:
    """Whether two recordings are taken for one response, in either order."""
    pairs = [("a", one), ("b", two)]
    sums = [
        total([(held(path, 5)[0], origin) for path, origin in order])[0] for order in (pairs, pairs[::-1])
    ]
    assert sums[0] == sums[1]
    return sums[0].requests == 1


def test_streams_are_not_looked_for_in_each_other() -> None:
    assert Origins().of(recording("anthropic-messages"), Response(id="m")) is None


def test_a_message_of_a_request_is_the_same_in_every_file() -> None:
    assert same(claude("m", "r"), claude("m", "r"))
    assert not same(claude("m", "r"), claude("m", "s"))
    assert not same(claude("m", "r"), claude("n", "r"))


def test_without_its_request_a_message_is_told_by_itself() -> None:
    assert same(claude("m"), claude("m"))
    assert same(claude("m"), claude("m", "r"))
    assert same(claude("m", "s", side=True), claude("m", "r"))
    assert same(claude("m", "s", side=True), claude("m", "r", side=True))
    assert not same(claude("m"), claude("n", "r"))


def test_a_recording_without_a_response_is_nobody_s_copy() -> None:
    assert not same(claude(None), claude(None))


def codex(
    origins: Origins, path: str, total: int, output: int = 5, *, sessions: Any = None, id: str | None = None
) -> Origin:
    counter = {"input_tokens": total, "cached_input_tokens": 0, "output_tokens": 9}
    extra = {"counter": counter, **({"sessions": sessions} if sessions else {})}
    response = Response(id=id, usage=Usage(input_tokens=7, output_tokens=output), extra=extra)
    origin = origins.of(recording("codex-log", path), response)
    assert origin is not None
    return origin


def test_a_fork_repeats_its_session_where_the_counters_agree() -> None:
    known = Origins()
    parent = [codex(known, "p", n, sessions=["P"] if n == 1 else None) for n in (1, 2)]
    fork = [codex(known, "f", n, sessions=["F", "P"] if n == 1 else None) for n in (1, 2, 3)]

    assert [same(fork[n], parent[n]) for n in (0, 1)] == [True, True]
    assert not same(fork[0], parent[1])
    assert not same(fork[2], parent[1])
    assert known.absent() == 0


def test_the_counters_of_two_sessions_say_nothing_about_each_other() -> None:
    known = Origins()

    assert not same(codex(known, "p", 1, sessions=["P"]), codex(known, "q", 1, sessions=["Q"]))
    assert same(codex(known, "p", 1), codex(known, "a copy of p", 1, sessions=["P"]))


def test_another_use_behind_the_same_counter_is_another_response() -> None:
    known = Origins()

    assert not same(codex(known, "p", 1, sessions=["P"]), codex(known, "f", 1, 6, sessions=["F", "P"]))


def test_two_sub_agents_that_begin_alike_are_two() -> None:
    known = Origins()

    assert not same(codex(known, "a", 1, sessions=["A", "P"]), codex(known, "b", 1, sessions=["B", "P"]))
    assert known.absent() == 1


def test_an_id_tells_a_response_without_a_session() -> None:
    known = Origins()

    assert same(codex(known, "a", 1, id="resp_1"), codex(known, "b", 2, id="resp_1"))
    assert not same(codex(known, "a", 1, id="resp_1"), codex(known, "b", 1, id="resp_2"))
    assert not same(codex(known, "a", 1), codex(known, "b", 1))
