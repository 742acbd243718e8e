"""What code under audit does besides answering: crash, hang, noise, changing its input."""

from __future__ import annotations

from stream_audit.model import Rule

__all__ = ["ANSWERLESS", "RULES"]

ANSWERLESS = frozenset(
    (
        "candidate-crashed",
        "candidate-timeout",
        "candidate-exited",
        "candidate-killed",
        "candidate-result-unreadable",
        "accumulator-refused",
    )
)
"""Rules under which a candidate is told that gave no answer."""

RULES: tuple[Rule, ...] = (
    Rule(
        slug="candidate-crashed",
        severity="error",
        family="candidate",
        title="A candidate folds every recording without an exception.",
        why=("An exception in a fold loses the whole answer, for a chunk that other clients get along with."),
        wrong="KeyError: 'role'",
        right="a response",
    ),
    Rule(
        slug="candidate-timeout",
        severity="error",
        family="candidate",
        title="A candidate folds a recording within the time limit.",
        why=(
            "A fold that hangs holds its caller for ever. Quadratic folds look the same on long "
            "streams; --timeout sets the limit."
        ),
        wrong="no response after 10 s",
        right="a response",
    ),
    Rule(
        slug="candidate-exited",
        severity="error",
        family="candidate",
        title="A candidate returns; it does not end its process.",
        why=(
            "sys.exit and os._exit inside a fold take the whole program with them, and skip "
            "everything that would have been saved."
        ),
        wrong="sys.exit(0)",
        right="return message",
    ),
    Rule(
        slug="candidate-killed",
        severity="error",
        family="candidate",
        title="A candidate's process survives the fold.",
        why=(
            "A signal ended it: a fault in native code, or too much memory. No handler in the "
            "program would have seen it."
        ),
        wrong="killed by signal 11 (SIGSEGV)",
        right="a response",
    ),
    Rule(
        slug="candidate-stdout-noise",
        severity="warning",
        family="candidate",
        title="A candidate does not write to standard output.",
        why=(
            "A library that prints spoils the output of every program that uses it, and breaks "
            "those that speak a protocol there."
        ),
        wrong='print("chunk", chunk)',
        right='logging.debug("chunk %s", chunk)',
    ),
    Rule(
        slug="candidate-nondeterministic",
        severity="error",
        family="candidate",
        title="A candidate gives the same response for the same chunks.",
        why=(
            "An answer that changes from run to run keeps state between streams, or depends on "
            "time or order of a set. Its tests pass by luck."
        ),
        wrong='run 1: "Hi"   run 2: "HiHi"',
        right='run 1: "Hi"   run 2: "Hi"',
    ),
    Rule(
        slug="candidate-result-unreadable",
        severity="error",
        family="candidate",
        title="A candidate returns a response, in one of the shapes that can be read.",
        why=(
            "A result of an unknown shape cannot be compared. It may be an SDK object, a mapping "
            "like the provider's unstreamed answer, or a flat mapping."
        ),
        wrong='return ("Hi", 3)',
        right='return {"role": "assistant", "content": "Hi"}',
    ),
    Rule(
        slug="accumulator-refused",
        severity="error",
        family="candidate",
        title="An accumulator has a count for every stream that it totals.",
        why=(
            "It demands an order, a report behind all texts, say, and the stream has another one. So "
            "there is no number where the reference has one: either the stream is wrong, or the demand."
        ),
        wrong="set_usage 3, write_text, and the accumulator advisory -> no count",
        right="write_text, set_usage 3 -> 3",
    ),
    Rule(
        slug="candidate-unavailable",
        severity="note",
        family="candidate",
        title="Every candidate that was asked for can be run.",
        why=(
            "A library that is not installed, or does not know the dialect, compares nothing. It "
            "is a visible row, so that nobody takes it for agreement."
        ),
        wrong="ModuleNotFoundError: No module named 'openai'",
        right="pip install stream-audit[openai]",
    ),
    Rule(
        slug="caller-chunks-mutated",
        severity="error",
        family="candidate",
        title="A combiner leaves the chunks as it got them.",
        why=(
            "The same chunks are often forwarded to the user or folded by another listener, who "
            "then gets the changed ones."
        ),
        wrong='chunk["choices"][0]["delta"].pop("role")',
        right='role = chunk["choices"][0]["delta"].get("role")',
        sources=("https://github.com/lastmile-ai/aiconfig/pull/334",),
    ),
)
