"""The HTML page in a real browser. Anything a page logs, throws or asks the network for fails its test."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from stream_audit.audit import Plan, replay
from stream_audit.reports import Options, open_report
from tests.reports.cases import CASES, difference, differing, recording, response, result, written
from tests.reports.chromium import Chromium, find_chromium
from tests.reports.test_html import HOSTILE, charted, many, told, with_text
from tests.runs import FIXTURES, ROOT, chunk, write

PROGRAM = find_chromium()

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(PROGRAM is None, reason="no Chromium is installed"),
]

FIRST = "fixtures/openai-chat/usage-cumulative-summed.jsonl"
VISIBLE_CARDS = "[...document.querySelectorAll('.card')].filter((one) => one.checkVisibility()).length"
LISTED = "[...document.querySelectorAll('#list tbody th')].map((one) => one.textContent)"
FOCUSED = "document.activeElement.textContent.trim()"
GROUND = "getComputedStyle(document.body).backgroundColor"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chromium]:
    browser = Chromium(PROGRAM or "", tmp_path_factory.mktemp("profile"))
    try:
        yield browser
    finally:
        browser.close()


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The page of a real run: two candidates on fixtures, and on a stream with many chunks."""
    folder = tmp_path_factory.mktemp("real")
    usage = {"prompt_tokens": 9, "completion_tokens": 2, "total_tokens": 11}
    long = [chunk({"role": "assistant", "content": ""}), *[chunk({"content": "x"}, usage=usage)] * 900]
    paths = [
        *(FIXTURES / "openai-chat" / name for name in ("one-tool.jsonl", "usage-cumulative-summed.jsonl")),
        write(folder / "long.jsonl", [*long, chunk({}, finish_reason="stop")]),
    ]
    target = folder / "report.html"
    with target.open("w", encoding="utf-8") as stream:
        report = open_report("html", stream, Options(specs=("textbook",)))
        candidates = (f"{ROOT / 'examples/combine.py'}:fold", "suspect:usage-cumulative-summed")
        replay(
            Plan(paths=tuple(map(str, paths)), candidates=candidates, timeline=True, command=("replay",)),
            [report],
        )
    return target


@pytest.fixture
def browser(chromium: Chromium) -> Iterator[Chromium]:
    """The browser as a reader has it; afterwards nothing may have gone wrong in the page."""
    chromium.start()
    yield chromium
    assert chromium.trouble == []
    assert [one for one in chromium.requests if not one.startswith("file:")] == []
    assert len(chromium.requests) == 1


def show(browser: Chromium, folder: Path, text: str) -> None:
    page = folder / "page.html"
    page.write_text(text, "utf-8")
    browser.open(page)


def view(browser: Chromium, number: int = 0) -> None:
    browser.run(f"location.hash = '#r{number}'")
    browser.wait("!document.getElementById('view').hidden")


def test_trouble_in_a_page_is_noticed(chromium: Chromium, tmp_path: Path) -> None:
    script = "<script>console.log('said'); fetch('http://localhost:9/x'); missing();</script>"

    chromium.start()
    show(chromium, tmp_path, f"<!DOCTYPE html><title>x</title>{script}")
    chromium.wait("true")

    assert any("missing is not defined" in one for one in chromium.trouble)
    assert any("said" in one for one in chromium.trouble)
    assert "http://localhost:9/x" in chromium.requests


def test_trouble_is_never_that_of_an_earlier_page(chromium: Chromium, tmp_path: Path) -> None:
    late = "<script>for (let n = 0; n < 500; n++) fetch('http://localhost:9/' + n);</script>"

    chromium.start()
    show(chromium, tmp_path, f"<!DOCTYPE html><title>x</title>{late}")
    chromium.start()
    show(chromium, tmp_path, "<!DOCTYPE html><title>x</title>")
    chromium.wait("performance.now() > 200")

    assert chromium.trouble == []
    assert len(chromium.requests) == 1


@pytest.mark.parametrize("own", [True, False])
def test_only_the_page_s_own_session_is_heard(chromium: Chromium, own: bool) -> None:
    chromium.start()
    session = chromium.session if own else "another"

    chromium.heard({"method": "Log.entryAdded", "sessionId": session, "params": {"entry": {"text": "late"}}})

    assert chromium.trouble == (["late"] if own else [])
    chromium.trouble.clear()


