"""The pictures in the docs show what the commands print, and need nothing but themselves."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.console import printed
from tests.pictures import FOLDER, PICTURES, draw, picture
from tests.runs import ROOT

SVG = "{http://www.w3.org/2000/svg}"

ENDINGS = {
    "replay": "Exit code 1: 1 finding",
    "lint": "Exit code 1: 1 finding",
    "explain": "sources https://",
    "usage": "Exit code 0:",
}
"""What stands near the end of each."""


def words(svg: str) -> list[str]:
    """What a reader sees, without the window's title."""
    texts = ElementTree.fromstring(svg).iter(f"{SVG}text")
    return " ".join(
        "".join(text.itertext()) for text in texts if "matrix" not in text.get("class", "")
    ).split()


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_in_docs_is_up_to_date(name: str) -> None:
    assert (FOLDER / f"{name}.svg").read_text("utf-8") == picture(name), "run: python -m tests.pictures"


@pytest.mark.slow
@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_shows_every_word_that_the_command_prints(name: str) -> None:
    width = "" if name == "explain" else " --width 100"
    shown = words((FOLDER / f"{name}.svg").read_text("utf-8"))

    assert ENDINGS[name] in " ".join(shown)  # the command did not break off
    title, command, report = ["stream-audit", name], PICTURES[name], printed(PICTURES[name] + width)
    assert shown == [*title, "$", "stream-audit", *command.split(), *report.split()]


def test_there_are_the_pictures_that_are_drawn_and_no_others() -> None:
    assert {path.name for path in FOLDER.iterdir()} == {f"{name}.svg" for name in PICTURES}


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_loads_nothing_and_says_what_it_is(name: str) -> None:
    svg = (FOLDER / f"{name}.svg").read_text("utf-8")
    root = ElementTree.fromstring(svg)

    title = root.find(f"{SVG}title")
    assert title is not None
    assert title.text == f"stream-audit {name}"
    assert all(target.startswith("#") for target in re.findall(r"url\(([^)]*)\)", svg))
    assert not re.search(r"@import|@font-face|href|<(?:image|script|foreignObject|use)\b", svg)


@pytest.mark.parametrize("name", PICTURES)
def test_a_picture_is_shown_on_a_page_with_words_for_those_who_do_not_see_it(name: str) -> None:
    pages = [ROOT / "README.md", *ROOT.glob("docs/*.md")]
    texts = [text for page in pages for text in shown_on(page, name)]

    assert texts
    assert all(len(text.split()) > 3 for text in texts)


def shown_on(page: Path, name: str) -> list[str]:
    """The words that stand for a picture, wherever a page shows it."""
    return re.findall(rf"!\[([^\]]*)\]\((?:docs/)?pictures/{name}\.svg\)", page.read_text("utf-8"))


@pytest.mark.slow
def test_drawing_writes_every_picture(tmp_path: Path) -> None:
    draw(tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == {f"{name}.svg" for name in PICTURES}
