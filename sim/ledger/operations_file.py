"""Reads a list of operations on a programme of points, one JSON object a line: every mistake with its line, all at once."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sim.errors import LedgerError, Problem
from sim.ledger.programme_file import ID, instant_of

BYTES_MAX = 200_000_000
LINKS_MAX = 64
_DECIMAL = re.compile(r"^(-?)(\d{1,12})(?:\.(\d+))?$")
_ACCOUNT = re.compile(r"^[\w.@+:-]{1,80}$")


@dataclass(frozen=True)
class Operation:
    """One operation: what it is called, when, what, and its values: amounts in fen or centi-points."""

    line: int
    id: str
    at_us: int
    op: str
    given: Mapping[str, Any]
    links: tuple[Operation, ...] = field(default=())

    def fields(self) -> dict[str, Any]:
        """Return what would have to be the same if somebody sent it again."""
        links = {"chain": [link.fields() for link in self.links]} if self.links else {}
        return {"at": self.at_us, "op": self.op, **self.given, **links}


# What each operation needs, and what it may have besides: name -> kind of value.
NEEDS: dict[str, dict[str, str]] = {
    "open": {"member": "id"},
    "earn": {"member": "id", "merchant": "id"},
    "redeem": {"member": "id", "merchant": "id", "points": "hundredths"},
    "redeem_gifts": {"member": "id", "points": "hundredths"},
    "reserve": {"member": "id", "merchant": "id", "points": "hundredths"},
    "post": {"pending": "id"},
    "void": {"pending": "id"},
    "expire": {},
    "refund": {"of": "id", "amount": "hundredths"},
    "reverse": {"of": "id"},
    "adjust": {"member": "id", "points": "hundredths"},
    "transfer": {"debit": "account", "credit": "account", "amount": "hundredths"},
    "merge": {"member": "id", "into": "id"},
    "join": {"merchant": "id"},
    "leave": {"merchant": "id"},
    "settle": {},
    "close_account": {"member": "id"},
    "close_programme": {},
    "balance": {},
}
MAY = {
    "earn": {"amount": "hundredths", "lines": "lines", "points": "hundredths"},
    "redeem": {"amount": "hundredths"},
    "reserve": {"amount": "hundredths", "expires_at": "instant"},
    "post": {"points": "hundredths"},
    "balance": {"member": "id", "merchant": "id", "account": "account"},
}
LINKABLE = ("earn", "redeem", "redeem_gifts", "reserve", "post", "void", "refund", "reverse", "adjust", "transfer", "merge")


class OperationsFile:
    """One file of operations in the reading."""

    def __init__(self, path: Path) -> None:
        self.path, self.problems = path, list[Problem]()
        self._line = 0

    def read(self) -> list[Operation]:
        """Return the operations; raises LedgerError with all that is wrong."""
        found = []
        for number, text in enumerate(self._lines(), 1):
            self._line = number
            if text.strip():
                found.append(self._operation(self._object(text)))
        if self.problems:
            raise LedgerError.of(self.path, self.problems)
        return [operation for operation in found if operation is not None]

    def _lines(self) -> list[str]:
        self._line = 1
        try:
            if self.path.stat().st_size > BYTES_MAX:
                self._wrong("", f"{self.path.stat().st_size:,} bytes", f"must be at most {BYTES_MAX:,} bytes", "split it")
                return []
            return self.path.read_text(encoding="utf-8-sig").splitlines()
        except (OSError, UnicodeDecodeError) as trouble:
            self._wrong(
                "", "", f"cannot be read: {getattr(trouble, 'strerror', None) or 'it is no UTF-8 text'}", "name a text file"
            )
            return []

    def _wrong(self, key: str, value: Any, rule: str, way_out: str) -> None:
        place = f"{self.path.name}:{self._line}" + (f": {key}" if key else "")
        shown = value if isinstance(value, str) else json.dumps(value, default=str)
        self.problems.append(Problem(place, shown if len(shown) <= 80 else shown[:77] + "...", rule, way_out))

    def _object(self, text: str) -> dict[str, Any] | None:
        def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
            for key in {key for key, _ in pairs if [name for name, _ in pairs].count(key) > 1}:
                self._wrong(key, "", "must be there once", "leave the other out")
            return dict(pairs)

        def refused(word: str) -> None:
            raise ValueError(f"{word} is no number")

        try:
            found = json.loads(text, object_pairs_hook=once, parse_constant=refused)
        except (ValueError, RecursionError) as trouble:
            self._wrong("", text, f"must be one JSON object: {trouble}", 'write {"id": ..., "at": ..., "op": ...}')
            return None
        if not isinstance(found, dict):
            self._wrong("", text, "must be one JSON object", 'write {"id": ..., "at": ..., "op": ...}')
            return None
        return found

    def _operation(self, found: dict[str, Any] | None) -> Operation | None:
        if found is None:
            return None
        before = len(self.problems)
        name, at_us = found.pop("id", None), instant_of(found.get("at"))
        if not isinstance(name, str) or not ID.match(name):
            self._wrong(
                "id", name, "must be text of at most 64 letters, digits, . @ + _ -", "give every operation an id of its own"
            )
        if at_us is None:
            self._wrong(
                "at",
                found.get("at"),
                "must be an instant with its offset from UTC",
                'write it as in "2026-06-01T10:00:00+08:00"',
            )
        found.pop("at", None)
        if "chain" in found:
            links = self._links(found.pop("chain"), str(name), at_us or 0)
            for key in found:
                self._wrong(key, found[key], "is no key of a chain", "use id, at, chain")
            made = Operation(self._line, str(name), at_us or 0, "chain", {}, links)
        else:
            made = self._single(found, str(name), at_us or 0)
        return made if len(self.problems) == before else None

    def _links(self, chain: Any, name: str, at_us: int) -> tuple[Operation, ...]:
        if not isinstance(chain, list) or not 1 <= len(chain) <= LINKS_MAX or not all(isinstance(link, dict) for link in chain):
            self._wrong("chain", chain, f"must be a list of 1 to {LINKS_MAX} operations", 'write [{"op": ...}, ...]')
            return ()
        links: list[Operation] = []
        for index, link in enumerate(chain):
            own = link.pop("id", f"{name}.{index + 1}")
            if not isinstance(own, str) or not ID.match(own):
                self._wrong(f"chain[{index}].id", own, "must be text of at most 64 letters, digits, . @ + _ -", "leave it out")
            if link.get("op") in NEEDS and link["op"] not in LINKABLE:
                self._wrong(f"chain[{index}].op", link["op"], "cannot be part of a chain", f"use one of {', '.join(LINKABLE)}")
            if own in (name, *(each.id for each in links)):
                self._wrong(
                    f"chain[{index}].id", own, "must be there once: the chain has one too", "give it another, or leave it out"
                )
            links.append(self._single(link, str(own), at_us, f"chain[{index}]."))
        return tuple(links)

    def _single(self, found: dict[str, Any], name: str, at_us: int, where: str = "") -> Operation:
        op = found.pop("op", None)
        if op not in NEEDS:
            self._wrong(f"{where}op", op, "must be a known operation", f"use one of {', '.join(NEEDS)}, or `chain`")
            return Operation(self._line, name, at_us, "", {})
        kinds = {**NEEDS[op], **MAY.get(op, {})}
        given = {}
        for key, value in found.items():
            if key not in kinds:
                self._wrong(f"{where}{key}", value, f"is no key of {op}", f"use {', '.join(kinds) or 'none'}")
            else:
                given[key] = _READERS[kinds[key]](self, f"{where}{key}", value)
        for key in NEEDS[op]:
            if key not in found:
                self._wrong(f"{where}{key}", "", f"is missing: {op} needs it", f"add {key}")
        if op == "earn" and ("amount" in found) == ("lines" in found):
            self._wrong(f"{where}amount", "", "must be amount or lines, one of them", 'write "amount": "250.00"')
        if op == "balance" and len(found) > 1:
            self._wrong(where, "", "must be of one member, merchant or account", "leave the others out")
        return Operation(self._line, name, at_us, op, given)

    def _id(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not ID.match(value):
            self._wrong(key, value, "must be text of at most 64 letters, digits, . @ + _ -", "write the id in quotes")
        return str(value)

    def _account(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not _ACCOUNT.match(value):
            self._wrong(key, value, "must be the name of an account", 'write it as in "member:ann" or "tenant:cafe"')
        return str(value)

    def _instant(self, key: str, value: Any) -> int:
        found = instant_of(value)
        if found is None:
            self._wrong(key, value, "must be an instant with its offset from UTC", 'write it as in "2026-06-01T10:00:00+08:00"')
        return found or 0

    def _hundredths(self, key: str, value: Any) -> int:
        """Return fen or centi-points of a decimal text: exact, never by way of a float."""
        text = str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        if isinstance(text, float):
            self._wrong(key, text, "must be text or a whole number: a float is not exact", f'write "{text}" in quotes')
            return 0
        parts = _DECIMAL.match(text) if isinstance(text, str) else None
        if parts is None:
            self._wrong(key, value, "must be a decimal number of at most 12 digits before the point", 'write it as in "250.00"')
            return 0
        sign, whole, decimals = parts.groups()
        if decimals and len(decimals) > 2:
            self._wrong(key, value, "must have at most two decimals", "round it before, by a rule of your own")
            return 0
        found = int(whole) * 100 + int((decimals or "0").ljust(2, "0"))
        return -found if sign else found

    def _receipt(self, key: str, value: Any) -> tuple[tuple[str, int], ...]:
        """Return lines of a receipt: (category, fen)."""
        if not isinstance(value, list) or not value:
            self._wrong(key, value, "must be a list of lines", 'write [{"amount": "60.00"}, ...]')
            return ()
        found = []
        for index, line in enumerate(value):
            line = line if isinstance(line, dict) else {"amount": line}
            for name in line:
                if name not in ("amount", "category"):
                    self._wrong(f"{key}[{index}].{name}", line[name], "is no key of a line", "use amount, category")
            category = self._id(f"{key}[{index}].category", line["category"]) if "category" in line else ""
            found.append((category, self._hundredths(f"{key}[{index}].amount", line.get("amount"))))
        return tuple(found)


_READERS: dict[str, Callable[[OperationsFile, str, Any], Any]] = {
    "id": OperationsFile._id,
    "account": OperationsFile._account,
    "instant": OperationsFile._instant,
    "hundredths": OperationsFile._hundredths,
    "lines": OperationsFile._receipt,
}


def read_operations(path: Path) -> list[Operation]:
    """Read a file of operations; raises LedgerError with everything that is wrong in it."""
    return OperationsFile(path).read()
