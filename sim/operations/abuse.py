"""Adversaries by the clock: receipts that are abused, false accounts, sales that never were; and what rules stop of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from sim.config import RunConfig
from sim.crowd.engine import Crowd
from sim.crowd.points.gateway_records import HINDRANCES, Hindrance
from sim.crowd.points.watching import RULES, Attack, Rule, Watched
from sim.events import EventKind
from sim.ledger.abusing import free_held, hold_issued, settle_hold, spend, taken_back
from sim.ledger.accounts import (
    FIRST_TENANT,
    OUTSIDE,
    POINTS_ISSUED,
    POINTS_REDEEMED,
    POINTS_VOIDED,
    TREASURY,
    Currency,
    TransferReason,
)
from sim.ledger.ledger import Ledger
from sim.ledger.records import State
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_DAY, US_PER_S

CENTI = 100
WALKING = (Attack.REFUND_FARMING, Attack.DOUBLE_SPENDING, Attack.SELF_REFERRAL)  # those who shop in the mall
TRIED, GOT_FEN = 0, 1  # columns of what is counted of an attack; then what each rule stopped, in fen
COLUMNS = 2 + len(Rule)
HONEST = len(Attack) * COLUMNS  # then, by rule: how often, and how many fen, it cost somebody honest
ATTACK_COLUMNS = ("tried", "got_fen", *(f"stopped_by_{rule.name.lower()}_fen" for rule in Rule))


def abuse_names() -> tuple[str, ...]:
    """Return the names of what is counted, in the order of the events' places."""
    attacks = [f"{attack.name.lower()}:{column}" for attack in Attack for column in ATTACK_COLUMNS]
    return (*attacks, *(f"honest:{rule.name.lower()}_{what}" for rule in Rule for what in ("times", "fen")))


@dataclass
class Adversaries:
    """False accounts, and what is due later: lives on from day to day."""

    config: RunConfig
    ledger: Ledger
    units: int
    false_accounts: list[tuple[int, int]] = field(
        default_factory=list
    )  # of machines, and the unit where each spends what it can
    shills: dict[int, list[int]] = field(default_factory=dict)  # accomplices of each merchant that rings up false sales
    newcomers: list[int] = field(default_factory=list)  # residents who have joined since the last look
    days: int = 0


