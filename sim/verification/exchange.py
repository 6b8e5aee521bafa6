"""Exchange between points and programmes outside: which ways round gain, and what conversions conserve, against numbers by hand."""

from __future__ import annotations

import datetime
from fractions import Fraction
from itertools import permutations
from typing import Any

import numpy as np

from sim.ledger.accounts import POINTS_EXCHANGED, POINTS_ISSUED, TREASURY, Currency, TransferReason
from sim.ledger.converting import convert
from sim.ledger.ledger import Ledger
from sim.ledger.rates import Rate, gaining_cycles, rates_of
from sim.ledger.records import NEVER_US
from sim.random_streams import stream_key, uniforms
from sim.schema.partners import ExchangeConfig, LinkConfig, ProgrammeConfig
from sim.verification.parameters import Parameter, number
from sim.verification.records import Record, equal

MEANING = "exchange with programmes outside: ways round that gain, and what conversions conserve"
PARAMETERS: dict[str, Parameter] = {
    "out_rate": number(400.0, "units that a member gets for a point", 0.001, 1e5),
    "in_rate": number(500.0, "units that a member gives for a point", 0.001, 1e5),
    "fee_share": number(0.0, "kept of what is converted, each way", 0, 0.99),
}
STANDARD: tuple[dict[str, Any], ...] = ({}, {"out_rate": 500.0}, {"out_rate": 600.0}, {"out_rate": 600.0, "fee_share": 0.1})
RANDOM_TABLES, NAMES = 40, ("points", "a", "b", "c")


def run(values: dict[str, Any]) -> list[Record]:
    """Return how often a unit is multiplied by going out and in again, and whether that is told as a gain."""
    programme = ProgrammeConfig("bank", values["out_rate"], values["in_rate"], fee_share=values["fee_share"])
    kept = 1 - Fraction(str(values["fee_share"]))
    product = Fraction(str(values["out_rate"])) / Fraction(str(values["in_rate"])) * kept * kept
    found = gaining_cycles(rates_of(ExchangeConfig(programmes=[programme])))
    told = float(found[0].product) if found else 1.0
    return [equal("out and in again", "ratio", float(max(product, Fraction(1))), told, quantity="gain_ratio")]


def run_by_hand() -> list[Record]:
    """Return cycles worked out by hand, tables of random rates against all permutations, and what conversions leave in the books."""
    return [*_cycles_by_hand(), *_against_permutations(), *_conserved()]


def _cycles_by_hand() -> list[Record]:
    bank, airline = ProgrammeConfig("bank", 400.0, 500.0), ProgrammeConfig("airline", 8.0, 14.0)
    # A point is 400 of the bank, 400 x 0.05 = 20 miles, 20 / 14 = 10/7 points; without the link 400/500 and 8/14 both lose.
    with_link = ExchangeConfig(programmes=[bank, airline], links=[LinkConfig("bank", "airline", 0.05)])
    cycles = gaining_cycles(rates_of(with_link))
    # 8 miles, 8 x 20 = 160 of the bank, 160 / 500 = 0.32 points: the other way round loses.
    even = ExchangeConfig(programmes=[ProgrammeConfig("bank", 400.0, 400.0)])
    tenths = [Rate("a", "b", Fraction(1, 10)), Rate("b", "c", Fraction(1, 3)), Rate("c", "a", Fraction(30))]
    return [
        equal("bank to airline by a link of 0.05: 10/7 of a point", "sevenths", 10, float(cycles[0].product * 7)),
        equal("the same: one way round gains", "cycles", 1, len(cycles)),
        equal(
            "without the link: none gains",
            "cycles",
            0,
            len(gaining_cycles(rates_of(ExchangeConfig(programmes=[bank, airline])))),
        ),
        equal("400 for a point and a point for 400: exactly 1 is no gain", "cycles", 0, len(gaining_cycles(rates_of(even)))),
        equal(
            "1/10 x 1/3 x 30 is exactly 1, where logarithms of decimals are not sure", "cycles", 0, len(gaining_cycles(tenths))
        ),
        equal(
            "1/10 x 1/3 x 30.000001 gains",
            "cycles",
            1,
            len(gaining_cycles([*tenths[:2], Rate("c", "a", Fraction("30.000001"))])),
        ),
        equal("the presets: none gains", "cycles", 0, len(gaining_cycles(rates_of(ExchangeConfig())))),
    ]


def _against_permutations() -> list[Record]:
    """Hold the search against every order of every subset of names, for tables of random rates."""
    agreed = 0
    for table in range(RANDOM_TABLES):
        draws = uniforms(stream_key(1, "rates"), np.arange(len(NAMES) ** 2), table)
        rates = [
            Rate(source, target, Fraction(round(2000 * draws[len(NAMES) * row + column]) + 1, 1000))
            for row, source in enumerate(NAMES)
            for column, target in enumerate(NAMES)
            if row != column
        ]
        of = {(rate.source, rate.target): rate.units for rate in rates}
        expected = set()
        for length in range(2, len(NAMES) + 1):
            for order in permutations(NAMES, length):
                product = Fraction(1)
                for source, target in zip(order, (*order[1:], order[0]), strict=True):
                    product *= of[source, target]
                if product > 1 and order[0] == min(order, key=NAMES.index):
                    expected.add(order)
        agreed += expected == {cycle.names for cycle in gaining_cycles(rates)}
    return [equal("cycles of random rates are those of all permutations", "tables", RANDOM_TABLES, agreed)]


def _conserved() -> list[Record]:
    """Two members convert: 30 points in at 0.9 yuan, 20 out at 0.8; a third holds too little."""
    ledger = Ledger(["a"], 1000)
    ledger.begin_day(datetime.date(2026, 6, 1), 0)
    partner = ledger.open("partner:bank", Currency.FEN)
    rich, poor = ledger.members(np.array([0, 1]), np.array([5000, 1000]), 0).tolist()
    refusals = np.zeros(2, np.int64)
    accounts = np.array([rich, poor], np.int64)
    into = np.array([3000, 1000], np.int64), np.array([2700, 900], np.int64)
    assert convert(ledger.book, 0, 0, accounts, *into, partner, 1, refusals, NEVER_US) == accounts.size
    out = np.array([2000, 9000], np.int64), np.array([1600, 7200], np.int64)
    assert convert(ledger.book, 0, 0, accounts, *out, partner, 0, refusals, NEVER_US) == accounts.size
    balances = ledger.book.accounts["balance"][: len(ledger.names)]
    currency = ledger.book.accounts["currency"][: len(ledger.names)]
    reasons = (TransferReason.CONVERTED_IN, TransferReason.CONVERTED_OUT)
    return [
        equal("who held 50 points, got 30 and gave 20", "points", 60, int(balances[rich]) / 100),
        equal("who held 10, got 10 and would have given 90", "points", 20, int(balances[poor]) / 100),
        equal("the refused conversion moved no money either: 27 + 9 - 16 yuan", "yuan", 20, int(balances[TREASURY]) / 100),
        equal("the programme outside has paid it", "yuan", -20, int(balances[partner]) / 100),
        equal("exchanged away", "points", 20, int(balances[POINTS_EXCHANGED]) / 100),
        equal("issued", "points", 100, -int(balances[POINTS_ISSUED]) / 100),
        equal("points in all accounts", "points", 0, int(balances[currency == Currency.POINTS].sum())),
        equal("money in all accounts", "fen", 0, int(balances[currency == Currency.FEN].sum())),
        equal("transfers of conversions", "transfers", 6, int(np.isin(ledger.journal["reason"], reasons).sum())),
    ]
