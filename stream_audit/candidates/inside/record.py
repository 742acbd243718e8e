"""The base of all chunk objects: a chunk's fields as attributes, and its dumps.

An object has the chunk's fields as attributes, ``None`` for those the SDK
class declares and the chunk lacks, and ``AttributeError`` for all others, so
that ``hasattr`` says what it says in production. Nothing is dropped: the dump
with ``exclude_unset`` is the recorded chunk again, in the SDK's names.
"""

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping
from json import dumps
from types import MappingProxyType
from typing import Any, Callable, NamedTuple

from .google import Binary

Fields = dict[str, Any]
NOTHING: Mapping[str, Any] = MappingProxyType({})


class How(NamedTuple):
    """How an object is dumped."""

    absent: bool = False
    """With the optional fields that the chunk lacks."""
    without_none: bool = False
    names: str = "sdk"
    """Whose names are written: the SDK's, the API's (``api``), or those of the recording (``recorded``)."""
    json: bool = False
    """Binary values as the SDK writes them in JSON."""


class Record:
    """Base of all chunk objects. Fields live in ``__dict__``; those named like a method, beside it."""

    __slots__ = ("__dict__", "_hidden", "_recorded")
    _declared: frozenset[str] = frozenset()
    _optional: tuple[str, ...] = ()
    _renamed: Mapping[str, str] = NOTHING
    """The API's names that the SDK writes otherwise, to the SDK's."""
    _read: Mapping[str, Callable[[Any], Any]] = NOTHING
    """What the SDK makes of the value under a name."""
    _recorded: Mapping[str, str]
    """Attributes that were recorded under another name, to that name; not there if there are none."""
    _methods: frozenset[str]
    """Names that are the class's own."""
    __hash__ = None  # type: ignore[assignment]  # equal by value and mutable, like an SDK model

    def __init__(self, fields: Fields) -> None:
        if not self._methods.isdisjoint(fields):
            clash = self._methods.intersection(fields)
            object.__setattr__(self, "_hidden", {name: fields.pop(name) for name in clash})
        self.__dict__ = fields

    def __getattr__(self, name: str) -> Any:
        if name in type(self)._declared:
            return None
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        yield from self._fields().items()

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return bool(self._given() == other._given())

    def __repr__(self) -> str:
        fields = ", ".join(f"{name}={value!r}" for name, value in self._fields().items())
        return f"{type(self).__name__}({fields})"

    def _fields(self) -> Fields:
        given = self._given()
        return {**given, **{name: None for name in type(self)._optional if name not in given}}

    def _given(self) -> Fields:
        """The fields the chunk carried, and those set since."""
        try:
            return {**self.__dict__, **_HIDDEN.__get__(self)}
        except AttributeError:  # the slot was never filled, as usual
            return self.__dict__

    @property
    def model_fields_set(self) -> set[str]:
        """Names of the fields that the chunk carried."""
        return set(self._given())

    @property
    def model_extra(self) -> Fields:
        """Fields that the SDK class does not declare."""
        return {name: value for name, value in self._fields().items() if name not in type(self)._declared}

    def model_dump(
        self,
        *,
        mode: str = "python",
        include: Any = None,
        exclude: Any = None,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        exclude_none: bool = False,
        by_alias: bool = False,
        **_: Any,
    ) -> Fields:
        """The fields as plain values; unset optional ones are ``None`` unless they are excluded."""
        how = How(
            absent=not (exclude_unset or exclude_defaults),
            without_none=exclude_none,
            names="api" if by_alias else "sdk",
            json=mode == "json",
        )
        return self._dumped(how, include, exclude)

    def _dumped(self, how: How, include: Any = None, exclude: Any = None) -> Fields:
        names = self._names(how.names)
        found = {}
        for name, value in (self._fields() if how.absent else self._given()).items():
            wanted = (include is None or name in include) and (exclude is None or name not in exclude)
            if wanted and not (how.without_none and value is None):
                found[names.get(name, name)] = dumped(value, how)
        return found

    def _names(self, whose: str) -> Mapping[str, str]:
        """Attributes that are written otherwise, and how."""
        if whose == "recorded":
            return getattr(self, "_recorded", NOTHING)
        return {name: sent for sent, name in self._renamed.items()} if whose == "api" else NOTHING

    def to_dict(self, *, exclude_unset: bool = True, exclude_none: bool = False, **_: Any) -> Fields:
        """The recorded chunk again."""
        return self._dumped(How(not exclude_unset, exclude_none, "recorded"))

    def to_json_dict(self) -> Fields:
        """What Google's SDK calls a dump without nulls, made for JSON."""
        return self.model_dump(mode="json", exclude_none=True)

    def dict(self, **options: Any) -> Fields:
        """Old name of :meth:`model_dump`."""
        return self.model_dump(**options)

    def model_dump_json(self, *, indent: int | None = None, **options: Any) -> str:
        """The dump as JSON text."""
        compact = (",", ":") if indent is None else None
        options = {**options, "mode": "json"}
        return dumps(self.model_dump(**options), indent=indent, separators=compact, ensure_ascii=False)

    def to_json(self, *, indent: int | None = 2, exclude_unset: bool = True, **options: Any) -> str:
        """The chunk as JSON text, without what it lacks."""
        return self.model_dump_json(indent=indent, exclude_unset=exclude_unset, **options)

    def json(self, **options: Any) -> str:
        """Old name of :meth:`model_dump_json`."""
        return self.model_dump_json(**options)

    def model_copy(self, *, update: Any = None, deep: bool = False) -> Record:
        """A copy, with some fields replaced."""
        fields = self._given()
        if deep:
            fields = {name: _copy(value) for name, value in fields.items()}
        made = type(self)({**fields, **(update or {})})
        recorded = self._names("recorded")
        if recorded:
            made._recorded = recorded
        return made

    def copy(self, **options: Any) -> Record:
        """Old name of :meth:`model_copy`."""
        return self.model_copy(**options)

    def __copy__(self) -> Record:
        return self.model_copy()

    def __deepcopy__(self, memo: Any) -> Record:
        return self.model_copy(deep=True)


Record._methods = frozenset(dir(Record))
_HIDDEN: Any = Record.__dict__["_hidden"]


def dumped(value: Any, how: How) -> Any:
    """An object, or what holds some, as plain values."""
    if isinstance(value, Record):
        return value._dumped(how)
    if isinstance(value, list):
        return [dumped(item, how) for item in value]
    if isinstance(value, dict):
        return {name: dumped(item, how) for name, item in value.items()}
    if isinstance(value, Binary) and how.names == "recorded":
        return value.text
    if isinstance(value, bytes) and how.json:
        return base64.urlsafe_b64encode(value).decode("ascii")
    return value


def _copy(value: Any) -> Any:
    if isinstance(value, Record):
        return value.model_copy(deep=True)
    if isinstance(value, list):
        return [_copy(item) for item in value]
    return {name: _copy(item) for name, item in value.items()} if isinstance(value, dict) else value
