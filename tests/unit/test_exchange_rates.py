"""Rates with programmes outside: what is found in them, and what is said of wrong ones."""

from __future__ import annotations

from fractions import Fraction

import pytest

from sim.config import RunConfig, problems_of
from sim.ledger.rates import Rate, best_through_points, gaining_cycles, rates_of, said
from sim.schema.partners import ExchangeConfig, ItemConfig, LinkConfig, ProgrammeConfig

pytestmark = pytest.mark.plain


def test_a_way_round_that_gains_is_told_once_whatever_it_begins_with():
    rates = [Rate("b", "c", Fraction(2)), Rate("c", "a", Fraction(3)), Rate("a", "b", Fraction(1, 5))]

    (cycle,) = gaining_cycles(rates)

    assert cycle.product == Fraction(6, 5)
    assert cycle.names == ("b", "c", "a")


def test_a_product_of_exactly_one_is_no_gain():
    rates = [Rate("a", "b", Fraction(1, 10)), Rate("b", "c", Fraction(1, 3)), Rate("c", "a", Fraction(30))]

    assert gaining_cycles(rates) == []


def test_of_two_rates_between_the_same_two_the_better_one_counts():
    rates = [Rate("a", "b", Fraction(1)), Rate("a", "b", Fraction(2)), Rate("b", "a", Fraction(3, 4))]

    assert [cycle.product for cycle in gaining_cycles(rates)] == [Fraction(3, 2)]


def test_the_usual_programmes_let_nobody_gain():
    assert gaining_cycles(rates_of(ExchangeConfig())) == []


def test_a_link_outside_makes_a_gain_of_rates_that_are_safe_by_themselves():
    exchange = ExchangeConfig(links=[LinkConfig("bank", "airline", 0.05)])

    cycle = best_through_points(exchange)

    assert cycle is not None
    assert cycle.names == ("points", "bank", "airline")
    assert cycle.product == Fraction(10, 7)
    assert said(cycle) == "points to bank to airline to points makes 1.42857 of 1"


def test_a_gain_that_no_point_takes_part_in_is_not_run_by_members():
    programmes = [ProgrammeConfig("a", 1.0, 100.0), ProgrammeConfig("b", 1.0, 100.0)]
    exchange = ExchangeConfig(programmes=programmes, links=[LinkConfig("a", "b", 2.0), LinkConfig("b", "a", 0.6)])

    assert [cycle.names for cycle in gaining_cycles(rates_of(exchange))] == [("a", "b")]
    assert best_through_points(exchange) is None


def test_a_fee_is_taken_on_each_way():
    exchange = ExchangeConfig(programmes=[ProgrammeConfig("bank", 120.0, 100.0, fee_share=0.1)])

    assert gaining_cycles(rates_of(exchange)) == []  # 1.2 x 0.9 x 0.9 = 0.972


@pytest.mark.parametrize(
    ("key", "wrong"),
    [
        ("partners.exchange.programmes[0].units_per_point_out", {"units_per_point_out": 0}),
        ("partners.exchange.programmes[0].units_per_point_in", {"units_per_point_in": 0.00000012}),
        ("partners.exchange.programmes[0].fee_share", {"fee_share": 1.0}),
        ("partners.exchange.programmes[0].pays_yuan_per_point", {"pays_yuan_per_point": -1}),
        ("partners.exchange.programmes[0].name", {"name": "points"}),
    ],
)
def test_a_wrong_programme_is_named_by_its_key(key, wrong):
    config = RunConfig()
    config.partners.exchange.programmes = [ProgrammeConfig(**{"name": "bank", **wrong})]

    assert [problem.place for problem in problems_of(config)] == [key]


def test_all_that_is_wrong_is_told_at_once():
    config = RunConfig()
    config.partners.exchange.links = [LinkConfig("bank", "bank", 1.0), LinkConfig("moon", "bank", 0)]
    config.partners.catalogue.items = [
        ItemConfig("a", off_yuan=200.0, from_yuan=100.0),
        ItemConfig("a", kind="gift"),
        ItemConfig("b", funder="nobody", points=0),
    ]

    assert [problem.place.removeprefix("partners.") for problem in problems_of(config)] == [
        "exchange.links[0].target",
        "exchange.links[1].source",
        "exchange.links[1].units",
        "catalogue.items[0].off_yuan",
        "catalogue.items[1].name",
        "catalogue.items[1].value_yuan",
        "catalogue.items[2].funder",
        "catalogue.items[2].points",
    ]


def test_attackers_are_at_most_everybody():
    config = RunConfig()
    config.abuse.attacks.refund_farmers_share = config.abuse.attacks.double_spenders_share = 0.6

    assert [problem.place for problem in problems_of(config)] == ["abuse.attacks"]
