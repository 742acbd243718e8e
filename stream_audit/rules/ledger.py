"""Somebody's books against the recordings, and what must hold inside books."""

from __future__ import annotations

from stream_audit.model import Rule

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    Rule(
        slug="ledger-mismatch",
        severity="error",
        family="ledger",
        title="Books and recordings give the same number for the same requests.",
        why=(
            "Somebody is billed, capped or reported wrongly by the difference. None of the known "
            "mistakes gives exactly the books' number."
        ),
        wrong="entity=bob: total tokens 4,512, recordings 4,000",
        right="entity=bob: total tokens 4,000, recordings 4,000",
    ),
    Rule(
        slug="ledger-entity-lost",
        severity="error",
        family="ledger",
        title="What an entity used stays in the books.",
        why=(
            "The entity is known, or its tokens are in a total, but it has no numbers of its own: "
            "they were dropped when the books were written."
        ),
        wrong='characters/bob.json without "_openai", three recordings of entity bob',
        right='"_openai": {"usage": {"total_tokens": 300, "total_requests": 3}}',
    ),
    Rule(
        slug="ledger-entity-unknown",
        severity="error",
        family="ledger",
        title="Each request belongs to an entity that the books have.",
        why=(
            "Its tokens are counted where batches are counted, and in no entity: the sum of the "
            "entities is too small, and nobody is charged."
        ),
        wrong="a recording of entity ghost, no characters/ghost.json and no locations/ghost.json",
        right="every entity of the recordings has its file",
    ),
    Rule(
        slug="ledger-recordings-only",
        severity="error",
        family="ledger",
        title="Every key of the recordings is in the books.",
        why="These requests were made and are booked nowhere.",
        wrong="recordings of project shop, no row with project shop",
        right=("project,total_tokens\nshop,1200"),
    ),
    Rule(
        slug="ledger-books-only",
        severity="error",
        family="ledger",
        title="Every key of the books has recordings.",
        why=(
            "Tokens are booked that no recording shows: either recordings are missing, or requests "
            "were booked under a wrong name."
        ),
        wrong="entity=bo: 4,000 tokens in the books, no recording of bo",
        right="entity=bob: 4,000 tokens in the books and in its recordings",
    ),
    Rule(
        slug="ledger-double-count",
        severity="error",
        family="ledger",
        title="Each request is booked once.",
        why="The books have exactly one recording's numbers too many, or those of one phase or tick.",
        wrong="two requests of 100 and 150 tokens -> 400",
        right="two requests of 100 and 150 tokens -> 250",
    ),
    Rule(
        slug="ledger-part-missing",
        severity="error",
        family="ledger",
        title="No request is left out.",
        why=(
            "The books lack exactly one recording's numbers, or those of one phase or tick, often the first."
        ),
        wrong="ticks of 100, 120 and 130 tokens -> 250",
        right="ticks of 100, 120 and 130 tokens -> 350",
    ),
    Rule(
        slug="ledger-reasoning-added",
        severity="error",
        family="ledger",
        title="Reasoning tokens are a part of the output, not an addition to it.",
        why="Added to a total that holds them already, they are paid for twice.",
        wrong="total 500, of it reasoning 200 -> 700",
        right="total 500, of it reasoning 200 -> 500",
    ),
    Rule(
        slug="ledger-reasoning-left-out",
        severity="error",
        family="ledger",
        title="Reasoning tokens count in the total.",
        why="They are paid for like any output, though nobody reads them.",
        wrong="total 500, of it reasoning 200 -> 300",
        right="total 500, of it reasoning 200 -> 500",
    ),
    Rule(
        slug="ledger-cached-added",
        severity="error",
        family="ledger",
        title="Cached tokens are a part of the input, not an addition to it.",
        why="Added to a total that holds them already, they are paid for twice.",
        wrong="total 500, of it cached 300 -> 800",
        right="total 500, of it cached 300 -> 500",
    ),
    Rule(
        slug="ledger-cached-left-out",
        severity="error",
        family="ledger",
        title="Cached tokens count in the total.",
        why="They are cheaper, not free; and limits count them.",
        wrong="total 500, of it cached 300 -> 200",
        right="total 500, of it cached 300 -> 500",
    ),
    Rule(
        slug="ledger-partial-left-out",
        severity="warning",
        family="ledger",
        title="Tokens that a failed request reported are known to the books.",
        why=(
            "A stream that breaks has been paid for up to there. Many books add nothing for a failed "
            "request, as a policy; the difference is then exactly what those requests reported."
        ),
        wrong="a stream that breaks after reporting 80 tokens -> 0",
        right="a stream that breaks after reporting 80 tokens -> 80, marked as partial",
    ),
    Rule(
        slug="ledger-failed-with-tokens",
        severity="warning",
        family="ledger",
        title="Books that add nothing for a failed request have no tokens of one.",
        why=(
            "Either the request is taken for one that succeeded, or the books break their own policy,"
            " and their sums mean two things."
        ),
        wrong="requests 1, errors 1 -> total tokens 80",
        right="requests 1, errors 1 -> total tokens 0",
    ),
    Rule(
        slug="ledger-failures-counted",
        severity="note",
        family="ledger",
        title="Books and recordings count failed requests alike.",
        why="Tokens agree. Averages per request and rates of failure do not.",
        wrong="3 requests, of them 1 failed -> 3 successes",
        right="3 requests, of them 1 failed -> 2 successes, 1 error",
    ),
    Rule(
        slug="ledger-decreases",
        severity="error",
        family="ledger",
        title="What was used up to a tick is never less after a later one.",
        why=(
            "Counts that grow with each tick fall when a state is overwritten by an older one, or "
            "started anew. What was counted in between is lost."
        ),
        wrong="after tick 2: 4,000 tokens, after tick 3: 3,100",
        right="after tick 2: 4,000 tokens, after tick 3: 5,200",
    ),
    Rule(
        slug="ledger-entities-sum",
        severity="error",
        family="ledger",
        title="The sum of the entities is the total.",
        why="One of the two was not updated; every report that uses the other one is wrong.",
        wrong="bob 300, tavern 500, simulation 900",
        right="bob 300, tavern 500, simulation 800",
    ),
    Rule(
        slug="ledger-phases-sum",
        severity="error",
        family="ledger",
        title="The sum of a tick's phases is the tick.",
        why="A phase was left out of the tick's sum, or counted into it twice.",
        wrong="phase1: 4,500 tokens, phase4: 3,100 tokens, tick 42: 4,500 tokens",
        right="phase1: 4,500 tokens, phase4: 3,100 tokens, tick 42: 7,600 tokens",
    ),
    Rule(
        slug="ledger-parts-sum",
        severity="error",
        family="ledger",
        title="A total is the sum of the rows under it.",
        why="One of the two is wrong, and nobody can tell which without the recordings.",
        wrong=("project,user,total_tokens\nshop,u1,100\nshop,u2,200\nshop,,400"),
        right=("project,user,total_tokens\nshop,u1,100\nshop,u2,200\nshop,,300"),
    ),
    Rule(
        slug="ledger-request-count",
        severity="error",
        family="ledger",
        title="Requests are successes and errors, together.",
        why="A request that is neither was lost between two counters.",
        wrong='{"request_count": 5, "success_count": 3, "error_count": 1}',
        right='{"request_count": 5, "success_count": 4, "error_count": 1}',
    ),
    Rule(
        slug="ledger-reasoning-above-total",
        severity="error",
        family="ledger",
        title="Reasoning tokens never exceed the total.",
        why=(
            "They are a part of it, so one of the two is wrong: often a total that leaves them out, "
            "or a count that was added up twice."
        ),
        wrong='{"total_tokens": 500, "reasoning_tokens": 700}',
        right='{"total_tokens": 500, "reasoning_tokens": 200}',
    ),
    Rule(
        slug="ledger-cached-above-total",
        severity="error",
        family="ledger",
        title="Cached tokens never exceed the total.",
        why=("They are a part of it, so one of the two is wrong: often a total without its cached input."),
        wrong='{"total_tokens": 500, "cached_tokens": 700}',
        right='{"total_tokens": 500, "cached_tokens": 300}',
    ),
    Rule(
        slug="ledger-total-mismatch",
        severity="error",
        family="ledger",
        title="The total is input plus output.",
        why=(
            "The books contradict themselves: whoever is billed by the total pays another sum than "
            "whoever is billed by input and output."
        ),
        wrong='{"input_tokens": 300, "output_tokens": 100, "total_tokens": 500}',
        right='{"input_tokens": 300, "output_tokens": 100, "total_tokens": 400}',
    ),
    Rule(
        slug="ledger-tick-unfinished",
        severity="warning",
        family="ledger",
        title="The phases of a tick are followed by the tick.",
        why=(
            "A tick that broke off has used tokens that no sum holds, since books are written when a "
            "tick is done."
        ),
        wrong=("phase1: Complete (2 chars, 4,500 tokens, 1,200 reasoning)\nStarting tick 4 for demo"),
        right=(
            "phase1: Complete (2 chars, 4,500 tokens, 1,200 reasoning)\n"
            "Tick 3 complete (8.2s, 4,500 tokens, 1,200 reasoning)"
        ),
    ),
    Rule(
        slug="ledger-old-format",
        severity="note",
        family="ledger",
        title="Usage is kept as total, reasoning and cached tokens.",
        why=(
            "The older format of Thing' Sandbox has input and output. Their sum is taken as the "
            "total; reasoning and cached tokens are not known and not compared."
        ),
        wrong='{"total_input_tokens": 300, "total_output_tokens": 100, "total_requests": 2}',
        right='{"total_tokens": 400, "reasoning_tokens": 50, "cached_tokens": 0, "total_requests": 2}',
    ),
    Rule(
        slug="ledger-old-format-as-zero",
        severity="error",
        family="ledger",
        title="A total over entities counts those in the older format, too.",
        why=(
            "Code that asks them for total_tokens gets nothing, takes it for 0, and the simulation "
            "looks cheaper than it was."
        ),
        wrong="bob (older format): 300 in, 100 out; tavern: 500; simulation -> 500",
        right="bob (older format): 300 in, 100 out; tavern: 500; simulation -> 900",
    ),
    Rule(
        slug="ledger-count-broken",
        severity="error",
        family="ledger",
        title="Each count in the books is a whole number of at least 0.",
        why=(
            "A text, a fraction, true or a negative number is no count. It is not compared, and never"
            " read as 0."
        ),
        wrong='{"total_tokens": "4,500"}',
        right='{"total_tokens": 4500}',
    ),
    Rule(
        slug="ledger-duplicate-key",
        severity="error",
        family="ledger",
        title="Each key stands in the books once.",
        why="Which of two rows counts is not known, so neither is compared.",
        wrong=("entity,total_tokens\nbob,100\nbob,140"),
        right=("entity,total_tokens\nbob,240"),
    ),
    Rule(
        slug="ledger-shape",
        severity="error",
        family="ledger",
        title="Books have the shape of books.",
        why=(
            "Something stands where another kind of thing belongs. It is left out, said, and never read as 0."
        ),
        wrong='{"_openai": {"usage": [4500]}}',
        right='{"_openai": {"usage": {"total_tokens": 4500}}}',
    ),
    Rule(
        slug="ledger-unreadable",
        severity="error",
        family="ledger",
        title="Books can be read: UTF-8 text that is CSV, JSON or a log, of a sensible size.",
        why="What cannot be read cannot be compared, and must not look like books that agree.",
        wrong='{"total_tokens": 4500,}',
        right='{"total_tokens": 4500}',
    ),
    Rule(
        slug="ledger-column-unknown",
        severity="note",
        family="ledger",
        title="Every column is a label of the recordings or a count that is known here.",
        why=(
            "It may hold what ought to be compared under another name. It is not read; a column that "
            "is a key must be named with --by."
        ),
        wrong="entity,total_tokens,price_usd",
        right="entity,total_tokens",
    ),
)