@dataclass
class Abuse:
    """Once a day, before the refunds: attacks are carried out on the day's receipts, held points become free, sums are written down."""

    crowd: Crowd
    config: RunConfig
    adversaries: Adversaries
    next_us: int | None
    rank: int = 875
    counted: np.ndarray = field(default_factory=lambda: np.zeros(HONEST + 2 * len(Rule), np.int64))

    def act(self, now_us: int) -> None:
        """Let a day's abuse happen."""
        self._free_held_points(now_us)
        watched = self.crowd.mall.watched
        deeds = np.array(self.crowd.mall.deeds[: watched[Watched.DEEDS]])
        is_offline, as_points_fen = (
            self._offline(deeds),
            np.where(self.config.abuse.rules.points_as_points, deeds["burned_fen"], 0),
        )
        is_trusted = is_offline & (not self.config.abuse.rules.online_only)
        for at, deed in enumerate(deeds):
            if deed["attack"] == Attack.REFUND_FARMING:
                self._farm_refund(deed, int(as_points_fen[at]), now_us)
            elif deed["attack"] == Attack.DOUBLE_SPENDING:
                self._spend_twice(deed, bool(is_offline[at]), bool(is_trusted[at]), now_us)
            else:
                self._refer_oneself(deed, now_us)
        self._open_false_accounts(now_us)
        self._ring_up_false_sales(now_us)
        self._greet_newcomers(now_us)
        self._count_rules(watched)
        watched[:] = 0
        for place in np.flatnonzero(self.counted).tolist():
            self.crowd.note_of_unit(now_us, EventKind.ABUSE_COUNTED, place, int(self.counted[place]))
        self.adversaries.days += 1
        self.next_us = None

    def _count(self, attack: Attack, column: int, amount: int = 1) -> None:
        self.counted[attack * COLUMNS + column] += amount

    def _stopped(self, attack: Attack, rule: Rule, fen: int) -> None:
        self._count(attack, 2 + rule, fen)

    def _available_centi(self, account: int) -> int:
        holder = self.crowd.ledger.book.accounts[account]
        return max(0, int(holder["balance"] - holder["reserved"]))

    def _spend(self, account: int, unit: int, centi: int, now_us: int, is_trusted: bool = False) -> int:
        """Spend points at a merchant, whom the alliance pays, and return how many; none where the alliance cannot pay."""
        if centi <= 0:
            return 0
        self.crowd.make_room_in_books()
        if spend(self.crowd.ledger.book, now_us, account, FIRST_TENANT + unit, centi, is_trusted) == 0:
            return centi
        self.crowd.note_of_unit(now_us, EventKind.POINTS_HINDERED, unit, HINDRANCES * centi + Hindrance.TREASURY_EMPTY)
        return 0

    def _farm_refund(self, deed: np.void, as_points_fen: int, now_us: int) -> None:
        """Spend what the purchase has earned, then bring it back; money for what was paid in points, if one may."""
        rules, attack = self.config.abuse.rules, Attack.REFUND_FARMING
        account, unit = int(deed["account"]), int(deed["unit"])
        earned, paid_fen, burned_fen = int(deed["earned_centi"]), int(deed["paid_fen"]), int(deed["burned_fen"])
        self._count(attack, TRIED)
        spent = min(earned, self._available_centi(account))
        self._spend(account, unit, spent, now_us)
        refund_fen = paid_fen
        if rules.hold_days > 0 and int(deed["held"]) >= 0:
            self._settle_hold(int(deed["held"]), int(deed["held_id"]), State.POST, now_us)
            self._stopped(attack, Rule.HOLD, earned)
        elif rules.claw_back:
            back = min(earned, self._available_centi(account))
            self._take_back(account, back, now_us)
            short_fen = min(earned - back, refund_fen)
            refund_fen -= short_fen
            if short_fen > 0:
                self.crowd.transfer(now_us, FIRST_TENANT + unit, TREASURY, short_fen, TransferReason.TAKEN_BACK)
            self._stopped(attack, Rule.CLAW_BACK, back + short_fen)
            self._count(attack, GOT_FEN, earned - back - short_fen)
        else:
            self._count(attack, GOT_FEN, earned)
        if as_points_fen > 0:
            self.crowd.transfer(now_us, POINTS_REDEEMED, account, as_points_fen, TransferReason.TAKEN_BACK)
            self.crowd.transfer(now_us, FIRST_TENANT + unit, TREASURY, as_points_fen, TransferReason.TAKEN_BACK)
            self._stopped(attack, Rule.POINTS_AS_POINTS, as_points_fen)
        refund_fen += burned_fen - as_points_fen
        self._count(attack, GOT_FEN, burned_fen - as_points_fen)
        if refund_fen > 0:
            self.crowd.transfer(now_us, FIRST_TENANT + unit, OUTSIDE, refund_fen, TransferReason.REFUND)

    def _spend_twice(self, deed: np.void, is_offline: bool, is_trusted: bool, now_us: int) -> None:
        """Spend all points at two tills at one instant: the ledger lets one through, a till without it takes the other on trust."""
        account, unit = int(deed["account"]), int(deed["unit"])
        centi = self._available_centi(account)
        if centi <= 0:
            return
        self._count(Attack.DOUBLE_SPENDING, TRIED)
        if self._spend(account, unit, centi, now_us) == 0:
            return
        if not is_trusted:  # the ledger refuses it, for nothing is left to spend; a till without it refuses all points
            self._stopped(Attack.DOUBLE_SPENDING, Rule.ONLINE_ONLY, centi if is_offline else 0)
            return
        other = (unit + 1) % self.adversaries.units  # known once its till is back: the account owes it
        self._count(Attack.DOUBLE_SPENDING, GOT_FEN, self._spend(account, other, centi, now_us, is_trusted=True))

    def _refer_oneself(self, deed: np.void, now_us: int) -> None:
        """Get what a referral returns to both sides, who are one person with one phone."""
        centi = int(int(deed["paid_fen"]) * self.config.abuse.attacks.ring_return_share)
        self._count(Attack.SELF_REFERRAL, TRIED)
        if self.config.abuse.rules.one_account_per_phone:
            self._stopped(Attack.SELF_REFERRAL, Rule.ONE_PER_PHONE, centi)
        elif centi > 0:
            self._issue(int(deed["account"]), centi, TransferReason.ABUSED, now_us)
            self._count(Attack.SELF_REFERRAL, GOT_FEN, centi)

    def _open_false_accounts(self, now_us: int) -> None:
        """Let machines join for the points, and spend those of earlier days."""
        attacks, rules, known = self.config.abuse.attacks, self.config.abuse.rules, self.adversaries
        bonus = round(attacks.sign_up_points * CENTI)
        for account, unit in known.false_accounts:
            centi = self._available_centi(account)
            self._count(Attack.FAKE_ACCOUNTS, GOT_FEN, self._spend(account, unit, centi, now_us))
        known.false_accounts = [(account, unit) for account, unit in known.false_accounts if self._holds(account)]
        bots = np.arange(attacks.fake_accounts_per_day if bonus > 0 else 0)
        has_account = bots % attacks.accounts_per_phone > 0
        for bot, is_refused in zip(bots.tolist(), (has_account & rules.one_account_per_phone).tolist(), strict=True):
            self._count(Attack.FAKE_ACCOUNTS, TRIED)
            if is_refused:
                self._stopped(Attack.FAKE_ACCOUNTS, Rule.ONE_PER_PHONE, bonus)
                continue
            account = self._open(f"false:{known.days}:{bot}")
            self._issue(account, bonus, TransferReason.SIGN_UP, now_us)
            known.false_accounts.append((account, bot % known.units))

    def _ring_up_false_sales(self, now_us: int) -> None:
        """Let merchants ring up sales that never were, and accomplices spend their points there."""
        attacks, known = self.config.abuse.attacks, self.adversaries
        if attacks.colluding_share <= 0:
            return
        draws = uniforms(stream_key(self.config.seed, "colluding merchant"), self.crowd.mall.units["key"], 0)
        takes_part = self.crowd.mall.terms["takes_part"] == 1
        for unit in np.flatnonzero((draws < attacks.colluding_share) & takes_part).tolist():
            if unit not in known.shills:
                known.shills[unit] = [self._open(f"accomplice:{unit}:{one}") for one in range(attacks.accomplices)]
            self._one_merchant(unit, known.shills[unit], now_us)

    def _one_merchant(self, unit: int, accounts: list[int], now_us: int) -> None:
        attacks, rules = self.config.abuse.attacks, self.config.abuse.rules
        earned = int(attacks.false_sale_yuan // self.config.points.yuan_per_point) * CENTI
        fee_fen = round(earned * attacks.fee_yuan_per_point)
        for sale in range(attacks.false_sales_per_day):
            receipts = sale // len(accounts) + 1  # of this account today, all of them here
            self._count(Attack.COLLUSION, TRIED)
            if rules.receipts_most > 0 and receipts > rules.receipts_most:
                self._stopped(Attack.COLLUSION, Rule.RECEIPTS, earned - fee_fen)
            elif rules.in_a_row_most > 0 and receipts > rules.in_a_row_most:
                self._stopped(Attack.COLLUSION, Rule.IN_A_ROW, earned - fee_fen)
            elif earned > 0:
                self._issue(accounts[sale % len(accounts)], earned, TransferReason.ABUSED, now_us)
                if fee_fen > 0:
                    self.crowd.transfer(now_us, FIRST_TENANT + unit, TREASURY, fee_fen, TransferReason.ISSUE_FEE)
                self._count(Attack.COLLUSION, GOT_FEN, -fee_fen)
        for account in accounts:
            centi = self._available_centi(account)
            self._count(Attack.COLLUSION, GOT_FEN, self._spend(account, unit, centi, now_us))

    def _greet_newcomers(self, now_us: int) -> None:
        """Give honest people who have joined their points; the rule about phones takes them for machines where they share one."""
        attacks, rules, known = self.config.abuse.attacks, self.config.abuse.rules, self.adversaries
        bonus = round(attacks.sign_up_points * CENTI)
        rows, known.newcomers = np.array(known.newcomers, np.int64), []
        shares = uniforms(stream_key(self.config.seed, "shared phone"), rows, 0) < rules.shared_phone_share
        if bonus <= 0:
            return
        refused = int(shares.sum()) if rules.one_account_per_phone else 0
        self._honest(Rule.ONE_PER_PHONE, refused, refused * bonus)
        welcome = rows[~shares] if rules.one_account_per_phone else rows
        for one in welcome.tolist():
            self.crowd.make_room_in_books()
            account = int(self.crowd.ledger.members(np.array([one]), np.zeros(1, np.int64), now_us)[0])
            self._issue(account, bonus, TransferReason.SIGN_UP, now_us)

    def _honest(self, rule: Rule, times: int, fen: int) -> None:
        self.counted[HONEST + 2 * rule] += times
        self.counted[HONEST + 2 * rule + 1] += fen

    def _count_rules(self, watched: np.ndarray) -> None:
        """Take over what the till's watch has counted of its rules."""
        times = watched[Watched.TIMES : Watched.CENTI].reshape(len(Attack), RULES)
        centi = watched[Watched.CENTI :].reshape(len(Attack), RULES)
        for rule in Rule:
            self._honest(rule, int(times[Attack.NONE, rule]), int(centi[Attack.NONE, rule]))
            for attack in WALKING if rule != Rule.HOLD else ():  # what is held is stopped only if it is taken in the end
                self._stopped(attack, rule, int(centi[attack, rule]))

    def _open(self, name: str) -> int:
        """Open an account like a member's."""
        self.crowd.make_room_in_books()
        return self.crowd.ledger.open(name, Currency.POINTS, limit=0, has_lots=True, may_owe=True)

    def _issue(self, account: int, centi: int, reason: TransferReason, now_us: int) -> None:
        """Issue points, held for as long as the rule says."""
        self.crowd.transfer(now_us, POINTS_ISSUED, account, centi, reason)
        hold_us = round(self.config.abuse.rules.hold_days * US_PER_DAY)
        if hold_us > 0:
            self.crowd.make_room_in_books()
            until_us = self.adversaries.days * US_PER_DAY + now_us + hold_us
            hold_issued(self.crowd.ledger.book, now_us, account, centi, until_us)

    def _take_back(self, account: int, centi: int, now_us: int) -> None:
        if centi > 0:
            self.crowd.make_room_in_books()
            assert taken_back(self.crowd.ledger.book, now_us, account, POINTS_VOIDED, centi) == 0

    def _settle_hold(self, slot: int, pending_id: int, state: State, now_us: int) -> None:
        self.crowd.make_room_in_books()
        settle_hold(self.crowd.ledger.book, now_us, slot, pending_id, state)

    def _offline(self, deeds: np.ndarray) -> np.ndarray:
        """Return of which deeds the second till cannot reach the ledger; drawn by the member, whoever else has come."""
        names = [self.crowd.ledger.names[account] for account in deeds["account"].tolist()]
        members = np.array([int(name.removeprefix("member:")) for name in names], np.int64)
        draws = uniforms(stream_key(self.config.seed, "offline till"), members, deeds["time_us"] // US_PER_S)
        found: np.ndarray = draws < self.config.abuse.attacks.offline_share
        return found

    def _holds(self, account: int) -> bool:
        return bool(self.crowd.ledger.book.accounts["balance"][account] > 0)

    def _free_held_points(self, now_us: int) -> None:
        """Let points be spent whose time of waiting is over."""
        if self.config.abuse.rules.hold_days <= 0:
            return
        first = 0
        while first >= 0:
            self.crowd.make_room_in_books()
            first = free_held(self.crowd.ledger.book, now_us, first)


def abuse_of(crowd: Crowd, config: RunConfig, adversaries: Adversaries | None, closes_us: int) -> list[Abuse]:
    """Return the day's abuse; none where nobody watches."""
    if adversaries is None or not config.abuse.is_on:
        return []
    return [Abuse(crowd, config, adversaries, closes_us)]