@pytest.mark.parametrize("name", sorted(CASES))
def test_every_page_opens_without_an_error(browser: Chromium, tmp_path: Path, name: str) -> None:
    show(browser, tmp_path, written("html", CASES[name]()))

    assert browser.run("document.querySelector('.verdict .state').checkVisibility()")
    assert browser.run("document.querySelectorAll('#list tbody tr').length") == len(CASES[name]().audited)


@pytest.mark.parametrize("nasty", HOSTILE, ids=ascii)
def test_hostile_recordings_are_inert_in_every_view(browser: Chromium, tmp_path: Path, nasty: str) -> None:
    show(browser, tmp_path, told(with_text(nasty)))
    view(browser)
    browser.run("document.querySelector('.table').open = true")
    browser.wait("document.querySelector('.table table') !== null")

    assert browser.run("document.title") == "Failed - stream-audit"
    assert browser.run("document.querySelectorAll('img, iframe, b').length") == 0
    assert browser.run("document.querySelectorAll('script:not([type])').length") == 1
    found = browser.run("document.querySelector('#view h1').textContent")
    assert found == json.loads(browser.run("document.getElementById('d0').textContent"))["id"]
    assert found.isprintable()


def test_the_policy_stops_what_is_not_the_page_s_own(chromium: Chromium, tmp_path: Path) -> None:
    chromium.start()
    show(chromium, tmp_path, told(differing()))

    chromium.run(
        "document.body.append(Object.assign(document.createElement('script'), {text: 'hacked = 1'}))"
    )
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        address = f"http://127.0.0.1:{server.getsockname()[1]}"
        image = "new Promise((done) => Object.assign(new Image(), {onerror: done, src: '%s'})).then(() => 1)"
        assert chromium.run(image % f"{address}/x.png") == 1
        assert chromium.run(f"fetch('{address}/y').catch(() => 2)") == 2
        with pytest.raises(BlockingIOError):
            server.accept()

    assert chromium.run("typeof hacked") == "undefined"
    assert any("Content Security Policy" in one for one in chromium.trouble)


# --------------------------------------------------------------------------- filter and search


def test_words_find_findings_and_recordings(browser: Chromium, real: Path) -> None:
    browser.open(real)
    every = browser.run(VISIBLE_CARDS)

    browser.press("/")
    browser.write("CUMULATIVE output")

    assert browser.run("document.activeElement.id") == "search"
    assert 0 < browser.run(VISIBLE_CARDS) < every
    assert "kinds of finding" in browser.run("document.getElementById('shown').textContent")
    browser.run("document.getElementById('search').value = ''")
    browser.write("one-tool")
    (one,) = browser.run(LISTED)
    assert one.endswith("one-tool.jsonl")
    browser.press("Escape")
    assert browser.run(VISIBLE_CARDS) == every
    assert browser.run("document.getElementById('shown').textContent") == ""


def test_severities_candidates_and_ends_filter(browser: Chromium, real: Path) -> None:
    browser.open(real)
    every = browser.run(VISIBLE_CARDS)

    browser.run("document.querySelector('[value=error]').click()")
    assert browser.run("document.querySelectorAll('.card:not([hidden]) .error').length") == 0
    browser.run("document.querySelector('[type=reset]').click()")
    browser.wait(f"{VISIBLE_CARDS} === {every}")

    choose = "(id, value) => { const one = document.getElementById(id); one.value = value;" + (
        " one.dispatchEvent(new Event('input', {bubbles: true})); }"
    )
    browser.run(f"({choose})('candidate', '1')")
    names = browser.run(
        "[...document.querySelectorAll('.card:not([hidden]) .who')].map((one) => one.textContent)"
    )
    assert names
    assert all("usage-cumulative-summed" in name for name in names)
    browser.run(f"({choose})('status', 'same')")
    assert [Path(name).name for name in browser.run(LISTED)] == ["one-tool.jsonl"]
    browser.run(f"({choose})('status', 'failed')")
    assert browser.run(LISTED) == []
    assert "No recording fits" in browser.run("document.getElementById('list').textContent")


