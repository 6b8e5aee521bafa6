"""Clearing: nothing but zero is owed in sum, netting ends where paying at once ends, and what is not paid is late or somebody's loss."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.points.owing import owe
from sim.crowd.state import Mall
from sim.errors import ConfigError
from sim.kernel import entry, referred
from sim.ledger.accounts import CLEARING_OPERATOR, CLEARING_TENANT, FIRST_TENANT, OPERATOR, TREASURY, TransferReason
from sim.ledger.clearing import plan_of
from sim.ledger.ledger import Ledger
from sim.ledger.netting import due_of, net_positions
from sim.ledger.records import Count, Refusal
from sim.operations.clearing import CycleEnds, first_end_us, rules_of
from sim.units import US_PER_HOUR
from tests.engine_days import corner_mall, day_config

DAY_ENDS_US = 26 * US_PER_HOUR - 2
UNITS = 3
PARTIES = (OPERATOR, TREASURY, *(FIRST_TENANT + unit for unit in range(UNITS)))
debts = st.lists(st.tuples(st.sampled_from(range(5)), st.sampled_from(range(5)), st.integers(1, 10_000)), max_size=20)
few = settings(deadline=None, max_examples=8, suppress_health_check=[HealthCheck.too_slow])


@entry
def owes(mall: Mall, debtor: int, creditor: int, fen: int, now_us: int) -> int:
    mall = referred(mall)
    return owe(mall, debtor, creditor, fen, TransferReason.REDEMPTION, now_us)


def config_of(mode: str, **more) -> RunConfig:
    config = day_config()
    config.engine.log_rows = 20_000
    config.clearing.mode = mode
    for key, value in more.items():
        section, _, name = key.rpartition("__")
        setattr(getattr(config.clearing, section) if section else config.clearing, name, value)
    return config


class House:
    """A mall without shoppers, in which participants owe each other what a test says."""

    def __init__(self, mode: str, **more) -> None:
        self.config = config_of(mode, **more)
        compiled = corner_mall()
        self.ledger = Ledger(compiled.unit_ids, 6000)
        self.begin(0)

    def begin(self, day: int) -> None:
        self.ledger.begin_day(datetime.date(2026, 11, 21) + datetime.timedelta(days=day), day)
        self.noted: list[tuple[int, int]] = []
        self.crowd = Crowd(corner_mall(), self.config, lambda full: None, ledger=self.ledger)
        rules = rules_of(corner_mall(), self.config)
        self.ends = CycleEnds(self.crowd, rules, self.config.seed, DAY_ENDS_US, 10 * US_PER_HOUR)
        if self.config.clearing.mode != "realtime":
            self.ends.act(10 * US_PER_HOUR)

    def owe(self, rows) -> list[int]:
        now_us = 12 * US_PER_HOUR
        return [
            owes(self.crowd.mall, PARTIES[debtor], PARTIES[creditor], fen, now_us)
            for debtor, creditor, fen in rows
            if debtor != creditor
        ]

    def end_day(self) -> None:
        while self.config.clearing.mode != "realtime" and self.ends.next_us is not None:
            self.ends.act(self.ends.next_us)
        self.ledger.forget_journal()

    @property
    def positions(self) -> np.ndarray:
        first = self.ledger.clearing.obligations_account(0)
        return self.ledger.book.accounts["balance"][first : first + 2 + UNITS].copy()

    @property
    def money(self) -> list[int]:
        return [self.ledger.balance(account) for account in PARTIES]


@few
@given(debts)
def test_netting_ends_where_paying_at_once_ends_when_everybody_pays(rows):
    ended = {}
    for mode in ("realtime", "bilateral", "multilateral"):
        house = House(mode)
        house.owe(rows)
        assert house.positions.sum() == 0
        house.end_day()
        assert not house.positions.any()
        ended[mode] = house.money

    assert ended["realtime"] == ended["bilateral"] == ended["multilateral"]


@pytest.mark.parametrize("mode", ["bilateral", "multilateral"])
def test_a_cap_holds_for_new_debts_and_not_for_the_settlement_of_old_ones(mode):
    """The fourth owes the third 500, the third owes the treasury 1,500, both may owe 1,000: settled in any order, all is paid."""
    house = House(mode, debit_cap_yuan=10.0)
    assert house.owe([(3, 2, 500), (2, 1, 1_500), (2, 1, 501)]) == [0, 0, Refusal.INSUFFICIENT]
    house.end_day()

    assert not house.positions.any()
    assert house.money == [0, 1_500, -1_000, -500, 0]
    first = house.ledger.clearing.obligations_account(CLEARING_TENANT)
    assert house.ledger.book.accounts["limit"][first : first + UNITS].tolist() == [1_000] * UNITS


@few
@given(debts)
def test_the_matrix_of_who_owes_whom_has_the_net_positions_of_the_accounts(rows):
    house = House("multilateral")
    house.owe(rows[: len(rows) // 2])
    house.ledger.clearing.take(house.ledger.journal)
    house.ledger.forget_journal()
    house.owe(rows[len(rows) // 2 :])
    house.ledger.clearing.take(house.ledger.journal)

    assert house.positions.tolist() == net_positions(house.ledger.clearing.owed).tolist()


@settings(deadline=None)
@given(
    st.lists(st.lists(st.integers(0, 1000), min_size=5, max_size=5), min_size=5, max_size=5),
    st.lists(st.integers(0, 1500), min_size=5, max_size=5),
    st.lists(st.booleans(), min_size=3, max_size=3),
    st.integers(0, 800),
    st.sampled_from(["bilateral", "multilateral"]),
)
def test_what_is_not_paid_is_late_or_lost_and_every_net_position_is_kept(cells, assets, defaults, guarantee_fen, mode):
    owed = np.array(cells, np.int64)
    np.fill_diagonal(owed, 0)
    in_default = np.array([False, False, *defaults])
    plan = plan_of(owed, mode, np.array(assets), in_default, guarantee_fen)
    positions = net_positions(plan.paid) + net_positions(plan.lost) + net_positions(plan.late)

    assert positions.tolist() == net_positions(owed).tolist()
    for matrix in (plan.paid, plan.lost, plan.late):
        assert np.all(matrix >= 0)
    assert not plan.lost[~in_default].any()
    assert not plan.late[in_default].any()
    assert 0 <= plan.guaranteed_fen <= guarantee_fen
    gone = plan.paid.sum(axis=1) + plan.lost.sum(axis=1) + plan.late.sum(axis=1)
    gone[CLEARING_OPERATOR] -= plan.guaranteed_fen  # which it never owed
    assert gone.tolist() == due_of(owed, mode).tolist()


def test_a_defaulters_creditors_lose_in_proportion_and_the_imbalance_stays_zero():
    house = House("multilateral", defaults__unit="L1-bakery", defaults__recovery_share=0.4)
    bakery = CLEARING_TENANT + corner_mall().unit_ids.index("L1-bakery")
    others = [party for party in (2, 3, 4) if party != bakery]
    house.owe([(bakery, others[0], 9000), (bakery, others[1], 3000)])
    house.end_day()

    assert [house.money[party] for party in others] == [3600, 1200]
    assert house.money[bakery] == -4800
    assert not house.positions.any()
    assert house.ledger.clearing.has_defaulted.tolist() == [party == bakery for party in range(5)]


def test_a_prefund_and_a_guarantee_come_before_the_creditors_loss():
    house = House(
        "bilateral", defaults__unit="L1-bakery", defaults__recovery_share=0.0, defaults__guarantee_yuan=10.0,
        is_prefunded=True, prefund_days=2.0, prefund_first_yuan=20.0,
    )  # fmt: skip
    bakery = CLEARING_TENANT + corner_mall().unit_ids.index("L1-bakery")
    creditor = 2 if bakery != 2 else 3
    before = house.money
    house.owe([(bakery, creditor, 9000)])
    house.end_day()

    assert before[bakery] == -4000
    assert house.money[creditor] - before[creditor] == 5000
    assert house.money[0] == -1000
    assert house.money[bakery] == -4000


def test_who_pays_late_is_suspended_pays_interest_and_pays_in_the_end():
    """All are late by two cycles from the first on, and again after that: drawn with probability 1."""
    house = House("multilateral", late__share=1.0, late__cycles=2, late__grace_cycles=0, late__interest_per_year=0.3)
    house.owe([(2, 0, 1_000_000)])
    owed = []
    for day in range(3):
        if day:
            house.begin(day)
        house.end_day()
        owed.append((int(house.positions[2]), bool(house.ledger.clearing.is_suspended[2]), house.money[0]))

    interest = round(1_000_000 * 0.3 * 24 / 8766)
    assert owed[0] == (-1_000_000 - interest, True, 0)
    assert owed[1][0] < owed[0][0]
    assert owed[2] == (0, False, -owed[1][0])


def test_a_merchant_at_its_debit_cap_can_owe_no_more_until_the_cycle_ends():
    house = House("multilateral", debit_cap_yuan=50.0)

    assert house.owe([(2, 1, 4000), (2, 1, 2000)]) == [Refusal.POSTED, Refusal.INSUFFICIENT]
    house.end_day()
    house.begin(1)
    assert house.owe([(2, 1, 2000)]) == [Refusal.POSTED]


@pytest.mark.parametrize(("cycle_h", "first_h"), [(24.0, 23.5), (168.0, 24 * 6 + 23.5), (6.0, 5.5), (12.0, 11.5), (48.0, 47.5)])
def test_a_cycle_ends_at_the_cut_off(cycle_h, first_h):
    rules = rules_of(corner_mall(), config_of("multilateral", cycle_h=cycle_h))

    assert first_end_us(rules) == round(first_h * US_PER_HOUR)


def test_a_weekly_cycle_carries_what_is_owed_over_the_days_between():
    house = House("bilateral", cycle_h=72.0)
    for day in range(3):
        if day:
            house.begin(day)
        house.owe([(2, 1, 1000)])
        assert house.positions[1] == 1000 * (day + 1)
        house.end_day()

    assert house.money[1] == 3000
    assert not house.positions.any()
    assert house.ledger.clearing.next_end_us == round((71.5 + 72) * US_PER_HOUR)


@few
@given(debts, st.sampled_from(["L1-bakery", ""]))
def test_the_journal_replayed_gives_every_balance_through_late_payers_and_defaults(rows, defaulter):
    house = House("multilateral", defaults__unit=defaulter, late__share=0.5)
    journals = []
    for day in range(2):
        if day:
            house.begin(day)
        house.owe(rows)
        while house.ends.next_us is not None:
            house.ends.act(house.ends.next_us)
        journals.append(house.ledger.journal.copy())
        house.ledger.forget_journal()
    journal = np.concatenate(journals)
    replayed = np.zeros(len(house.ledger.names), np.int64)
    np.subtract.at(replayed, journal["debit"], journal["amount"])
    np.add.at(replayed, journal["credit"], journal["amount"])

    assert replayed.tolist() == house.ledger.book.accounts["balance"][: replayed.size].tolist()
    assert replayed.sum() == 0
    _, sizes = np.unique(journal["chain"][journal["reason"] == TransferReason.SETTLEMENT], return_counts=True)
    assert set(sizes.tolist()) <= {2}  # cash, and what it extinguishes


def test_a_run_in_which_nobody_owes_anything_settles_nothing():
    house = House("multilateral")
    house.end_day()

    assert house.ledger.book.book_counts[Count.POSTED] == 0
    assert house.crowd.recent().count[0] == 0


def test_an_unknown_defaulter_is_told_before_the_day():
    with pytest.raises(ConfigError, match="no unit of this id"):
        rules_of(corner_mall(), config_of("multilateral", defaults__unit="nowhere"))
