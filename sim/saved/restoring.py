"""Puts a run together again: a run made anew from its configuration is given, object by object, what was saved."""

from __future__ import annotations

import datetime
import enum
from collections import deque
from collections.abc import Mapping, Sequence
from fractions import Fraction
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from sim.errors import GalleriaError, Problem
from sim.saved.arrays import ReadArrays, type_of
from sim.saved.kinds import class_named, fields_of, is_frozen, name_of
from sim.saved.tree import Node

MISSING = object()


class Restoring:
    """Gives objects that were just made what `nodes` and `arrays` say of them.

    Objects stay the same, so that whoever refers to them sees what they are given; lists, dictionaries and arrays are made anew,
    once each, so that nothing that other runs share is changed. `is_fork`: where the two have other parts, the run's own stay.
    """

    def __init__(self, nodes: Sequence[Node], arrays: ReadArrays, known: Mapping[str, Any], *, is_fork: bool = False) -> None:
        self._nodes, self._arrays, self._known, self._is_fork = nodes, arrays, known, is_fork
        self._made: dict[int, Any] = {}
        self._claimed = {id(part) for part in known.values()}

    def give(self, saved: Any, own: Any, place: str) -> Any:
        """Return the saved value, made with what stands at its place in the new run (`own`, None where nothing does)."""
        if not isinstance(saved, dict):
            return saved
        if "ref" in saved:
            return self._referred(saved["ref"], own, place)
        if "known" in saved:
            if saved["known"] not in self._known:
                return self._own(saved["known"], own, place)
            return self._known[saved["known"]]
        if "again" in saved:
            return self._own(saved["again"], own, place)
        if "tuple" in saved:
            return self._tuple(saved, own, place)
        if "frozenset" in saved:
            return frozenset(self.give(each, None, place) for each in saved["frozenset"])
        if "method" in saved:
            return self._method(saved, own, place)
        return _plain(saved, place)

    def _referred(self, number: int, own: Any, place: str) -> Any:
        if number in self._made:
            return self._made[number]
        node = self._nodes[number]
        if "class" in node:
            return self._object(number, node, own, place)
        if "function" in node:
            return self._function(number, node, own, place)
        if "dict" in node:
            return self._dict(number, node, own, place)
        if "set" in node:
            made: Any = set()
            self._made[number] = made
            made.update(self.give(each, None, place) for each in node["set"])
            return made
        kind = next((kind for kind in (list, deque) if kind.__name__ in node), None)
        if kind is None:
            made = self._made[number] = self._array(node, own, place)
            return made
        made = self._made[number] = kind()
        owned = list(own) if isinstance(own, list | deque) else []
        for index, each in enumerate(node[kind.__name__]):
            made.append(self.give(each, owned[index] if index < len(owned) else None, f"{place}[{index}]"))
        return made

    def _object(self, number: int, node: Node, own: Any, place: str) -> Any:
        fits = own is not None and name_of(type(own)) == node["class"] and id(own) not in self._claimed
        kind = type(own) if fits else class_named(node["class"])
        if kind is None:
            raise _unfit(place, node["class"], "is no class of this version")
        frozen = is_frozen(kind)
        made = self._made[number] = own if fits and not frozen else object.__new__(kind)
        if fits:
            self._claimed.add(id(own))
        owned = fields_of(own) if fits else {}
        given = {name: self.give(value, owned.get(name), f"{place}.{name}") for name, value in node["fields"].items()}
        if frozen and fits and given.keys() == owned.keys() and all(_is_same(given[name], owned[name]) for name in given):
            self._made[number] = own
            return own
        for name, value in given.items():
            object.__setattr__(made, name, value)
        return made

    def _function(self, number: int, node: Node, own: Any, place: str) -> Any:
        if not isinstance(own, FunctionType) or own.__qualname__ != node["function"]:
            return self._own(node["function"], own, place)
        self._made[number] = own
        cells = dict(zip(own.__code__.co_freevars, own.__closure__ or ()))
        for name, saved in node["cells"].items():
            owned = _content(cells[name])
            given = self.give(saved, owned, f"{place}.{name}")
            if given is not owned:
                cells[name].cell_contents = given
        return own

    def _dict(self, number: int, node: Node, own: Any, place: str) -> Any:
        made: dict[Any, Any] = {}
        self._made[number] = made
        owned = own if isinstance(own, dict) else {}
        for saved_key, saved in node["dict"]:
            key = self.give(saved_key, None, place)
            made[key] = self.give(saved, owned.get(key), f"{place}[{str(key)[:40]}]")
        return made

    def _array(self, node: Node, own: Any, place: str) -> np.ndarray:
        if "objects" in node:
            found = np.empty(len(node["objects"]), object)
            found[:] = [self.give(each, None, place) for each in node["objects"]]
            return found.reshape(node["shape"])
        if "array" in node:
            made = self._arrays[node["array"]]
            if "type" in node:
                plain, made = made, np.zeros(made.shape, type_of(node["type"]))
                made[...] = plain
            made = made.view(np.recarray) if node.get("records") else made
            return self._same_or(made, own)
        base = self._referred(node["view"]["ref"], own.base if isinstance(own, np.ndarray) else None, place)
        kind = type_of(node["type"]) if isinstance(node["type"], dict) else np.dtype(node["type"])
        flat = base.reshape(-1).view(np.uint8)
        view: np.ndarray = np.ndarray(tuple(node["shape"]), kind, flat, node["starts"], tuple(node["strides"]))
        return view.view(np.recarray) if node.get("records") else view

    def _same_or(self, made: np.ndarray, own: Any) -> np.ndarray:
        """Return the run's own array where it holds the same, so that who shares it goes on sharing it."""
        is_alike = isinstance(own, np.ndarray) and type(own) is type(made) and own.base is None and id(own) not in self._claimed
        if is_alike and own.dtype == made.dtype and own.shape == made.shape and own.tobytes() == made.tobytes():
            self._claimed.add(id(own))
            return own
        return made

    def _tuple(self, saved: Node, own: Any, place: str) -> Any:
        values, owned = saved["tuple"], own if isinstance(own, tuple) else ()
        given = [self.give(each, owned[i] if i < len(owned) else None, f"{place}[{i}]") for i, each in enumerate(values)]
        if len(given) == len(owned) and all(_is_same(*pair) for pair in zip(given, owned)):
            return own
        if "class" not in saved:
            return tuple(given)
        kind: Any = class_named(saved["class"])
        if kind is None or not hasattr(kind, "_fields") or len(kind._fields) != len(given):
            raise _unfit(place, saved["class"], "is no tuple of this version with as many fields")
        return kind(*given)

    def _method(self, saved: Node, own: Any, place: str) -> Any:
        """Return the method that the run has at this place, of the object that was saved: no other can be named."""
        of = self.give(saved["of"], getattr(own, "__self__", None), place)
        function = getattr(own, "__func__", None)
        if function is None or function.__name__ != saved["method"] or not isinstance(own.__self__, type(of)):
            return self._own(saved["method"], None, place) if not self._is_fork else own
        return own if own.__self__ is of else MethodType(function, of)

    def _own(self, what: str, own: Any, place: str) -> Any:
        if own is None and not self._is_fork:
            raise _unfit(place, what, "is not saved, and the run has none of its own here")
        return own