def test_a_long_list_is_shown_in_parts(browser: Chromium, tmp_path: Path) -> None:
    show(browser, tmp_path, told(many(249)))

    assert len(browser.run(LISTED)) == 100
    browser.run("document.querySelector('.further').click()")
    assert len(browser.run(LISTED)) == 200
    assert browser.run(FOCUSED) == "r/99.jsonl"
    browser.run("document.querySelector('.further').click()")
    assert len(browser.run(LISTED)) == 250
    assert browser.run("document.querySelector('.further').hidden")


# --------------------------------------------------------------------------- one recording


def test_a_recording_s_view_sets_both_responses_side_by_side(browser: Chromium, real: Path) -> None:
    browser.open(real)
    link = "[...document.querySelectorAll('#list a')].find((one) => one.textContent.endsWith('summed.jsonl'))"
    browser.run(f"{link}.click()")
    browser.wait("!document.getElementById('view').hidden")

    assert browser.run("document.activeElement.id") == "view"
    assert not browser.run("document.getElementById('overview').checkVisibility()")
    rows = browser.run(
        "[...document.querySelectorAll('.beside tr.differs')]"
        ".map((row) => [...row.children].map((one) => one.innerText))"
    )
    assert ["usage.output_tokens", "differs", "5", "10\n+5"] in rows
    assert browser.run("document.querySelectorAll('.beside').length") == 2
    assert browser.run(
        "getComputedStyle(document.querySelector('tr.differs th')).backgroundColor"
    ) != browser.run("getComputedStyle(document.querySelector('tr.same th')).backgroundColor")


def test_the_part_of_a_text_that_differs_is_marked_on_both_sides(browser: Chromium, tmp_path: Path) -> None:
    case = differing()
    field = "choices[0].message.content"
    left, right = "Green tea, warm.", "Green coffee, warm."
    one = replace(
        case.audited[0],
        reference=response(left),
        candidates=(result(response=response(right)),),
        findings=(difference(recording(), field=field, reference=left, got=right),),
    )
    show(browser, tmp_path, told(replace(case, audited=(one,))))
    view(browser)

    row = "document.querySelector('.beside tr.differs')"
    assert browser.run(f"[...{row}.querySelectorAll('mark')].map((one) => one.textContent)") == [
        "tea",
        "coffee",
    ]
    assert browser.run(f"{row}.lastElementChild.textContent") == f"'{right}'"


