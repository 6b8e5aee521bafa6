"""Merchants' books: what each has sold and paid since it last looked, what it believes the alliance does to its sales, and what that is worth."""

from __future__ import annotations

import numpy as np

from sim.alliance import DAYS_PER_MONTH, NO_RETURN, Offer, Stage, offer
from sim.config import RunConfig
from sim.plan_arrays import CompiledPlan

FEN_PER_YUAN = 100
TRADE_LEAST = 3  # merchants on each side from which a trade is compared by itself
BASKET_SPREAD = 4.0  # 1 + squared variation of what customers pay, whose tail is heavy: the noise of a sum of sales

BOOK = np.dtype(
    [
        ("margin", "f8"),  # what it keeps of a sale
        ("belief", "f8"),  # ln(sales when in / sales when out), as it believes
        ("precision", "f8"),  # 1 / variance that it ascribes to this
        ("base_fen", "f8"),  # sales a day in the first period, before anybody could have decided
        ("base_customers", "i8"),
        ("was_in", "i1"),  # 1 when it was in then
        ("days", "i8"),  # simulated days since it last looked
        ("days_in", "i8"),  # of them, with the alliance
        ("customers", "i8"), ("sales_fen", "i8"), ("received_fen", "i8"), ("fees_fen", "i8"), ("redeemed_fen", "i8"),
        ("usual_fen", "f8"),  # sales a day of the last period
        ("fee_share", "f8"),  # of its sales, for points, in the last period
        ("short_share", "f8"),  # of its sales, what it was paid less for points than they were worth
        ("taken_share", "f8"),  # its share of the points taken / its share of the points issued, 0 while unknown
        ("losses", "i8"),  # reviews in a row with a loss
        ("shares", "i1"),  # 1 when it brings its own list
        ("is_barred", "i1"),  # 1 when it has left for good
        ("brought", "i8"),  # members from its list
        ("attempts", "i8"),  # times it has decided to join
        ("left_days", "f8"),  # of the stage that it is in
        ("since", "f8"),  # day on which it began to queue for a till
    ]
)  # fmt: skip
SUMMED = ("customers", "sales_fen", "received_fen", "fees_fen", "redeemed_fen")


