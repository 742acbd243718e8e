"""Chunks as the official SDKs hand them over, without the SDKs.

What the SDK has no class for stays a dict or a list. Nothing is validated.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from . import cohere, declared, google, ollama, responses
from .declared import ROOTS
from .record import NOTHING, Fields, How, Record, dumped

_OPEN = "Record"
_OPEN_USAGE = "UsageRecord"


def build(payload: dict[str, Any], dialect: str) -> Any:
    """One chunk as an object of the class that the dialect's SDK has for it. Takes the payload over."""
    return _build(payload, ROOTS.get(dialect, _OPEN))


def dump(value: Any) -> Any:
    """What an object (or a list of them) holds now, as plain values: the chunk, if nobody changed it."""
    return dumped(value, How(names="recorded"))


def _build(value: Any, kind: str) -> Any:
    if isinstance(value, list):
        return [_build(item, kind) for item in value]
    if not isinstance(value, dict):
        return value
    kind = _chosen(value, kind)
    if kind in (_OPEN, _OPEN_USAGE):
        for name, item in value.items():
            value[name] = _build(item, _OPEN_USAGE if name == "usage" else _OPEN)
        return _CLASSES[kind](value)
    made = _CLASSES[kind]
    recorded = NOTHING
    if made._renamed:
        value, recorded = _respelt(value, made)
    for name, child in _CHILDREN.get(kind, NOTHING).items():
        item = value.get(name)
        if item is not None:
            value[name] = _build(item, child)
    built = made(value)
    if recorded:
        built._recorded = recorded
    return built


def _chosen(value: Fields, kind: str) -> str:
    """The class, where the SDK chooses it by what is in the object."""
    if kind in _BY_TYPE:
        return _BY_TYPE[kind].get(str(value.get("type")), _OPEN)
    return ollama.root(value) if kind == ollama.ROOT else kind


def _respelt(fields: Fields, kind: type[Record]) -> tuple[Fields, dict[str, str]]:
    """The fields under the SDK's names, as the SDK reads them, and the names that were recorded for these."""
    found, recorded = {}, {}
    for sent, value in fields.items():
        name = kind._renamed.get(sent, sent)
        if name != sent and name in fields:  # there in both spellings: this one is a name of its own
            name = sent
        elif name != sent:
            recorded[name] = sent
        read = kind._read.get(name)
        found[name] = value if read is None else read(value)
    return found, recorded


def _class(name: str, fields: str, base: type[Record] = Record) -> type[Record]:
    words = fields.split()
    declared_names = frozenset(word.rstrip("!") for word in words)
    return type(
        name.rpartition(".")[2],
        (base,),
        {
            "_declared": declared_names,
            "_optional": tuple(word for word in words if not word.endswith("!")),
        },
    )


def _google_class(name: str, fields: str) -> type[Record]:
    made = _class(name, fields)
    sent = {google.api_name(field): field for field in made._optional}
    made._renamed = {api: field for api, field in sent.items() if api != field}
    made._read = {field: google.READ[field] for field in made._optional if field in google.READ}
    return type(name, (google.Answer, made), {}) if name == ROOTS["gemini"] else made


_BY_TYPE = {**declared.BY_TYPE, **responses.BY_TYPE, **cohere.BY_TYPE}
_CHILDREN = {
    **declared.CHILDREN,
    **responses.CHILDREN,
    **google.CHILDREN,
    **cohere.CHILDREN,
    **ollama.CHILDREN,
}
_CLASSES: dict[str, type[Record]] = {
    **{name: _class(name, fields) for name, fields in declared.FIELDS.items()},
    **{name: _class(name, fields) for name, fields in responses.FIELDS.items()},
    "Response": _class("Response", responses.FIELDS["Response"], responses.Answer),
    **{name: _google_class(name, fields) for name, fields in google.FIELDS.items()},
    **{name: _class(name, fields) for name, fields in cohere.FIELDS.items()},
    **{name: _class(name, fields, ollama.Subscriptable) for name, fields in ollama.FIELDS.items()},
}


USAGES: tuple[type[Record], ...] = tuple(
    _CLASSES[name]
    for name in (
        *("CompletionUsage", "Usage", "MessageDeltaUsage", responses.USAGE, google.USAGE, cohere.USAGE),
        _OPEN_USAGE,
    )
)
"""The classes of what a chunk holds under ``usage`` or ``usageMetadata``."""


def usages(chunks: Iterable[Any]) -> list[tuple[int, Any]]:
    """Index of each chunk that carries usage, and the object; ``None`` where the chunk is a dict."""
    found = ((index, _usage(chunk)) for index, chunk in enumerate(chunks))
    return [(index, use if isinstance(use, Record) else None) for index, use in found if use is not None]


def _usage(chunk: Any) -> Any:
    places = (
        (chunk, "usage"),
        (_member(chunk, "message"), "usage"),
        (_member(chunk, "delta"), "usage"),
        (_member(chunk, "response"), "usage"),
        (chunk, "usage_metadata"),
        (chunk, "usageMetadata"),
    )
    return next((use for use in (_member(*place) for place in places) if use is not None), None)


def _member(value: Any, name: str) -> Any:
    """The object under that name; ``None`` where there is none."""
    fields = value.__dict__ if isinstance(value, Record) else value
    member = fields.get(name) if isinstance(fields, dict) else None
    return member if isinstance(member, (Record, dict)) else None


def class_names() -> frozenset[str]:
    """Names of all chunk classes."""
    return frozenset(kind.__name__ for kind in _CLASSES.values())
