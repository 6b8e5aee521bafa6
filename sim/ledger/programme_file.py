"""Reads a programme file: every mistake with its line, its value, the rule and the way out, all at once."""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from sim.config_yaml import Keys, PlainFile, read_plain
from sim.errors import LedgerError, Problem
from sim.ledger.programme import CENTIPOINTS, FEN_PER_YUAN, Campaign, Merchant, Programme, instant_us
from sim.units import US_PER_S

KEYS = {
    (): ("programme", "time_zone", "earn", "point_value", "redeem", "expiry", "issue_price", "redemption_price", "pending_hours",
         "settlement", "treasury", "merchants", "members"),
    ("earn",): ("yuan_per_point", "rounding", "merchants", "categories", "campaigns", "gift_yuan_per_point"),
    ("redeem",): ("minimum_points", "most_points", "most_share"),
    ("expiry",): ("months", "end_of_year"),
    ("settlement",): ("mode", "cycle_hours"),
    ("treasury",): ("opening", "limit"),
}  # fmt: skip
CAMPAIGN_KEYS = ("name", "from", "until", "factor", "merchants", "categories")
MERCHANT_KEYS = ("id", "category", "opening", "limit", "takes_part")
MEMBER_KEYS = ("id", "points")
ID = re.compile(r"^[\w.@+-]{1,64}$")
MOST = Decimal(10) ** 13
CYCLE_HOURS_LEAST = 0.25
_MISSING = object()


