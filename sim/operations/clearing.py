"""The clearing house by the clock: what is settled at the end of a cycle, who is late or never pays, and what is paid in ahead."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.points.gateway_records import Noted
from sim.errors import ConfigError, Problem
from sim.events import EventKind
from sim.ledger.accounts import CLEARING_TENANT, CLEARING_TREASURY, FIRST_TENANT, TREASURY, Currency, TransferReason
from sim.ledger.clearing import ClearingHouse, Plan, plan_of, settle_obligation
from sim.ledger.netting import bilateral_fen, due_of, gross_fen, multilateral_fen, net_positions
from sim.ledger.records import NO_LIMIT, NONE, Count
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_DAY, US_PER_HOUR, US_PER_MIN, minutes_from_hours

FEN_PER_YUAN = 100
HOURS_PER_YEAR = 8766
LATE_DRAW, DEFAULT_DRAW = 0, 1  # counts of a merchant's draws in a cycle


@dataclass(frozen=True)
class Rules:
    """The rules of a clearing house that settles in cycles, in whole numbers where they are money."""

    mode: str
    cycle_us: int
    cut_off_us: int
    cap_fen: int  # 0: none
    prefund_days: float  # 0: nothing is paid in ahead
    prefund_first_fen: int
    late_share: float
    late_cycles: int
    interest_per_cycle: float
    grace_cycles: int
    defaulter: int  # participant, NONE
    default_from_us: int
    default_share: float
    recovery_share: float
    guarantee_fen: int


def rules_of(compiled: CompiledPlan, config: RunConfig) -> Rules:
    """Return the rules of a run; raises ConfigError for a unit that the plan lacks."""
    clearing, late, defaults = config.clearing, config.clearing.late, config.clearing.defaults
    if defaults.unit and defaults.unit not in compiled.unit_ids:
        rule = f"floor plan {compiled.name!r} has no unit of this id"
        way_out = f"`galleria floorplan show {compiled.name}` lists them, {compiled.unit_ids[0]!r} for instance"
        raise ConfigError.of("scenario", [Problem("clearing.defaults.unit", repr(defaults.unit), rule, way_out)])
    return Rules(
        mode=clearing.mode,
        cycle_us=round(clearing.cycle_h * US_PER_HOUR),
        cut_off_us=minutes_from_hours(clearing.cut_off) * US_PER_MIN,
        cap_fen=round(clearing.debit_cap_yuan * FEN_PER_YUAN),
        prefund_days=clearing.prefund_days * clearing.is_prefunded,
        prefund_first_fen=round(clearing.prefund_first_yuan * FEN_PER_YUAN),
        late_share=late.share,
        late_cycles=late.cycles,
        interest_per_cycle=late.interest_per_year * clearing.cycle_h / HOURS_PER_YEAR,
        grace_cycles=late.grace_cycles,
        defaulter=CLEARING_TENANT + compiled.unit_ids.index(defaults.unit) if defaults.unit else NONE,
        default_from_us=(defaults.on_day - 1) * US_PER_DAY,
        default_share=defaults.share,
        recovery_share=defaults.recovery_share,
        guarantee_fen=round(defaults.guarantee_yuan * FEN_PER_YUAN),
    )


def first_end_us(rules: Rules) -> int:
    """Return the end of the first cycle since the run's first midnight: a cycle's length after a cut-off of the day before, or sooner."""
    end_us = rules.cut_off_us - US_PER_DAY
    return end_us + rules.cycle_us * ((-end_us) // rules.cycle_us + 1)


@dataclass
class CycleEnds:
    """Ends cycles at their instants: nets what is owed, lets it be paid, and carries on what is late."""

    crowd: Crowd
    rules: Rules
    seed: int
    until_us: int  # the day's books close then
    opens_us: int
    next_us: int | None = None
    rank: int = 880

    def __post_init__(self) -> None:
        """Go on with the cycle that the days before have left."""
        house = self.house
        if house.next_end_us == NONE:
            house.next_end_us = first_end_us(self.rules)
        self.next_us = self.opens_us

    @property
    def house(self) -> ClearingHouse:
        """Who owes whom."""
        return self.crowd.ledger.clearing

    @property
    def midnight_us(self) -> int:
        """Today's, since the run's first."""
        return int(self.crowd.ledger.book.book_counts[Count.MIDNIGHT_US])

    def act(self, now_us: int) -> None:
        """In the morning take prefunds and set limits; at a cycle's end settle; at the end of the day write down what is open."""
        house = self.house
        if now_us == self.opens_us:
            self._take_prefunds(now_us)
            self._apply_suspensions(is_morning=True)
        while now_us + self.midnight_us >= house.next_end_us:
            self._end_cycle(now_us)
            house.next_end_us += self.rules.cycle_us
        self.crowd.mall.params["cycle_ends_us"] = house.next_end_us - self.midnight_us
        if now_us >= self.until_us:
            self._note_end_of_day(now_us)
            self.next_us = None
        else:
            self.next_us = min(house.next_end_us - self.midnight_us, self.until_us)

    def _end_cycle(self, now_us: int) -> None:
        house, crowd = self.house, self.crowd
        house.take(crowd.ledger.journal)
        owed = house.owed
        for what, fen in (
            (Noted.GROSS, gross_fen(owed)), (Noted.BILATERAL, bilateral_fen(owed)), (Noted.MULTILATERAL, multilateral_fen(owed)),
        ):  # fmt: skip
            self.note(now_us, what, fen)
        in_default = self._who_defaults(owed)
        assets = self._assets(in_default)
        self._use_prefunds(in_default, now_us)
        plan = plan_of(owed, self.rules.mode, assets, in_default, self.rules.guarantee_fen)
        limits = self._limits().copy()
        self._limits()[:] = NO_LIMIT  # caps hold for what is newly owed; a cycle settles one claim after another
        self._pay(plan, now_us)
        house.owed = plan.late.copy()
        self._charge_interest(plan, now_us)
        self._limits()[:] = limits
        house.cycles += 1
        house.has_defaulted |= in_default
        for what, fen in (
            (Noted.SETTLED, int(plan.paid.sum() - np.trace(plan.paid))), (Noted.LATE, int(plan.late.sum())),
            (Noted.LOST, int(plan.lost.sum())), (Noted.GUARANTEED, plan.guaranteed_fen),
        ):  # fmt: skip
            self.note(now_us, what, fen)
        self._apply_suspensions()

    def _limits(self) -> np.ndarray:
        """Return how much each participant may owe on its account of obligations (a view of the books as they are now)."""
        first = self.house.obligations_account(0)
        limits: np.ndarray = self.crowd.ledger.book.accounts["limit"][first : first + self.house.owed.shape[0]]
        return limits

    def _who_defaults(self, owed: np.ndarray) -> np.ndarray:
        """Return who will never pay (bool): who is named, whoever is drawn of those who owe, and who has defaulted before."""
        rules, house = self.rules, self.house
        found = house.has_defaulted.copy()
        if rules.defaulter != NONE and house.next_end_us > rules.default_from_us:
            found[rules.defaulter] = True
        drawn = self._draws(DEFAULT_DRAW) < rules.default_share
        found[CLEARING_TENANT:] |= drawn & (owed.sum(axis=1)[CLEARING_TENANT:] > 0)
        return found

    def _draws(self, count: int) -> np.ndarray:
        """Return a draw of each tenant for this cycle."""
        keys = self.crowd.mall.units["key"]
        draws: np.ndarray = uniforms(stream_key(self.seed, "clearing"), keys, 2 * self.house.cycles + count)
        return draws

    def _assets(self, in_default: np.ndarray) -> np.ndarray:
        """Return what each can pay (int64): all, nothing while it is late, of a defaulter what is recovered and its prefund."""
        house, rules, cycle = self.house, self.rules, self.house.cycles
        total = due_of(house.owed, rules.mode)
        begins_late = np.zeros(total.size, bool)
        begins_late[CLEARING_TENANT:] = self._draws(LATE_DRAW) < rules.late_share
        begins_late &= (house.late_until == NONE) & (total > 0) & ~in_default
        house.late_since[begins_late] = cycle
        house.late_until[begins_late] = cycle + rules.late_cycles
        pays_again = (house.late_until != NONE) & (house.late_until <= cycle)
        house.late_until[pays_again] = house.late_since[pays_again] = NONE
        found = np.where(house.late_until != NONE, 0, total)
        recovered = np.array([int(rules.recovery_share * int(fen)) for fen in total], np.int64)
        prefunds = self._prefunds()
        found = np.where(in_default, np.minimum(recovered + prefunds, total), found)
        treasury = self.crowd.ledger.book.accounts[TREASURY]
        if treasury["limit"] != NO_LIMIT:
            found[CLEARING_TREASURY] = min(int(total[CLEARING_TREASURY]), max(0, int(treasury["balance"] + treasury["limit"])))
        return found

    def _pay(self, plan: Plan, now_us: int) -> None:
        house, crowd = self.house, self.crowd
        for debtor, creditor in zip(*np.nonzero(plan.paid), strict=True):
            if debtor == creditor:
                continue  # the operator guarantees its own claim
            crowd.make_room_in_books()
            refusal = settle_obligation(
                crowd.ledger.book,
                now_us,
                house.money_account(debtor),
                house.money_account(creditor),
                house.obligations_account(debtor),
                house.obligations_account(creditor),
                int(plan.paid[debtor, creditor]),
            )
            assert refusal == 0
        for debtor, creditor in zip(*np.nonzero(plan.lost), strict=True):
            accounts = house.obligations_account(creditor), house.obligations_account(debtor)
            crowd.transfer(now_us, *accounts, int(plan.lost[debtor, creditor]), TransferReason.WRITTEN_OFF)

    def _charge_interest(self, plan: Plan, now_us: int) -> None:
        house = self.house
        for debtor, creditor in zip(*np.nonzero(plan.late), strict=True):
            interest_fen = int(int(plan.late[debtor, creditor]) * self.rules.interest_per_cycle)
            if interest_fen > 0:
                accounts = house.obligations_account(debtor), house.obligations_account(creditor)
                self.crowd.transfer(now_us, *accounts, interest_fen, TransferReason.LATE_INTEREST)

    def _apply_suspensions(self, is_morning: bool = False) -> None:
        """Suspend who is late beyond its grace, for good who has defaulted, and let the others take part as they did."""
        house = self.house
        late = house.late_since
        is_now = house.has_defaulted | ((late != NONE) & (house.cycles - late > self.rules.grace_cycles))
        takes_part = self.crowd.mall.terms["takes_part"]
        was, now = house.is_suspended[CLEARING_TENANT:], is_now[CLEARING_TENANT:]
        takes_part[was & ~now] = house.took_part[was & ~now] if not is_morning else takes_part[was & ~now]
        begins = now if is_morning else now & ~was  # every morning all are on their terms again
        house.took_part[begins] = takes_part[begins]
        takes_part[now] = 0
        house.is_suspended = is_now

    def _prefunds(self) -> np.ndarray:
        house = self.house
        balances = self.crowd.ledger.book.accounts["balance"]
        found: np.ndarray = np.where(house.prefund_account == NONE, 0, balances[house.prefund_account])
        return found

    def _take_prefunds(self, now_us: int) -> None:
        """Top up what each merchant has paid in ahead to so many days of what it owes, and let it owe that much more than its cap."""
        house, rules, ledger = self.house, self.rules, self.crowd.ledger
        days = self.midnight_us // US_PER_DAY
        tenants = np.flatnonzero(self.crowd.mall.terms["takes_part"] == 1) if rules.prefund_days > 0 else np.zeros(0, np.int64)
        for unit in tenants.tolist():
            participant = CLEARING_TENANT + unit
            if house.prefund_account[participant] == NONE:
                self.crowd.make_room_in_books()
                house.prefund_account[participant] = ledger.open(f"prefund:{ledger.unit_ids[unit]}", Currency.FEN, limit=0)
            a_day_fen = int(house.owed_in_all[participant]) // days if days else rules.prefund_first_fen
            account = int(house.prefund_account[participant])
            missing_fen = int(rules.prefund_days * a_day_fen) - ledger.balance(account)
            if missing_fen > 0:
                self.crowd.transfer(now_us, FIRST_TENANT + unit, account, missing_fen, TransferReason.PREFUNDED)
        if rules.cap_fen > 0:
            first = house.obligations_account(CLEARING_TENANT)
            ledger.book.accounts["limit"][first : first + house.units] = rules.cap_fen + self._prefunds()[CLEARING_TENANT:]

    def _use_prefunds(self, in_default: np.ndarray, now_us: int) -> None:
        """Give a defaulter's prefund to it: it pays with that first."""
        held = self._prefunds()
        for participant in np.flatnonzero(in_default & (held > 0)).tolist():
            account = int(self.house.prefund_account[participant])
            self.crowd.transfer(
                now_us, account, self.house.money_account(participant), int(held[participant]), TransferReason.PREFUNDED
            )

    def _note_end_of_day(self, now_us: int) -> None:
        house, ledger = self.house, self.crowd.ledger
        house.take(ledger.journal)
        first = house.obligations_account(0)
        positions = ledger.book.accounts["balance"][first : first + house.owed.shape[0]]
        assert np.array_equal(positions, net_positions(house.owed))
        for what, number in (
            (Noted.OPEN, int(np.maximum(positions, 0).sum())), (Noted.IMBALANCE, int(positions.sum())),
            (Noted.PREFUND, int(self._prefunds().sum())), (Noted.SUSPENDED, int(house.is_suspended.sum())),
        ):  # fmt: skip
            self.note(now_us, what, number)

    def note(self, now_us: int, what: Noted, number: int) -> None:
        """Write something down, unless it is nothing."""
        if number != 0:
            self.crowd.note_of_unit(now_us, EventKind.CLEARING_NOTED, what, number)


def clearing_of(crowd: Crowd, compiled: CompiledPlan, config: RunConfig, opens_us: int, until_us: int) -> list[CycleEnds]:
    """Return who ends cycles; nobody where everything is paid at once."""
    rules = rules_of(compiled, config)
    return [] if rules.mode == "realtime" else [CycleEnds(crowd, rules, config.seed, until_us, opens_us)]
