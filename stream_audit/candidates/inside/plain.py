"""Any result a combiner may return, as plain JSON values.

The meaning of the result is read by the parent, from its plain form; here only
the container is opened: models, dataclasses, named tuples, objects with
attributes. Bounded in depth, number and length, so that a cyclic or enormous
result is a verdict and not a hang.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import decimal
import enum
from collections.abc import Mapping
from json import dumps
from typing import Any

from .google import Binary

_DEPTH = 120
_VALUES = 5_000_000
_CHARACTERS = 64_000_000
_DUMPS = ("model_dump", "to_dict", "dict", "_asdict")


class CannotRead(Exception):
    """The result is nothing that has a plain form; the message says what it is."""


def plain(result: object, *, given: int = 0) -> Any:
    """Bring a result to ``dict``, ``list``, ``str``, ``int``, ``float``, ``bool`` and ``None``.

    Args:
        result: What the combiner returned.
        given: Bytes of the chunks it was made from; an answer may be as long as its stream.

    Raises:
        CannotRead: It is too deep, too large, cyclic, or made of something that carries no data.
    """
    return _Opener(_CHARACTERS + 2 * given).open(result, 0)


class _Opener:
    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values = 0
        self._characters = 0
        self._inside: set[int] = set()

    def open(self, value: Any, depth: int) -> Any:
        self._values += 1
        if self._values > _VALUES:
            raise CannotRead(f"more than {_VALUES:,} values")
        kind = type(value)
        if value is None or kind is bool or kind is float or kind is int:
            return value
        if isinstance(value, (str, bytes, bytearray, memoryview)):
            return self._text(value)
        if isinstance(value, (bool, int, float, enum.Enum, decimal.Decimal)):
            return self._number(value)
        if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
            text = value.isoformat()
            return f"{text[:-6]}Z" if text.endswith("+00:00") else text  # as every API writes UTC
        if kind.__module__ == "uuid":
            return str(value)
        if depth > _DEPTH:
            raise CannotRead(f"nested deeper than {_DEPTH}")
        if id(value) in self._inside:
            raise CannotRead(f"a {kind.__name__} that contains itself")
        self._inside.add(id(value))
        try:
            return self._container(value, depth + 1)
        finally:
            self._inside.discard(id(value))

    def _text(self, value: Any) -> str:
        if isinstance(value, str):
            text = str.__str__(value)
        elif isinstance(value, Binary):
            text = value.text
        else:
            raw = bytes(value)
            self._measure(len(raw))
            try:
                return raw.decode("utf-8")
            except UnicodeDecodeError:
                return base64.b64encode(raw).decode("ascii")
        self._measure(len(text))
        return text

    def _measure(self, length: int) -> None:
        self._characters += length
        if self._characters > self._limit:
            raise CannotRead(f"more than {self._limit // 1_000_000} million characters")

    def _number(self, value: Any) -> Any:
        if isinstance(value, enum.Enum):
            return self.open(value.value, 0)
        if isinstance(value, decimal.Decimal):
            return int(value) if value.is_finite() and value == value.to_integral_value() else float(value)
        if isinstance(value, float):
            return float(value)
        return int(value)

    def _container(self, value: Any, depth: int) -> Any:
        if isinstance(value, Mapping):
            return {self._key(key): self.open(item, depth) for key, item in list(value.items())}
        if isinstance(value, (set, frozenset)):
            return sorted((self.open(item, depth) for item in value), key=_order)
        fields = _fields(value)
        if fields is not None:
            return self.open(fields, depth)
        if isinstance(value, (list, tuple)):
            return [self.open(item, depth) for item in value]
        raise CannotRead(f"got {_kind(value)}")

    def _key(self, key: Any) -> str:
        if isinstance(key, enum.Enum):
            key = key.value
        text = key if isinstance(key, str) else str(key)
        self._measure(len(text))
        return text


def _fields(value: Any) -> Any:
    """The data of an object that is no builtin container; ``None`` when it has none."""
    if isinstance(value, type) or callable(value):
        return None
    if dataclasses.is_dataclass(value):
        found = {field.name: getattr(value, field.name, None) for field in dataclasses.fields(value)}
        return {**getattr(value, "__dict__", {}), **found}
    for name in _DUMPS:
        dump = getattr(type(value), name, None)
        if callable(dump):
            try:
                return dump(value, mode="json") if _as_base64(value) else dump(value)
            except TypeError:
                continue
    if isinstance(value, (list, tuple)):
        return None
    found = {name: item for name, item in getattr(value, "__dict__", {}).items() if name[:1] != "_"}
    for owner in type(value).__mro__:
        slots = owner.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            if name[:1] != "_" and hasattr(value, name):
                found[name] = getattr(value, name)
    return found or None


def _as_base64(model: Any) -> bool:
    """Whether it is a Pydantic model that writes bytes as base64, as those of google-genai."""
    settings = getattr(type(model), "model_config", None)
    return isinstance(settings, dict) and settings.get("ser_json_bytes") == "base64"


def _order(item: Any) -> str:
    return dumps(item, sort_keys=True, default=str)


def _kind(value: object) -> str:
    kind = type(value)
    return kind.__name__ if kind.__module__ == "builtins" else f"{kind.__module__}.{kind.__qualname__}"