class ProgrammeFile:
    """One programme file in the reading."""

    def __init__(self, path: Path) -> None:
        self.file: PlainFile = read_plain(path)
        self.problems: list[Problem] = list(self.file.problems)

    def read(self) -> Programme:
        """Return the programme; raises LedgerError with all that is wrong."""
        found = Programme() if self.problems else self._programme()
        if self.problems:
            raise LedgerError.of(self.file.path, self.problems)
        return found

    def _programme(self) -> Programme:
        for keys, known in KEYS.items():
            self._unknown(keys, known)
        merchants = self._merchants()
        ids, categories = {each.id for each in merchants}, {each.category for each in merchants}
        issue_fen, redemption_fen = self._fen(("issue_price",), 120, 0), self._fen(("redemption_price",), FEN_PER_YUAN, 0)
        if redemption_fen > issue_fen:
            self._wrong(
                ("redemption_price",),
                "must not be above issue_price: every point would cost the treasury money",
                "lower it, or raise issue_price",
            )
        gifts = self._rate(("earn", "gift_yuan_per_point"), None)
        mode = self._choice(("settlement", "mode"), ("realtime", "cycle"), "realtime")
        months = self._whole(("expiry", "months"), None, 1, 1200)
        year_end = self._flag(("expiry", "end_of_year"), False)
        if months is not None and year_end:
            self._wrong(("expiry",), "must be months or end_of_year, not both", "leave one out")
        most_share = self._fraction(("redeem", "most_share"), Fraction(1), 1)
        return Programme(
            name=self._text(("programme",), "programme"),
            zone=self._zone(),
            fen_per_point=self._rate(("earn", "yuan_per_point"), Fraction(100 * FEN_PER_YUAN)) or Fraction(1),
            merchant_rates=self._rates(("earn", "merchants"), ids, "merchant"),
            category_rates=self._rates(("earn", "categories"), categories, "category of a merchant"),
            gift_fen_per_point=gifts,
            is_by_line=self._choice(("earn", "rounding"), ("receipt", "line"), "receipt") == "line",
            campaigns=self._campaigns(ids, categories),
            value_fen=max(1, self._fen(("point_value",), FEN_PER_YUAN, 1)),
            redeem_least_centi=self._centi(("redeem", "minimum_points"), 1) or 1,
            redeem_most_centi=self._centi(("redeem", "most_points"), None),
            redeem_most_share=most_share,
            expiry_months=months,
            expires_at_year_end=year_end,
            issue_fen=issue_fen,
            redemption_fen=redemption_fen,
            pending_us=int(self._fraction(("pending_hours",), Fraction(24), 10**6, positive=True) * 3600 * US_PER_S),
            is_realtime=mode == "realtime",
            cycle_us=int(self._cycle_hours() * 3600 * US_PER_S),
            treasury_opening_fen=self._fen(("treasury", "opening"), 0, 0),
            treasury_limit_fen=self._fen_or_none(("treasury", "limit")),
            merchants=tuple(merchants),
            members=self._members(),
        )

    # Values by their keys.
    def _at(self, keys: Keys) -> Any:
        found: Any = self.file.values
        for key in keys:
            is_there = isinstance(found, Mapping) and key in found
            is_there |= isinstance(found, list) and isinstance(key, int) and key < len(found)
            if not is_there:
                return _MISSING
            found = found[key]
        return found

    def _wrong(self, keys: Keys, rule: str, way_out: str) -> None:
        value = self._at(keys)
        shown = "" if value is _MISSING else repr(value)
        self.problems.append(Problem(self.file.place(keys), shown, rule, way_out))

    def _unknown(self, keys: Keys, known: tuple[str, ...]) -> None:
        value = self._at(keys)
        if value is _MISSING:
            return
        if not isinstance(value, Mapping):
            self._wrong(keys, f"must hold {', '.join(known)}", "write `key: value` lines below it")
            return
        for key in value:
            if key not in known:
                self._wrong((*keys, key), "is no key of a programme", f"use one of {', '.join(known)}")

    def _text(self, keys: Keys, default: str) -> str:
        value = self._at(keys)
        if value is _MISSING:
            return default
        if not isinstance(value, str) or not value.strip():
            self._wrong(keys, "must be text", 'write it in quotes, as in "south"')
            return default
        return value

    def _zone(self) -> ZoneInfo:
        name = self._text(("time_zone",), "Asia/Shanghai")
        try:
            return ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._wrong(("time_zone",), "must be a time zone of the IANA database", "write Asia/Shanghai or America/New_York")
            return ZoneInfo("UTC")

    def _choice(self, keys: Keys, choices: tuple[str, ...], default: str) -> str:
        value = self._at(keys)
        if value is _MISSING:
            return default
        if value not in choices:
            self._wrong(keys, f"must be one of {', '.join(choices)}", f"write {choices[0]}")
            return default
        return str(value)

    def _flag(self, keys: Keys, default: bool) -> bool:
        value = self._at(keys)
        if value is _MISSING:
            return default
        if not isinstance(value, bool):
            self._wrong(keys, "must be true or false", "write true or false")
            return default
        return value

    def _number(self, keys: Keys) -> Decimal | None:
        """Return an exact number, which text or a number of YAML may be; None, with a problem, for anything else."""
        value = self._at(keys)
        try:
            found = Decimal(str(value)) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
        except InvalidOperation:
            found = None
        if found is None or not found.is_finite() or abs(found) > MOST:
            self._wrong(keys, "must be a number", 'write digits, as in "1.20"')
            return None
        return found

    def _fraction(self, keys: Keys, default: Fraction, most: int, *, positive: bool = False) -> Fraction:
        if self._at(keys) is _MISSING:
            return default
        number = self._number(keys)
        if number is None:
            return default
        if number < 0 or number > most or (positive and number == 0):
            self._wrong(keys, f"must be {'above' if positive else 'from'} 0 and at most {most}", "write a number in that range")
            return default
        return Fraction(number)

    def _cycle_hours(self) -> Fraction:
        keys = ("settlement", "cycle_hours")
        hours = self._fraction(keys, Fraction(24), 10**5, positive=True)
        if hours < CYCLE_HOURS_LEAST:
            self._wrong(keys, f"must be at least {CYCLE_HOURS_LEAST}, as in a run", "write 0.25, or settle in realtime")
        return max(hours, Fraction(CYCLE_HOURS_LEAST))

    def _rate(self, keys: Keys, default: Fraction | None) -> Fraction | None:
        """Return the fen for a point."""
        if self._at(keys) is _MISSING:
            return default
        number = self._number(keys)
        if number is None:
            return default
        if number <= 0:
            self._wrong(
                keys,
                "must be positive: yuan that earn one point",
                "write 100 for a point for 100 yuan; leave the merchant out of the programme if it gives none",
            )
            return default
        return Fraction(number) * FEN_PER_YUAN

    def _fen(self, keys: Keys, default: int, least: int) -> int:
        if self._at(keys) is _MISSING:
            return default
        number = self._number(keys)
        if number is None:
            return default
        fen = number * FEN_PER_YUAN
        if fen != fen.to_integral_value() or fen < least:
            self._wrong(
                keys,
                f"must be yuan with at most two decimals, not below {Decimal(least) / FEN_PER_YUAN}",
                'write it as in "1.20"',
            )
            return default
        return int(fen)

    def _fen_or_none(self, keys: Keys) -> int | None:
        return None if self._at(keys) in (_MISSING, None) else self._fen(keys, 0, 0)

    def _centi(self, keys: Keys, default: int | None) -> int | None:
        if self._at(keys) is _MISSING:
            return default
        number = self._number(keys)
        if number is None:
            return default
        centi = number * CENTIPOINTS
        if centi != centi.to_integral_value() or centi < 0:
            self._wrong(keys, "must be points with at most two decimals, not below 0", 'write it as in "5"')
            return default
        return int(centi)

    def _whole(self, keys: Keys, default: int | None, least: int, most: int) -> int | None:
        value = self._at(keys)
        if value is _MISSING:
            return default
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            self._wrong(keys, f"must be a whole number from {least} to {most}", f"write {max(least, 12)}")
            return default
        return value

    # Lists.
    def _rates(self, keys: Keys, known: set[str], what: str) -> dict[str, Fraction]:
        value = self._at(keys)
        found: dict[str, Fraction] = {}
        if value is _MISSING:
            return found
        if not isinstance(value, Mapping):
            self._wrong(keys, f"must be yuan per point by {what}", 'write lines such as `cafe: "50"`')
            return found
        for name in value:
            self._known((*keys, name), str(name), known, what)
            found[str(name)] = self._rate((*keys, name), None) or Fraction(1)
        return found

    def _known(self, keys: Keys, name: str, known: set[str], what: str) -> None:
        if name not in known:
            self._wrong(
                keys,
                f"{name!r} is no {what}",
                f"use one of {', '.join(sorted(filter(None, known))) or 'those under merchants'}",
            )

    def _entries(self, keys: Keys, known: tuple[str, ...]) -> list[Keys]:
        """Return the keys of each entry of a list, text alone standing for its id."""
        value = self._at(keys)
        if value is _MISSING:
            return []
        if not isinstance(value, list):
            self._wrong(keys, "must be a list", "write a line with a dash for each")
            return []
        for index, entry in enumerate(value):
            if isinstance(entry, Mapping):
                for key in entry:
                    if key not in known:
                        self._wrong((*keys, index, key), "is no key here", f"use one of {', '.join(known)}")
            else:
                value[index] = {known[0]: str(entry)}
        return [(*keys, index) for index in range(len(value))]

    def _id(self, keys: Keys, taken: set[str]) -> str:
        name = str(self._at((*keys, "id")))
        if not ID.match(name) or self._at((*keys, "id")) is _MISSING:
            self._wrong((*keys, "id"), "must be an id of letters, digits, . @ + _ -, at most 64 of them", "give it another")
        elif name in taken:
            self._wrong((*keys, "id"), "must be there once", "leave the other out")
        taken.add(name)
        return name

    def _merchants(self) -> list[Merchant]:
        taken: set[str] = set()
        return [
            Merchant(
                self._id(keys, taken), self._text((*keys, "category"), ""), self._fen((*keys, "opening"), 0, 0), self._fen_or_none((*keys, "limit")),
                self._flag((*keys, "takes_part"), True),
            )
            for keys in self._entries(("merchants",), MERCHANT_KEYS)
        ]  # fmt: skip

    def _members(self) -> dict[str, int]:
        taken: set[str] = set()
        entries = self._entries(("members",), MEMBER_KEYS)
        return {self._id(keys, taken): self._centi((*keys, "points"), 0) or 0 for keys in entries}

    def _campaigns(self, merchants: set[str], categories: set[str]) -> tuple[Campaign, ...]:
        found = []
        for keys in self._entries(("earn", "campaigns"), CAMPAIGN_KEYS):
            from_us, until_us = self._instant((*keys, "from")), self._instant((*keys, "until"))
            if from_us >= until_us:
                self._wrong(keys, "must begin before it ends", "`until` is the first instant at which it is over")
            names = [
                self._names((*keys, name), known, what)
                for name, known, what in (
                    ("merchants", merchants, "merchant"),
                    ("categories", categories, "category of a merchant"),
                )
            ]
            factor = self._fraction((*keys, "factor"), Fraction(1), 1000)
            found.append(Campaign(self._text((*keys, "name"), ""), from_us, until_us, factor, *names))
        return tuple(found)

    def _names(self, keys: Keys, known: set[str], what: str) -> frozenset[str]:
        value = self._at(keys)
        if value is _MISSING:
            return frozenset()
        if not isinstance(value, list) or not value:
            self._wrong(keys, "must be a list of names", "leave it out for all")
            return frozenset()
        for index, name in enumerate(value):
            self._known((*keys, index), str(name), known, what)
        return frozenset(str(name) for name in value)

    def _instant(self, keys: Keys) -> int:
        value = self._at(keys)
        found = instant_of(value)
        if found is None:
            self._wrong(keys, "must be an instant with its offset from UTC", 'write it as in "2026-06-01T00:00:00+08:00"')
        return found or 0


def instant_of(text: Any) -> int | None:
    """Return microseconds since 1970 of an ISO instant with an offset; None for anything else."""
    try:
        at = datetime.datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
    return None if at is None or at.tzinfo is None or not 1970 <= at.year <= 9000 else instant_us(at)


def read_programme(path: Path) -> Programme:
    """Read a programme file; raises LedgerError with everything that is wrong in it."""
    return ProgrammeFile(path).read()
