"""JSON inside a string, whole or in fragments: what it says is replaced, what holds it together is kept.

Arguments of tools are streamed as JSON text, cut anywhere: in a word, in a
number, in the middle of an escape. What was begun in one fragment goes on in the
next, so each is read from the state in which the one before it ended.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from stream_audit.redaction import strings
from stream_audit.redaction.mask import Mask

__all__ = ["LITERALS", "NUMBER", "START", "JsonText", "State"]


class State(NamedTuple):
    """How far a JSON text has come."""

    stack: str = ""
    """The brackets that are open."""
    key_next: bool = False
    """A string that begins now is a key."""
    inside: str = ""
    """``key`` or ``value`` while a string is open."""
    begun: str = ""
    """The part so far of what may go on: an escape, a literal; ``0`` for a number."""


START = State()

LITERALS = ("true", "false", "null", "NaN", "Infinity", "-Infinity")
_HEX = "0123456789abcdefABCDEF"
_PIECE = re.compile(r'[^"\\]*(?:\\(?:[^u]|u(?![0-9a-fA-F]{0,3}\Z))[^"\\]*)*', re.DOTALL)
_RUN = re.compile(r'[^\s{}\[\]:,"]+')
NUMBER = re.compile(r"(-?[0-9]+(?:\.[0-9]*)?)((?:[eE][+-]?[0-9]*)?)")
_REST = re.compile(r"([0-9.]*)((?:[eE]?[+-]?[0-9]*)?)")
_HALVES = tuple("89abcdef")
_LETTERS = "4567cdefCDEF"
"""Third digit of the escape of a letter up to U+00FF."""


class JsonText:
    """Replaces what JSON texts say.

    Args:
        mask: Gives texts their stand-ins.
        keep_keys: Leave the keys of objects as they are.
    """

    def __init__(self, mask: Mask, *, keep_keys: bool) -> None:
        self._mask = mask
        self._keep_keys = keep_keys

    def replace(self, text: str, state: State) -> tuple[str, State]:
        """Replace one fragment, read from a state; return the state behind it as well."""
        out: list[str] = []
        at = 0
        while at < len(text):
            if state.inside:
                at, state = self._string(text, at, state, out)
            else:
                at, state = self._outside(text, at, state, out)
        return "".join(out), state

    # ---- outside of strings

    def _outside(self, text: str, at: int, state: State, out: list[str]) -> tuple[int, State]:
        run = _RUN.match(text, at)
        if run is not None:
            begun = self._run(run[0], state.begun, out, last=run.end() == len(text))
            return run.end(), state._replace(begun=begun, key_next=False)
        character = text[at]
        out.append(character)
        return at + 1, _after(character, state)

    def _run(self, run: str, begun: str, out: list[str], *, last: bool) -> str:
        """Replace a word or a number; return what of it may go on in the next fragment."""
        number = (_REST if begun == "0" else NUMBER).fullmatch(run)
        if number is not None:
            replaced = self._mask.said if last or begun else self._mask.of
            out.append(replaced(number[1]) + number[2])
            return "0" if last else ""
        word = begun + run
        if word in LITERALS or (last and any(literal.startswith(word) for literal in LITERALS)):
            out.append(run)
            return word if last else ""
        out.append(self._mask.said(run))
        return ""

    # ---- inside of strings

    def _string(self, text: str, at: int, state: State, out: list[str]) -> tuple[int, State]:
        kept = self._keep_keys and state.inside == "key"
        if state.begun:
            return self._escape(text, at, state, out, kept=kept)
        piece = _PIECE.match(text, at)
        assert piece is not None  # it may be empty
        begins, ends = text[at - 1 : at] == '"', text[piece.end() : piece.end() + 1] == '"'
        written, at = piece[0], piece.end()
        if written and not kept:
            whole = state.inside == "key" or (begins and ends)
            replaced = self._mask.of if whole else self._mask.said
            written = strings.rewrite(written, replaced(strings.read(written)))
        out.append(written)
        if at == len(text):
            return at, state
        out.append(text[at])
        if text[at] == '"':
            return at + 1, state._replace(inside="", key_next=False)
        return at + 1, state._replace(begun="\\")

    def _escape(self, text: str, at: int, state: State, out: list[str], *, kept: bool) -> tuple[int, State]:
        """Go on with an escape that the fragment before, or this one, breaks off."""
        begun, character = state.begun, text[at]
        if begun == "\\":
            out.append(character)
            return at + 1, state._replace(begun="\\u" if character == "u" else "")
        if character not in _HEX:
            return at, state._replace(begun="")  # no escape after all
        others = "" if kept else _others(begun[2:], character).replace(character.lower(), "")
        draw = self._mask.draw(begun + character)
        out.append(others[draw % len(others)] if others else character)
        begun += character
        return at + 1, state._replace(begun="" if len(begun) == 6 else begun)


def _after(character: str, state: State) -> State:
    """The state behind a character that holds the text together."""
    stack = state.stack
    if character == '"':
        return State(stack, inside="key" if state.key_next else "value")
    if character in "{[":
        return State(stack + character, key_next=character == "{")
    if character in "}]":
        return State(stack[:-1])
    if character == ",":
        return State(stack, key_next=stack.endswith("{"))
    if character == ":":
        return State(stack)
    return state._replace(begun="")  # white space


def _others(before: str, digit: str) -> str:
    """Digits that may stand in for one of an escape of which nobody knows the end; empty: it is kept.

    Args:
        before: The digits before it, as they were.
        digit: The digit.
    """
    block, digit = (before + digit)[:2].lower(), digit.lower()
    if block[0] == "d" and block[1:] in _HALVES:  # half of a character becomes half of the one face
        face = "d83d" if block[1] in "89ab" else "de00"
        return face[len(before)]
    if len(before) < 2 or block in ("20", "30", "fe"):  # which block it is; punctuation and white space
        return ""
    if block == "00":
        return "123456789" if len(before) == 3 and before[2] in _LETTERS else ""
    return "123456789abcdef"