def test_the_timeline_marks_the_culprit_where_its_chunk_is(browser: Chromium, real: Path) -> None:
    browser.open(real)
    view(browser, 1)

    bars = browser.run(
        "[...document.querySelectorAll('.picture')[0].querySelectorAll('rect[class^=c]:not(.culprit-band)')]"
        ".map((one) => one.getBBox()).map((box) => box.x + box.width / 2)"
    )
    marks = browser.run(
        "[...document.querySelectorAll('.picture')[0].querySelectorAll('path.culprit')]"
        ".map((one) => one.getBBox()).map((box) => box.x + box.width / 2)"
    )
    width = browser.run("document.querySelector('.picture').viewBox.baseVal.width")
    assert [at * 2 // width for at in bars] == [0, 0, 1, 1]
    assert marks == pytest.approx(bars[1:3])
    named = browser.run("document.querySelector('.culprits').innerText")
    assert "chunk 2, line 2: role-null-or-empty" in named
    assert "chunk 3, line 3: usage-cumulative-summed" in named


def test_token_counts_are_drawn_over_the_stream(browser: Chromium, real: Path) -> None:
    browser.open(real)
    view(browser, 1)

    labels = browser.run(
        "[...document.querySelectorAll('.picture')].map((one) => one.getAttribute('aria-label'))"
    )
    (output,) = [at for at, label in enumerate(labels) if label.startswith("output_tokens")]
    assert "reference 5" in labels[output]
    picture = f"document.querySelectorAll('.picture')[{output}]"
    dots = browser.run(f"[...{picture}.querySelectorAll('.dot')].map((one) => one.cy.baseVal.value)")
    assert len(dots) == 4
    assert dots == sorted(dots, reverse=True)
    assert browser.run(f"{picture}.querySelector('.running').getBBox().height") == pytest.approx(
        dots[0] - dots[-1]
    )
    assert browser.run(f"{picture}.querySelectorAll('.cross').length") == 2
    assert browser.run(f"{picture}.querySelectorAll('.culprit-line').length") == 1, (
        "those of other fields are not"
    )
    assert "10 (+5)" in browser.run(
        "[...document.querySelectorAll('.ends')].map((one) => one.innerText).join()"
    )


def test_the_arrow_keys_go_through_the_chunks_and_c_to_the_culprits(browser: Chromium, real: Path) -> None:
    browser.open(real)
    view(browser, 1)
    said = "document.querySelector('output').textContent"
    cursor = "document.querySelector('.cursor').x1.baseVal.value"

    browser.press("c")
    assert browser.run(said).startswith("chunk 2 of 4 · line 2")
    before = browser.run(cursor)
    browser.press("ArrowRight")
    assert browser.run(said).startswith("chunk 3 of 4 · line 3 · 245 bytes · content ' we go.', usage")
    assert "output tokens reported 4, so far 4" in browser.run(said)
    assert browser.run(cursor) > before
    browser.press("c")
    assert browser.run("document.activeElement.getAttribute('aria-valuetext')").startswith("chunk 3 of 4")


def test_a_long_stream_has_several_chunks_a_bar_and_says_so(browser: Chromium, real: Path) -> None:
    browser.open(real)
    number = browser.run(
        "[...document.querySelectorAll('#list a')].find((one) => one.textContent.endsWith('long.jsonl')).hash"
    )
    view(browser, int(number[2:]))

    assert "A bar stands for up to 3 chunks." in browser.run("document.getElementById('view').innerText")
    assert browser.run("document.getElementById('scrub').max") == "300"


def test_a_recording_without_details_says_so(browser: Chromium, tmp_path: Path) -> None:
    show(browser, tmp_path, told(charted()))
    view(browser, 999)

    assert "holds no details" in browser.run("document.getElementById('view').innerText")


# --------------------------------------------------------------------------- keyboard


def test_every_place_is_reached_by_tab_and_none_holds_it(browser: Chromium, real: Path) -> None:
    browser.open(real)
    seen = []
    for _ in range(200):
        browser.press("Tab")
        seen.append(
            browser.run(
                "(() => { const one = document.activeElement; return one === document.body ? 'out' :"
                " one.id || one.className || one.tagName + (one.hash || one.textContent); })()"
            )
        )
        if seen[-1] == "out":
            break

    assert seen[-1] == "out"
    assert seen[:3] == ["skip", "theme", "help-open"]
    assert seen.index("search") < seen.index("candidate") < seen.index("status")
    assert {"A#r0", "A#r1", "A#r2"} <= {one[:4] for one in seen}


def test_letters_step_open_and_come_back_to_where_the_reader_was(browser: Chromium, real: Path) -> None:
    browser.open(real)

    browser.press("j")
    assert "error" in browser.run(FOCUSED)
    first = browser.run(FOCUSED)
    browser.press("j")
    assert browser.run(FOCUSED) != first
    browser.press("k")
    assert browser.run(FOCUSED) == first
    before = browser.run("document.activeElement.parentElement.open")
    browser.press("Enter")
    assert browser.run("document.activeElement.parentElement.open") is not before
    browser.run("document.querySelector('#list a').focus()")
    opener = browser.run(FOCUSED)
    browser.press("Enter")
    browser.wait("!document.getElementById('view').hidden")
    browser.press("j")
    browser.wait(f"document.querySelector('#view h1').textContent !== {json.dumps(opener)}")
    browser.press("Escape")
    browser.wait("document.getElementById('view').hidden")
    assert browser.run(FOCUSED) == opener
    assert browser.run("location.hash") == ""


def test_x_opens_and_closes_every_finding(browser: Chromium, real: Path) -> None:
    browser.open(real)
    shut = "document.querySelectorAll('.card:not([open])').length"

    browser.press("x")
    assert browser.run(shut) == 0
    browser.press("x")
    assert browser.run(shut) == browser.run("document.querySelectorAll('.card').length")


def test_the_keys_are_listed_and_can_be_switched_off(browser: Chromium, real: Path) -> None:
    browser.open(real)

    browser.press("?")
    assert browser.run("document.getElementById('help').open")
    listed = browser.run("[...document.querySelectorAll('.keys kbd')].map((one) => one.textContent)")
    assert {"/", "j", "k", "x", "c", "t", "?", "Esc"} <= set(listed)
    browser.run("document.getElementById('keys-on').click()")
    browser.press("Escape")
    assert not browser.run("document.getElementById('help').open")
    browser.press("t")
    browser.press("/")
    assert browser.run("document.getElementById('theme').textContent") == "Theme: system"
    assert browser.run("document.activeElement.id") != "search"


def test_letters_typed_into_the_search_are_text(browser: Chromium, real: Path) -> None:
    browser.open(real)

    browser.run("document.getElementById('search').focus()")
    for letter in "tjx/?":
        browser.press(letter)

    assert browser.run("document.getElementById('search').value") == "tjx/?"
    assert browser.run("document.getElementById('theme').textContent") == "Theme: system"


# --------------------------------------------------------------------------- look


def test_the_theme_follows_the_system_and_can_be_switched(browser: Chromium, real: Path) -> None:
    browser.open(real)
    light = browser.run(GROUND)
    browser.look(dark=True)
    dark = browser.run(GROUND)
    assert light != dark

    browser.press("t")
    assert browser.run("document.getElementById('theme').textContent") == "Theme: light"
    assert browser.run(GROUND) == light
    browser.press("t")
    browser.look(dark=False)
    assert browser.run(GROUND) == dark
    browser.open(real)
    assert browser.run(GROUND) == dark, "the choice is remembered"
    browser.run("document.getElementById('theme').click()")
    assert browser.run(GROUND) == light


@pytest.mark.parametrize("width", [320, 360, 768, 1400])
@pytest.mark.parametrize("hostile", [False, True])
def test_no_width_needs_scrolling_sideways(
    browser: Chromium, real: Path, tmp_path: Path, width: int, hostile: bool
) -> None:
    browser.look(width=width)
    if hostile:
        show(browser, tmp_path, told(with_text("x" * 400)))
    else:
        browser.open(real)

    assert browser.run("document.documentElement.scrollWidth") <= width
    view(browser)
    browser.wait("document.querySelector('.picture') !== null")
    assert browser.run("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_text_stands_out_from_its_ground(browser: Chromium, real: Path, dark: bool) -> None:
    browser.look(dark=dark)
    browser.open(real)
    for number in (None, 1):
        if number is not None:
            view(browser, number)
        assert browser.run(FAINT) == []


FAINT = """(() => {
  const canvas = document.createElement("canvas").getContext("2d", {willReadFrequently: true});
  const channels = (colour) => {
    canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data];
  };
  const light = ([r, g, b]) => [r, g, b].map((c) => c / 255)
    .map((c) => (c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4))
    .reduce((sum, c, at) => sum + c * [0.2126, 0.7152, 0.0722][at], 0);
  const ground = (node) => {
    for (let one = node; one; one = one.parentElement) {
      const colour = channels(getComputedStyle(one).backgroundColor);
      if (colour[3] === 255) return colour;
    }
    return [255, 255, 255, 255];
  };
  const faint = new Set();
  for (const node of document.body.querySelectorAll("*")) {
    const text = [...node.childNodes].some((one) => one.nodeType === 3 && one.data.trim());
    if (!text || !node.checkVisibility() || node.disabled || node.closest(".unseen, .skip, script")) continue;
    const both = [light(channels(getComputedStyle(node).color)), light(ground(node))];
    const [one, other] = both.sort((a, b) => b - a);
    if ((one + 0.05) / (other + 0.05) < 4.5) faint.add(`${node.tagName}.${node.className}`);
  }
  return [...faint];
})()"""


def test_paper_shows_what_is_folded_away_and_no_controls(browser: Chromium, real: Path) -> None:
    browser.look(paper=True, dark=True)
    browser.open(real)

    assert browser.run("document.querySelectorAll('.card:not([open])').length") > 0
    heights = browser.run(
        "[...document.querySelectorAll('.card')]"
        ".map((one) => one.lastElementChild.getBoundingClientRect().height)"
    )
    assert min(heights) > 0
    for name in ("#filters", ".tools", ".copy", "nav"):
        assert not browser.run(f"document.querySelector('{name}').checkVisibility()")
    assert browser.paper().startswith(b"%PDF")


def test_findings_are_there_when_scripts_are_not(browser: Chromium, real: Path) -> None:
    browser.look(scripts=False)
    browser.open(real)
    text = browser.run("document.body.innerText")

    assert "usage-cumulative-summed" in text
    assert "Recordings and their details are shown with JavaScript only." in text
    assert not browser.run("document.getElementById('filters').checkVisibility()")
    assert not browser.run("document.querySelector('.copy').checkVisibility()")
