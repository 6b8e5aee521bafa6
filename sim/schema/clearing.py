"""The typed schema of clearing between participants: when and how obligations are settled, what fails, and what the operator holds."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from sim.errors import Problem
from sim.known import known
from sim.units import minutes_from_hours

MODES = ("realtime", "bilateral", "multilateral")
_JUDGED = "engineering judgement"


@dataclass
class LatePayersConfig:
    """Merchants that do not pay at the end of a cycle."""

    share: float = known(
        0.0, "share of the merchants that would pay late in a cycle, drawn anew in each", 0, 1, source=_JUDGED, confidence="L"
    )
    cycles: int = known(2, "cycles by which they pay late", 1, 100, source=_JUDGED, confidence="L")
    interest_per_year: float = known(
        0.18, "interest on what is late", 0, 1, source="0.05 % a day, usual in Chinese contracts", confidence="M"
    )
    grace_cycles: int = known(
        1,
        "cycles late after which a merchant's points are suspended until it has paid",
        0,
        100,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class DefaultsConfig:
    """Merchants that never pay what they owe at the end of a cycle, and who bears it."""

    unit: str = known("", "unit whose tenant defaults; empty: none is named")
    on_day: int = known(1, "day of the run at whose first cycle end, or the first one after it, that tenant defaults", 1, 3660)
    share: float = known(
        0.0,
        "share of the merchants that default at the end of a cycle, drawn anew in each",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    recovery_share: float = known(
        0.4, "part of what it owes that is recovered of it", 0, 1, source="the 40 % that credit models assume", confidence="M"
    )
    guarantee_yuan: float = known(
        0.0, "what the operator puts in before creditors lose anything, each cycle", 0, 1e9, source=_JUDGED, confidence="L"
    )


@dataclass
class GatewayConfig:
    """The line between the tills and the ledger: how late it answers, when it is down, and what tills do then."""

    latency_s_median: float = known(
        0.35,
        "time of an authorisation, log-normal; a bill is printed meanwhile, so that lines do not feel it",
        0.001,
        600,
        source=_JUDGED,
        confidence="L",
    )
    latency_s_p95: float = known(1.2, "95th percentile of it", 0.001, 3600, source=_JUDGED, confidence="L")
    timeout_s: float = known(
        10.0, "a till that has waited so long asks once more, then takes no points", 0.1, 3600, source=_JUDGED, confidence="L"
    )
    has_ids: bool = known(
        True, "whether a request that is sent again is known for the same one; if not, points are taken twice"
    )
    outages_per_day: float = known(0.0, "outages of the whole line on a day, at random", 0, 100, source=_JUDGED, confidence="L")
    outage_min_mean: float = known(20.0, "their mean length, exponential", 0.1, 1440, source=_JUDGED, confidence="L")
    down_at: str = known("", "units that a scheduled outage hits, with commas between them; empty: all")
    down_from: str = known("", "when a scheduled outage begins, every day; empty: none")
    down_min: float = known(60.0, "how long it lasts", 0.1, 1440)
    when_down: str = known(
        "refuse",
        "refuse: no points are taken; pending: stood in for, and settled when the line is back",
        choices=("refuse", "pending"),
    )
    floor_limit_yuan: float = known(
        50.0, "most that is stood in for on a receipt; beyond it points are refused", 0, 1e6, source=_JUDGED, confidence="L"
    )
    checks_balance: bool = known(
        True, "whether whoever stands in keeps count of balances; if not, a till believes what it is told"
    )
    overclaim_share: float = known(
        0.02,
        "share of members who then claim points that they do not have",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    pending_h: float = known(
        6.0,
        "how long what is stood in for may wait; later it is void, and the merchant's loss",
        0.01,
        720,
        source=_JUDGED,
        confidence="L",
    )


@dataclass
class PanicConfig:
    """A run on points: who has lost trust burns early."""

    news_on: str = known("", "date of bad news, from the mall's opening; empty: none")
    news_per_h: float = known(
        0.05, "share of those who trust still that bad news reaches in an hour", 0, 10, source=_JUDGED, confidence="L"
    )
    contagion_per_h: float = known(
        0.4,
        "how many of those who trust one who does not convinces in an hour, where nobody else does",
        0,
        10,
        source=_JUDGED,
        confidence="L",
    )
    refused_weight: float = known(
        0.002, "share of those who trust that a refusal seen at a till unsettles", 0, 1, source=_JUDGED, confidence="L"
    )
    calm_per_h: float = known(
        0.02, "share of those without trust who find it again in an hour", 0, 10, source=_JUDGED, confidence="L"
    )
    coverage_share: float = known(
        0.0,
        "part of the outstanding points in cash below which it is bad news by itself; 0: never",
        0,
        1,
        source=_JUDGED,
        confidence="L",
    )
    pressure_max: float = known(6.0, "factor on the wish to burn when nobody trusts", 1, 1000, source=_JUDGED, confidence="L")


@dataclass
class LiquidityConfig:
    """What the operator holds against outstanding points, and what it does when that runs out."""

    is_limited: bool = known(False, "whether the treasury pays from what it has; if not, the operator stands behind it")
    reserve_share: float = known(
        1.0, "part of the points outstanding before the run for which it holds money", 0, 2, source=_JUDGED, confidence="L"
    )
    invested_share: float = known(0.5, "part of that which is invested", 0, 1, source=_JUDGED, confidence="L")
    haircut_share: float = known(
        0.05, "what is lost of investments that are sold in haste", 0, 1, source=_JUDGED, confidence="L"
    )
    sells_per_h: float = known(
        0.2, "part of the investments that can be sold in an hour", 0, 100, source=_JUDGED, confidence="L"
    )
    sells_below_share: float = known(
        0.2, "coverage of outstanding points by cash below which they are sold", 0, 2, source=_JUDGED, confidence="L"
    )
    suspends_below_share: float = known(
        0.0,
        "coverage by cash below which redemption is suspended until it is above again; 0: never",
        0,
        2,
        source=_JUDGED,
        confidence="L",
    )
    ration_below_share: float = known(
        0.0, "coverage by cash below which points are rationed; 0: never", 0, 2, source=_JUDGED, confidence="L"
    )
    ration_share: float = known(
        0.3, "most of a price that points pay while they are rationed", 0, 1, source=_JUDGED, confidence="L"
    )
    panic: PanicConfig = field(default_factory=PanicConfig)


@dataclass
class ClearingConfig:
    """Clearing between participants: when and how obligations are settled, what fails, and what the operator holds."""

    mode: str = known(
        "realtime",
        "realtime: every obligation is paid as it arises; else netted at the end of a cycle, between pairs or among all",
        choices=MODES,
        source="real-time clearing (article S2)",
        tag="V",
        confidence="H",
    )
    cycle_h: float = known(
        24.0, "length of a cycle", 0.25, 2400, source="T+1 and weekly are usual (American Banker 2026)", tag="V"
    )
    cut_off: str = known("23:30", "when a cycle ends; later obligations are the next one's")
    debit_cap_yuan: float = known(
        0.0,
        "most that a merchant may owe on balance, beside its prefund: then it gives no points; 0: no cap",
        0,
        1e9,
        source=_JUDGED,
        confidence="L",
    )
    is_prefunded: bool = known(False, "whether merchants pay in ahead what they are going to owe")
    prefund_days: float = known(
        30.0, "days of obligations that they pay in", 0, 366, source="30 days of burn (American Banker 2026)", tag="V"
    )
    prefund_first_yuan: float = known(
        20.0, "a merchant's obligations of a day as long as none are known", 0, 1e6, source=_JUDGED, confidence="L"
    )
    late: LatePayersConfig = field(default_factory=LatePayersConfig)
    defaults: DefaultsConfig = field(default_factory=DefaultsConfig)
    gateway: GatewayConfig = field(default_factory=GatewayConfig)
    liquidity: LiquidityConfig = field(default_factory=LiquidityConfig)


def problems(clearing: ClearingConfig) -> Iterator[Problem]:
    """Yield what cannot be, or cannot go together."""
    for key, text, is_needed in (
        ("cut_off", clearing.cut_off, True),
        ("gateway.down_from", clearing.gateway.down_from, False),
    ):
        if text == "" and not is_needed:
            continue
        try:
            minutes_from_hours(text)
        except ValueError as reason:
            rule = f"a time of day is wanted: {reason}"
            yield Problem(f"clearing.{key}", repr(text), rule, 'write it as "23:30"')
    gateway, news_on = clearing.gateway, clearing.liquidity.panic.news_on
    if _is_number(gateway.latency_s_median, gateway.latency_s_p95) and gateway.latency_s_median > gateway.latency_s_p95:
        rule = f"must be at most latency_s_p95 ({gateway.latency_s_p95:g})"
        yield Problem("clearing.gateway.latency_s_median", f"{gateway.latency_s_median:g}", rule, "choose another time")
    if news_on:
        try:
            datetime.date.fromisoformat(str(news_on))
        except ValueError as reason:
            rule = f"must be a day of the calendar, or empty: {reason}"
            yield Problem("clearing.liquidity.panic.news_on", repr(news_on), rule, 'write it as "2026-11-23"')
    if clearing.mode == "realtime":
        for key, value in (("late.share", clearing.late.share), ("defaults.share", clearing.defaults.share)):
            if _is_number(value) and value > 0:
                rule = "nobody owes anything that it could fail to pay where everything is paid at once"
                yield Problem(f"clearing.{key}", f"{value:g}", rule, 'set clearing.mode to "multilateral" or "bilateral"')
        if clearing.is_prefunded:
            rule = "nothing is owed for which merchants could pay in ahead where everything is paid at once"
            yield Problem("clearing.is_prefunded", "true", rule, 'set clearing.mode to "multilateral" or "bilateral"')
        if clearing.defaults.unit:
            rule = "nobody owes anything that it could fail to pay where everything is paid at once"
            yield Problem(
                "clearing.defaults.unit", clearing.defaults.unit, rule, 'set clearing.mode to "multilateral" or "bilateral"'
            )


def _is_number(*values: Any) -> bool:
    return all(isinstance(value, int | float) and not isinstance(value, bool) for value in values)
