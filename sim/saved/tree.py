"""The objects of a run as a table of plain values: what refers to what is kept, so that two that share an array share it again."""

from __future__ import annotations

import datetime
import enum
import math
from collections import deque
from collections.abc import Mapping
from fractions import Fraction
from types import FunctionType, MethodType
from typing import Any

import numpy as np

from sim.errors import EngineError, Problem
from sim.saved.arrays import type_record
from sim.saved.kinds import OWN, fields_of, is_made_again, name_of

Node = dict[str, Any]


class Tree:
    """Takes a run apart: `nodes` describes each object, list, dictionary and array once; `arrays` are the arrays themselves.

    `known` are the names, by id, of what the run that goes on has by itself (known.py).
    """

    def __init__(self, known: Mapping[int, str]) -> None:
        self.nodes: list[Node] = []
        self.arrays: list[np.ndarray] = []
        self._known = known
        self._number: dict[int, int] = {}
        self._kept: list[Any] = []  # so that no id is given twice
        self._problems: list[Problem] = []

    def take(self, value: Any, place: str) -> Any:
        """Return a value as JSON holds it, all that it refers to being in `nodes` and `arrays`; see `check`."""
        if value is None or type(value) in (bool, int, str):
            return value
        if id(value) in self._known:
            return {"known": self._known[id(value)]}
        if type(value) is float:
            return value if math.isfinite(value) else {"float": repr(value)}
        plain = _plain(value)
        if plain is not None:
            return plain
        if isinstance(value, tuple):
            kind = {} if type(value) is tuple else {"class": name_of(type(value))}
            return {"tuple": self._row(value, place), **kind}
        if isinstance(value, frozenset):
            return {"frozenset": self._ordered(value, place)}
        if isinstance(value, MethodType):
            return {"method": value.__func__.__name__, "of": self.take(value.__self__, place)}
        if is_made_again(value):
            return {"again": name_of(type(value))}
        return {"ref": self._referred(value, place)}

    def check(self, what: str) -> None:
        """Raise EngineError for what was met and cannot be saved."""
        if self._problems:
            raise EngineError.of(what, self._problems[:10])

    def _referred(self, value: Any, place: str) -> int:
        known = self._number.get(id(value))
        if known is not None:
            return known
        number = self._number[id(value)] = len(self.nodes)
        self._kept.append(value)
        node: Node = {}
        self.nodes.append(node)
        node |= self._node(value, place)
        return number

    def _node(self, value: Any, place: str) -> Node:
        if isinstance(value, np.ndarray):
            return self._array(value, place)
        kind = type(value)
        if kind in (list, deque):
            return {kind.__name__: self._row(value, place)}
        if kind is set:
            return {"set": self._ordered(value, place)}
        if kind is dict:
            pairs = value.items()
            return {"dict": [[self.take(key, place), self.take(each, f"{place}[{str(key)[:40]}]")] for key, each in pairs]}
        if isinstance(value, FunctionType):
            cells = zip(value.__code__.co_freevars, value.__closure__ or ())
            return {
                "function": value.__qualname__,
                "cells": {name: self._cell(cell, f"{place}.{name}") for name, cell in cells},
            }
        if kind.__module__.partition(".")[0] in OWN:
            fields = fields_of(value)
            return {"class": name_of(kind), "fields": {name: self.take(fields[name], f"{place}.{name}") for name in fields}}
        rule = f"holds a {kind.__module__}.{kind.__qualname__}, which cannot be saved as plain data"
        self._problems.append(Problem(place, "", rule, "keep plain values and arrays instead, or run without --save-at"))
        return {}

    def _array(self, value: np.ndarray, place: str) -> Node:
        if value.dtype.hasobject:
            return {"objects": self._row(value.ravel().tolist(), place), "shape": list(value.shape)}
        owner = _owner(value)
        record = {"records": isinstance(value, np.recarray)} if isinstance(value, np.recarray) else {}
        if owner is value or id(owner) in self._known:
            self.arrays.append(value)
            kind = type_record(value.dtype)
            return {"array": len(self.arrays) - 1, **({} if kind is None else {"type": kind}), **record}
        return {
            "view": {"ref": self._referred(owner, place)}, "starts": _address(value) - _address(owner), "strides": list(value.strides),
            "shape": list(value.shape), "type": type_record(value.dtype) or value.dtype.str, **record,
        }  # fmt: skip

    def _cell(self, cell: Any, place: str) -> Any:
        try:
            return self.take(cell.cell_contents, place)
        except ValueError:  # the function was never called as far as to fill it
            return None

    def _row(self, values: Any, place: str) -> list[Any]:
        names = getattr(values, "_fields", None)
        return [
            self.take(each, f"{place}.{names[index]}" if names else f"{place}[{index}]") for index, each in enumerate(values)
        ]

    def _ordered(self, values: Any, place: str) -> list[Any]:
        """Return the members of a set in an order of their own: that of a set depends on the process."""
        return sorted((self.take(each, place) for each in values), key=repr)


def _plain(value: Any) -> Any:
    """Return what has no parts as JSON holds it; None for anything else."""
    if isinstance(value, enum.Enum):
        return {"enum": name_of(type(value)), "value": value.value}
    if isinstance(value, np.void):
        return {"record": type_record(value.dtype), "bytes": value.tobytes().hex()}
    if isinstance(value, np.generic):
        return {"scalar": value.dtype.str, "bytes": value.tobytes().hex()}
    if isinstance(value, bytes):
        return {"bytes": value.hex()}
    if isinstance(value, datetime.datetime):
        return None
    if isinstance(value, datetime.date):
        return {"date": value.isoformat()}
    if isinstance(value, Fraction):
        return {"fraction": str(value)}
    if isinstance(value, np.dtype):
        return {"dtype": type_record(value) or value.str}
    return None


def _owner(value: np.ndarray) -> np.ndarray:
    """Return the array whose memory an array shows: itself where it is its own, or where that is no array's."""
    while isinstance(value.base, np.ndarray):
        value = value.base
    return value


def _address(value: np.ndarray) -> int:
    return int(value.__array_interface__["data"][0])