class Accounts:
    """The books of all merchants, side by side; nobody reads another's, but for the letter.

    The operator's letter tells everybody, by trade where there are enough of each: how the sales of those who have joined, left or done
    neither have moved since the first period; how much of their sales members pay for points; who is in. It is right on average and noisy,
    and who joined when is not by chance: better merchants may join first.
    """

    def __init__(self, config: RunConfig, compiled: CompiledPlan, books: np.ndarray, today: np.ndarray) -> None:
        self.rules, self.books, self.today = config.alliance, books, today
        self.margin_mean = config.management.margin_share
        self.trade = compiled.arrays.unit_category
        self.near = nearest(compiled, self.rules.neighbours)
        self.fees_yesterday_fen = np.zeros(books.size, np.int64)
        till, barriers, subsidy = self.rules.till, self.rules.barriers, self.rules.subsidy
        teams = {"make": (barriers.teams, 0.0), "buy": (barriers.bought_teams, barriers.bought_yuan)}
        self.teams, more_yuan = teams[barriers.talent]
        price_yuan = till.integration_yuan + more_yuan
        self.till_fen, self.day_fen = round(FEN_PER_YUAN * price_yuan), round(FEN_PER_YUAN * till.month_yuan / DAYS_PER_MONTH)
        self._subsidy, self._helped_days = subsidy, subsidy.months * DAYS_PER_MONTH if subsidy.months > 0 else np.inf
        self.day = 0.0

    def take(self, statements: np.ndarray) -> None:
        """Put a day's statements into the books."""
        books = self.books
        for name in SUMMED:
            books[name] += statements[name]
        books["days"] += 1
        books["days_in"] += self.today["stage"] == Stage.IN
        self.fees_yesterday_fen[:] = statements["fees_fen"]

    def close_period(self) -> bool:
        """Close the books of a period; return whether there is an earlier one to compare it with."""
        books = self.books
        days = np.maximum(books["days"], 1)
        books["usual_fen"] = books["sales_fen"] / days
        sold = np.maximum(books["sales_fen"], 1)
        in_share = np.maximum(books["days_in"] / days, 1e-9)
        books["fee_share"] = books["fees_fen"] / sold / in_share
        books["short_share"] = np.maximum(books["sales_fen"] - books["received_fen"], 0) / sold / in_share
        self._compare_points()
        is_first = not books["base_customers"].any()
        if is_first:
            books["base_fen"], books["base_customers"] = books["usual_fen"] * 1.0, books["customers"]
        else:
            self._read_letter()
        for name in (*SUMMED, "days", "days_in"):
            books[name] = 0
        return not is_first

    def _compare_points(self) -> None:
        """Work out each merchant's share of the points taken over its share of those issued."""
        books = self.books
        fees, redeemed = float(books["fees_fen"].sum()), float(books["redeemed_fen"].sum())
        books["taken_share"] = 0.0
        if fees > 0 and redeemed > 0:
            paying = books["fees_fen"] > 0
            shares = books["redeemed_fen"] / redeemed / np.maximum(books["fees_fen"] / fees, 1e-12)
            books["taken_share"][paying] = np.maximum(shares[paying], 1e-6)

    def _read_letter(self) -> None:
        """Let everybody learn from who has joined or left, and from what that did to them: before and after, against who did neither."""
        books = self.books
        is_known = (books["base_customers"] > 0) & (books["customers"] > 0)
        moved = np.zeros(books.size)
        moved[is_known] = np.log(books["usual_fen"][is_known] / books["base_fen"][is_known])
        noise = BASKET_SPREAD * (1 / np.maximum(books["base_customers"], 1) + 1 / np.maximum(books["customers"], 1))
        was_in = books["was_in"] == 1
        all_in, none_in = books["days_in"] == books["days"], books["days_in"] == 0
        books["precision"] *= np.exp(-1 / self.rules.memory_reviews)
        for sign, switched, stayed in (
            (1.0, is_known & ~was_in & all_in, is_known & ~was_in & none_in),
            (-1.0, is_known & was_in & none_in, is_known & was_in & all_in),
        ):
            for trade in range(-1, int(self.trade.max()) + 1):
                self._learn_from(sign, moved, noise, switched, stayed, trade)

    def _learn_from(
        self, sign: float, moved: np.ndarray, noise: np.ndarray, switched: np.ndarray, stayed: np.ndarray, trade: int
    ) -> None:
        """Let a trade that is told by itself, or all others (-1), learn from the difference between two groups."""
        told = [each for each in range(int(self.trade.max()) + 1) if self._is_told(each, switched, stayed)]
        if trade >= 0 and trade not in told:
            return
        readers = ~np.isin(self.trade, told) if trade < 0 else self.trade == trade
        mine, theirs = (switched, stayed) if trade < 0 else (switched & readers, stayed & readers)
        if not mine.any() or not theirs.any():
            return
        found = sign * (moved[mine].mean() - moved[theirs].mean())
        variance = noise[mine].sum() / mine.sum() ** 2 + noise[theirs].sum() / theirs.sum() ** 2
        weight = 1.0 / variance
        books = self.books
        books["belief"][readers] += weight * (found - books["belief"][readers]) / (books["precision"][readers] + weight)
        books["precision"][readers] += weight

    def _is_told(self, trade: int, switched: np.ndarray, stayed: np.ndarray) -> bool:
        here = self.trade == trade
        return bool((switched & here).sum() >= TRADE_LEAST and (stayed & here).sum() >= TRADE_LEAST)

    def offers(self) -> Offer:
        """Return what being in is worth a day to each merchant, as it reckons."""
        books, is_in = self.books, self.today["stage"] == Stage.IN
        payers = is_in & (books["fee_share"] > 0)
        guessed = self.rules.expected_fee_share
        told = float(books["fee_share"][payers].mean()) if payers.any() else guessed
        short = float(books["short_share"][payers].mean()) if payers.any() else 0.0
        fees = np.where(payers, books["fee_share"], told) * (1.0 - self.fee_share) + np.where(
            payers, books["short_share"], short
        )
        running_fen = np.full(books.size, self.day_fen * (1.0 - self.month_share))
        return offer(books["usual_fen"], books["belief"], is_in, books["margin"], fees, running_fen)

    def note_returns(self, found: Offer) -> None:
        """Write down the return of those who are in: (gain - cost) / cost, the till they have paid for left out."""
        is_in = (self.today["stage"] == Stage.IN) & (found.cost > 0)
        returns = np.clip((found.gain - found.cost) / np.maximum(found.cost, 1e-9), -1e6, 1e6)
        self.today["return_permille"] = np.where(is_in, np.rint(1000 * returns), NO_RETURN).astype(np.int64)

    @property
    def _is_helped(self) -> bool:
        return self.day < self._helped_days

    @property
    def till_share(self) -> float:
        """What the operator pays of a till, today."""
        return self._subsidy.till_share * self._is_helped

    @property
    def month_share(self) -> float:
        """And of what it costs from then on."""
        return self._subsidy.month_share * self._is_helped

    @property
    def partner_share(self) -> float:
        """What a partner does."""
        return self._subsidy.partner_share * self._is_helped

    @property
    def fee_share(self) -> float:
        """What the operator gives back of the fees for points."""
        return self._subsidy.fee_share * self._is_helped

    @property
    def entry_fen(self) -> float:
        """What a till costs a merchant itself."""
        return self.till_fen * (1.0 - self.till_share - self.partner_share)

    def neighbours_in(self, unit: int) -> float:
        """Return the share of the tenants nearby that show the sign."""
        near = self.near[unit]
        near = near[near >= 0]
        return float((self.today["stage"][near] == Stage.IN).mean()) if near.size else 0.0


def nearest(compiled: CompiledPlan, count: int) -> np.ndarray:
    """Return the nearest tenants of each on its own level (units x count), -1 where there are fewer."""
    plan = compiled.arrays
    units = plan.unit_level.size
    found = np.full((units, max(count, 1)), -1, np.int64)
    for unit in range(units if count else 0):
        others = np.flatnonzero((plan.unit_level == plan.unit_level[unit]) & (np.arange(units) != unit))
        apart_m = np.hypot(plan.unit_x_m[others] - plan.unit_x_m[unit], plan.unit_y_m[others] - plan.unit_y_m[unit])
        near = others[np.argsort(apart_m, kind="stable")[:count]]
        found[unit, : near.size] = near
    return found
