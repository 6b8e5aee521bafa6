"""IFRS 15 for points against its own illustrative example, a handbook's variant, and amounts that must add up."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from sim.ledger.finance import Deferral, Policy, Rounding, allocated
from sim.verification.parameters import Parameter, number, numbers, whole
from sim.verification.records import Record, equal, near

MEANING = "a programme of points under IFRS 15: allocation, revenue as points are spent, estimates that change"
PARAMETERS: dict[str, Parameter] = {
    "price": whole(100_000, "price of the goods sold, which is their stand-alone price too", 0, 10**15),
    "points": whole(10_000, "points given, each worth one unit when spent", 0, 10**15),
    "spent_share": number(0.95, "share of them that is expected to be spent", 0, 1),
    "spent": numbers((4500.0, 8500.0, 9700.0), "points spent so far at the end of each period", 0, 10**15),
    "expected": numbers((9500.0, 9700.0, 9700.0), "points expected to be spent in all, as estimated then", 0, 10**15),
    "ratio_digits": whole(
        None, "digits to which the ratio of allocation is rounded, exact where none", 0, 12, may_be_null=True
    ),
}
STANDARD: tuple[dict[str, Any], ...] = (
    {},
    {"ratio_digits": 2, "spent_share": 0.97, "expected": [9700, 9900, 9900]},
    {"price": 29_500, "points": 200, "spent_share": 0.8, "spent": [0, 40, 200], "expected": [160, 160, 200]},
    {"price": 999, "points": 7, "spent_share": 1.0, "spent": [1, 2, 3, 4, 5, 6, 7], "expected": [7, 7, 7, 7, 7, 7, 7]},
)


def run(values: dict[str, Any]) -> list[Record]:
    """Return the allocation and every period's revenue against exact fractions, and what must add up."""
    policy = Policy(Rounding.HALF_UP, values["ratio_digits"])
    price, points = values["price"], values["points"]
    value = points * Fraction(str(values["spent_share"]))
    goods, deferred = allocated(price, price, value, policy)
    cohort = Deferral(deferred, value, policy)
    revenues = []
    found = [equal("what the price is for adds up to it", "units", price, goods + deferred)]
    if policy.ratio_digits is None:
        exact = float(price * value / (price + value)) if price + value else 0.0
        found.append(near("price of the points, against the exact ratio", "units", exact, deferred, 0.5))
    before = Fraction(0)
    for spent, expected in zip(values["spent"], values["expected"], strict=False):
        revenues.append(cohort.spend(Fraction(spent) - before, Fraction(expected)))
        before = Fraction(spent)
        share = spent / max(spent, expected) if spent else 0.0
        found.append(near(f"earned when {spent:g} are spent", "units", deferred * share, cohort.earned, 0.5))
    revenues.append(cohort.close())
    found.append(equal("all revenue, close-out included, is what was deferred", "units", deferred, sum(revenues)))
    found.append(equal("nothing is owed after close-out", "units", 0, cohort.liability))
    return found


def run_examples() -> list[Record]:
    """Return the published numbers: IFRS 15 Example 52 (IE267-IE270), and the variant of KPMG's handbook with ratios in whole per cent."""
    goods, points = allocated(100_000, 100_000, 9_500)
    cohort = Deferral(points, 9_500)
    found = [
        equal("Example 52: allocated to the product", "units", 91_324, goods),
        equal("Example 52: allocated to the points", "units", 8_676, points),
        equal("Example 52: year 1, 4,500 of 9,500", "units", 4_110, cohort.spend(4_500)),
        equal("Example 52: contract liability after year 1", "units", 4_566, cohort.liability),
        equal("Example 52: year 2, 8,500 of now 9,700", "units", 3_493, cohort.spend(4_000, 9_700)),
        equal("Example 52: contract liability after year 2", "units", 1_073, cohort.liability),
        equal("Example 52: year 3, all 9,700", "units", 1_073, cohort.spend(1_200)),
        equal("Example 52: nothing left after year 3", "units", 0, cohort.liability),
    ]
    rounded, exact = Policy(ratio_digits=2), Policy()
    goods, points = allocated(100_000, 100_000, 9_700, rounded)
    found += [
        equal("handbook, whole per cent: the product", "units", 91_000, goods),
        equal("handbook, whole per cent: the points", "units", 9_000, points),
    ]
    for expected, year_3 in ((9_900, 3_552), (9_200, 4_140)):
        cohort = Deferral(points, 9_700, rounded)
        found.append(equal("handbook, whole per cent: year 2, 4,500 of 9,700", "units", 4_175, cohort.spend(4_500)))
        name = f"handbook, whole per cent: year 3, 8,500 of now {expected:,}"
        found.append(equal(name, "units", year_3, cohort.spend(4_000, expected)))
        earned = f"handbook, {expected:,}: earned in both years, the first not restated"
        found.append(equal(earned, "units", 4_175 + year_3, cohort.earned))
    cents, cents_points = allocated(10_000_000, 10_000_000, 970_000, exact)
    found += [
        near("handbook, exact ratio: the product", "units", 91_157.70, cents / 100, 0.005),
        near("handbook, exact ratio: the points", "units", 8_842.30, cents_points / 100, 0.005),
    ]
    return found
