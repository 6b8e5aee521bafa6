"""IFRS 15 for points: a sale's price is shared between goods and points, and earned as points are spent; whole units, rounding said."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction


class Rounding(Enum):
    """How an exact amount becomes a whole number of units."""

    HALF_UP = "half_up"
    HALF_EVEN = "half_even"
    DOWN = "down"


def whole(amount: Fraction, rounding: Rounding = Rounding.HALF_UP) -> int:
    """Return an amount that is not negative in whole units."""
    floor, rest = amount.numerator // amount.denominator, amount - amount.numerator // amount.denominator
    if rounding is Rounding.DOWN or rest < Fraction(1, 2):
        return floor
    if rest > Fraction(1, 2) or rounding is Rounding.HALF_UP:
        return floor + 1
    return floor + floor % 2


@dataclass(frozen=True)
class Policy:
    """How an entity rounds: amounts to whole units, and the ratio by which it allocates, where it rounds that at all, to digits."""

    rounding: Rounding = Rounding.HALF_UP
    ratio_digits: int | None = None  # None: the exact ratio; 2: whole per cent, as in KPMG's handbook


def allocated(price: int, goods_value: int, points_value: Fraction | int, policy: Policy = Policy()) -> tuple[int, int]:
    """Return what of a price is for the goods and what for the points, by relative stand-alone selling price; they add up to it.

    The stand-alone price of points is what they buy, times how many of them will be spent (IFRS 15.B42).
    """
    total = Fraction(points_value) + goods_value
    if total == 0:
        return price, 0
    for_goods = whole(price * _rounded_ratio(Fraction(goods_value) / total, policy), policy.rounding)
    return for_goods, price - for_goods


def _rounded_ratio(ratio: Fraction, policy: Policy) -> Fraction:
    if policy.ratio_digits is None:
        return ratio
    scale = 10**policy.ratio_digits
    return Fraction(whole(ratio * scale, policy.rounding), scale)


@dataclass
class Deferral:
    """Deferred revenue of a cohort of points, earned in proportion to how many of those expected to be spent have been.

    What is earned in all is always told from the newest estimate; the difference is caught up at once and nothing is restated. An
    estimate below what has been spent counts as that: the rest is never spent. Close-out earns what is left.
    """

    deferred: int  # of the price, for the points
    expected: Fraction | int  # points that will be spent, as estimated now
    policy: Policy = Policy()
    spent: Fraction | int = 0
    earned: int = 0

    def spend(self, points: Fraction | int, expected: Fraction | int | None = None) -> int:
        """Points have been spent, and `expected` is the new estimate of all that ever will be; return the revenue of the period.

        It is negative where an estimate that rises takes back more than the period has earned.
        """
        self.spent += points
        if expected is not None:
            self.expected = expected
        due = whole(self.deferred * self.progress, self.policy.rounding)
        revenue, self.earned = due - self.earned, due
        return revenue

    def close(self) -> int:
        """The points that are left have expired or their programme is closed; return the revenue of that."""
        self.expected = self.spent
        revenue, self.earned = self.deferred - self.earned, self.deferred
        return revenue

    @property
    def progress(self) -> Fraction:
        """Share of the points expected to be spent that has been."""
        expected = max(Fraction(self.expected), Fraction(self.spent))
        return Fraction(self.spent) / expected if expected > 0 else Fraction(0)

    @property
    def liability(self) -> int:
        """What has not been earned yet."""
        return self.deferred - self.earned