def _plain(saved: Node, place: str) -> Any:
    if "float" in saved:
        return float(saved["float"])
    if "enum" in saved:
        kind = class_named(saved["enum"])
        if kind is None or not issubclass(kind, enum.Enum):
            raise _unfit(place, saved["enum"], "is no enumeration of this version")
        return kind(saved["value"])
    if "record" in saved:
        return np.frombuffer(bytes.fromhex(saved["bytes"]), type_of(saved["record"]))[0].copy()
    if "scalar" in saved:
        return np.frombuffer(bytes.fromhex(saved["bytes"]), np.dtype(saved["scalar"]))[0]
    if "bytes" in saved:
        return bytes.fromhex(saved["bytes"])
    if "date" in saved:
        return datetime.date.fromisoformat(saved["date"])
    if "fraction" in saved:
        return Fraction(saved["fraction"])
    if "dtype" in saved:
        return type_of(saved["dtype"]) if isinstance(saved["dtype"], dict) else np.dtype(saved["dtype"])
    raise _unfit(place, ", ".join(saved), "is no kind of value that this version knows")


def _content(cell: Any) -> Any:
    try:
        return cell.cell_contents
    except ValueError:
        return None


def _is_same(given: Any, own: Any) -> bool:
    plain = (bool, int, float, str, bytes, type(None))
    return given is own or (type(given) is type(own) and isinstance(given, plain) and given == own)


def _unfit(place: str, what: str, rule: str) -> GalleriaError:
    return GalleriaError.of("snapshot", [Problem(place, what, rule, "resume it with the version that saved it")])
