"""The catalogue keeps its own promises, and covers what the rest of the project names."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from stream_audit import suspects
from stream_audit.dialects.ai_sdk_ui.chunks import CHUNKS, STATES
from stream_audit.dialects.cohere.events import ANSWERING
from stream_audit.errors import UnknownName
from stream_audit.model import Severity
from stream_audit.rules import FAMILIES, RULES, rule, severity, wires
from stream_audit.rules.clients import CLIENTS

ROOT = Path(__file__).parents[2]
PACKAGE = ROOT / "stream_audit"

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
DIALECTS = {getattr(wires, name) for name in wires.__all__}

KNOWN = {entry.slug for entry in RULES}


def slugs_in(text: str) -> set[str]:
    """Words in backticks that look like a rule's slug; dialects, links and names of events left out."""
    words = re.findall(r"(?<!\[)`([a-z0-9]+(?:-[a-z0-9]+)+)`", text)
    return set(words) - DIALECTS - ANSWERING - set(CHUNKS) - STATES - {"dynamic-tool", "step-start"}


def slugs_reported_by_the_code() -> set[str]:
    """The rules that the other rooms report: the first argument of a note, a problem or a trouble."""
    call = re.compile(
        r'\b(?:Note|Problem|Trouble|Flaw|Broken|_crashed|_?note|_?problem)\(\s*(?:rule=)?"([a-z0-9-]+)"'
    )
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.parent.name != "rules":
            found.update(call.findall(path.read_text("utf-8")))
    return found


def test_no_slug_is_used_twice() -> None:
    slugs = [entry.slug for entry in RULES]

    assert sorted(slugs) == sorted(set(slugs))


def test_no_slug_is_also_the_name_of_a_family() -> None:
    assert not {entry.slug for entry in RULES} & dict(FAMILIES).keys()


def test_every_family_has_rules_and_every_rule_a_family() -> None:
    assert {entry.family for entry in RULES} == dict(FAMILIES).keys()


def test_every_rule_says_what_must_hold_and_why() -> None:
    assert not [
        entry.slug
        for entry in RULES
        if not (entry.title.endswith(".") and ". " not in entry.title and entry.why.endswith("."))
    ], "a title is one sentence, a reason is one or more"


def test_every_rule_shows_a_short_wrong_and_a_short_right_example() -> None:
    def fits(example: str) -> bool:
        lines = example.splitlines()
        return 1 <= len(lines) <= 5 and all(line.strip() and len(line) <= 96 for line in lines)

    assert not [e.slug for e in RULES if not (fits(e.wrong) and fits(e.right) and e.wrong != e.right)]


def test_every_slug_is_in_kebab_case() -> None:
    assert not [entry.slug for entry in RULES if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", entry.slug)]


def test_every_severity_is_known() -> None:
    assert {entry.severity for entry in RULES} == set(SEVERITIES)
    assert {entry.wire_severity for entry in RULES} <= {*SEVERITIES, None}


def test_rules_speak_of_known_dialects_only() -> None:
    assert {dialect for entry in RULES for dialect in entry.dialects} == DIALECTS


def test_sources_are_public_addresses_each_given_once() -> None:
    address = re.compile(r"https://[^\s\"'<>]+[^\s\"'<>.,;)]")

    assert not [url for entry in RULES for url in entry.sources if not address.fullmatch(url)]
    assert not [entry.slug for entry in RULES if len(set(entry.sources)) < len(entry.sources)]


def test_a_client_that_a_rule_breaks_is_named_by_a_source_of_the_rule() -> None:
    unproven = [
        (entry.slug, client)
        for entry in RULES
        for client in entry.breaks
        if not all(any(proves(url, client, number) for url in entry.sources) for number in numbers(client))
    ]

    assert unproven == []
    assert rule("tool-index-duplicate-in-chunk").breaks == ("openai-python (#3201)",)


def numbers(client: str) -> list[str]:
    """The issues behind a client's name; one empty text where it has none."""
    return re.findall(r"#(\d+)", client) or [""]


def proves(url: str, client: str, number: str) -> bool:
    """Whether a source is the issue of that number, or the repository, of the client."""
    name = client.partition(" (")[0]
    found = re.fullmatch(r"https://github\.com/([^/]+/([^/]+))(?:/(?:issues|pull)/(\d+))?", url)
    return found is not None and name in (found[1], found[2]) and (found[3] or "") == number


def test_every_rule_of_which_clients_are_named_exists_and_each_client_is_named_once() -> None:
    assert not CLIENTS.keys() - KNOWN
    assert not [slug for slug, named in CLIENTS.items() if len(set(named)) < len(named) or not named]


def test_what_a_stream_did_is_a_clause_that_a_detail_can_follow() -> None:
    assert not [entry.slug for entry in RULES if entry.seen.endswith((".", ":"))]


def test_our_own_rules_have_no_sources() -> None:
    own = [entry for entry in RULES if entry.family in ("input", "container", "difference")]

    assert own
    assert not any(entry.sources for entry in own)


def test_every_failure_that_the_folding_rules_name_has_a_rule() -> None:
    pages = [ROOT / "docs" / "folding.md", *(ROOT / "docs" / "folding").glob("*.md")]
    named = slugs_in("".join(page.read_text("utf-8") for page in pages))

    assert {"finish-emitted-twice", "tool-index-missing", "usage-absent", "block-stop-missing"} <= named
    assert not named - KNOWN


def test_every_rule_that_the_code_reports_is_in_the_catalogue() -> None:
    reported = slugs_reported_by_the_code()

    assert {"finish-missing", "unknown-event", "source-empty"} <= reported
    assert not reported - KNOWN


def test_what_the_code_reports_about_a_stream_has_words_for_it() -> None:
    assert not [
        slug
        for slug in slugs_reported_by_the_code()
        if not (rule(slug).seen or rule(slug).family == "candidate")
    ]


def test_naming_a_bug_that_spoils_the_answer_never_makes_it_a_mere_note() -> None:
    cosmetic = {"created-changes", "citations-duplicated"}

    assert {s.failure for s in suspects.SUSPECTS if severity(s.failure) == "note"} <= cosmetic


def test_every_suspect_reproduces_a_failure_of_the_catalogue() -> None:
    assert not {suspect.failure for suspect in suspects.SUSPECTS} - KNOWN


def test_an_unknown_slug_is_refused_with_the_nearest_names() -> None:
    with pytest.raises(UnknownName, match="role-concat"):
        rule("role-concatt")


def test_an_unknown_slug_has_no_severity() -> None:
    with pytest.raises(UnknownName):
        severity("no-such-rule", "wire")


def test_a_stream_without_usage_is_a_note_but_a_made_up_zero_is_an_error() -> None:
    assert severity("usage-absent", "wire") == "note"
    assert severity("usage-absent", "difference") == "error"


def test_without_a_severity_of_its_own_a_wire_finding_is_as_bad_as_any() -> None:
    assert severity("line-not-json", "wire") == severity("line-not-json") == "error"


def test_a_stream_is_never_judged_worse_than_the_combiner_that_gets_it_wrong() -> None:
    on_purpose = {"block-start-missing"}  # a crash is seen at once, but the stream itself is broken
    worse = {
        entry.slug
        for entry in RULES
        if SEVERITIES.index(severity(entry.slug, "wire")) < SEVERITIES.index(entry.severity)
    }

    assert worse == on_purpose
