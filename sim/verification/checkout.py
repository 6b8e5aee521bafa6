"""Paying against the timed payments it is set by: mean and spread by method, the dependence of cash on the amount, fees and prices."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.crowd import state
from sim.crowd.checkout.build import describe_checkout, methods_of
from sim.crowd.checkout.methods import fee_fen, pay_s, price_cut_fen
from sim.crowd.errand import ERRAND
from sim.crowd.state import Mall, Stream, records
from sim.kernel import entry, referred
from sim.random_streams import stream_key
from sim.verification.parameters import SEED, Parameter, number, whole
from sim.verification.records import Record, equal, estimated
from sim.visitors import PayMethod

MEANING = "time to pay by method and amount, fees and price cuts to the fen"
PARAMETERS: dict[str, Parameter] = {
    "method": Parameter("cash", "way to pay", choices=tuple(method.name.lower() for method in PayMethod)),
    "food_retail": Parameter(False, "whether it is in food retail", flag=True),
    "amount_eur": number(10.0, "amount to pay, at 7.8 yuan; matters for cash", 0.01, 100_000.0),
    "payments": whole(93_000, "payments that are timed", 3100, 10_000_000),
    "seed": SEED,
}
# the Bundesbank's table (more than 10,000 timed payments); QR from the article's four steps
TIMED_S = {
    "cash": (18.7, 18.1), "card": (25.7, 23.8), "contactless": (15.2, 13.2), "contactless_pin": (23.3, 18.2),
    "mobile": (14.0, 11.8), "qr": (15.0, 15.0),
}  # fmt: skip
CASH_SMALL_S, CASH_LARGE_S, SMALL_EUR, LARGE_EUR = 15.2, 32.9, 10.0, 100.0
CV = 0.5
STANDARD: tuple[dict[str, Any], ...] = (
    {"method": "cash", "amount_eur": 5.0},
    {"method": "cash", "amount_eur": 150.0},
    *({"method": name} for name in TIMED_S if name != "cash"),
    *({"method": name, "food_retail": True} for name in TIMED_S if name not in ("cash", "qr")),
)
FEN_PER_EUR = 780.0
BATCHES = 31


def run(values: dict[str, Any]) -> list[Record]:
    """Return mean and coefficient of variation of the time to pay."""
    method, is_food = PayMethod[values["method"].upper()], values["food_retail"]
    config = RunConfig()
    params = records(1, state.PARAMS)
    describe_checkout(params[0], config)
    shoppers, errands = records(1, state.SHOPPER), records(1, ERRAND)
    shoppers[0].amount_fen, errands[0].paying_by = round(FEN_PER_EUR * values["amount_eur"]), method
    mall = state.example_mall()._replace(
        shoppers=shoppers, errands=errands, params=params, methods=methods_of(config),
        keys=np.array([stream_key(values["seed"], purpose.name.lower()) for purpose in Stream], np.uint64),
    )  # fmt: skip
    times_s = np.zeros(values["payments"] // BATCHES * BATCHES)
    time_payments(mall, int(is_food), times_s)
    batches = times_s.reshape(BATCHES, -1)
    amount = f" of EUR {values['amount_eur']:g}" if method == PayMethod.CASH else ""
    name = f"{values['method']}{amount}, {'food retail' if is_food else 'other retail'}"
    return [
        estimated(f"time to pay: {name}", "s", reference_s(values), batches.mean(axis=1), quantity="pay_s_mean"),
        estimated(f"its sd / mean: {name}", "ratio", CV, batches.std(axis=1, ddof=1) / batches.mean(axis=1), quantity="pay_cv"),
    ]


def reference_s(values: dict[str, Any]) -> float:
    """Return the timed mean; of cash, between two amounts, linear in the amount's logarithm."""
    other_s, food_s = TIMED_S[values["method"]]
    mean_s = food_s if values["food_retail"] else other_s
    if values["method"] != "cash":
        return mean_s
    share = np.clip(np.log(values["amount_eur"] / SMALL_EUR) / np.log(LARGE_EUR / SMALL_EUR), 0.0, 1.0)
    return float(mean_s / other_s * (CASH_SMALL_S + (CASH_LARGE_S - CASH_SMALL_S) * share))


@entry
def time_payments(mall: Mall, is_food_retail: int, times_s: np.ndarray) -> None:
    """Let one customer after the other pay."""
    mall = referred(mall)
    for index in range(times_s.size):
        mall.shoppers[0].number = index
        times_s[index] = pay_s(mall, 0, is_food_retail, 0)


def run_money() -> list[Record]:
    """Return how often a fee or a price differs by a fen from exact decimal arithmetic; never is the reference."""
    amounts = [*range(1, 3000), 10**6 - 1, 10**9 + 7]
    wrong = 0
    for ppm in (0, 3800, 6000, 10_000):
        for amount in amounts:
            exact = (Decimal(amount) * ppm / 10**6).quantize(Decimal(1), ROUND_HALF_UP)
            wrong += int(exact) != fee_fen(amount, ppm)
    dearer = sum(
        not 1 <= amount - price_cut_fen(amount, ppm) <= amount for ppm in (0, 100_000, 200_000, 999_999) for amount in amounts
    )
    return [
        equal("fees that are not exact to the fen", "payments", 0, wrong),
        equal("prices by phone above the list price, or below a fen", "payments", 0, dearer),
    ]
