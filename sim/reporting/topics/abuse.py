"""What a run says of abuse: what each attack got, which rule stopped how much of it, and what rules cost honest members."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.points.watching import Attack, Rule
from sim.events import EventKind
from sim.operations.abuse import COLUMNS, GOT_FEN, HONEST, TRIED, abuse_names
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_values
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

FEN = 100
_OFF = "nobody watches the programme (abuse.is_on)"
_TOTALS = (
    Kpi("abuse_cost_fen", "fen", "lower", "points", "What abuse got", "What false accounts, refund farmers, double spenders, people who refer themselves and merchants who ring up false sales got out of the programme, points at their worth as cash.", null_where=_OFF),
    Kpi("abuse_stopped_fen", "fen", "higher", "points", "What rules stopped", "What rules against abuse kept from them, points at their worth as cash.", null_where=_OFF),
    Kpi("abuse_rules_cost_fen", "fen", "lower", "points", "What rules cost the honest", "Points that rules against abuse kept from honest members, at their worth as cash; what is only held back for some days is left out.", null_where=_OFF),
)  # fmt: skip
_SAID = {
    Attack.FAKE_ACCOUNTS: "False accounts",
    Attack.REFUND_FARMING: "Refund farming",
    Attack.DOUBLE_SPENDING: "Double spending",
    Attack.SELF_REFERRAL: "Referring oneself",
    Attack.COLLUSION: "False sales",
}
_RULE_SAID = {
    Rule.CLAW_BACK: "taking points back with a refund",
    Rule.POINTS_AS_POINTS: "no money for points",
    Rule.ONLINE_ONLY: "no points at a till without the ledger",
    Rule.ONE_PER_PHONE: "one account per phone",
    Rule.HOLD: "holding points back",
    Rule.RECEIPTS: "a limit of receipts a day",
    Rule.IN_A_ROW: "a limit of receipts at one merchant",
}


def _key(rule: Rule) -> str:
    """Return a rule's part of its indicator's name; what has _per_ in it would be taken for a rate."""
    return rule.name.lower().replace("_per_", "_a_")


_KPIS = (
    *_TOTALS,
    *(
        Kpi(f"abuse_{attack.name.lower()}_fen", "fen", "lower", "points", f"{said}: got", f"{said}: what they got, points at their worth as cash.", null_where=_OFF)
        for attack, said in _SAID.items()
    ),
    *(
        Kpi(f"abuse_{_key(rule)}_stopped_fen", "fen", "higher", "points", f"Stopped: {said}", f"What the rule of {said} kept from those who abuse the programme, points at their worth as cash.", null_where=_OFF)
        for rule, said in _RULE_SAID.items()
    ),
)  # fmt: skip


class Sums:
    """Takes batches of events."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.counted = np.zeros(len(abuse_names()), np.int64)

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        at = of_kind[EventKind.ABUSE_COUNTED]
        add_values(self.counted, rows.place[at], rows.value[at])

    @property
    def by_attack(self) -> np.ndarray:
        """What is counted of each attack (Attack, columns)."""
        return self.counted[:HONEST].reshape(len(Attack), COLUMNS)

    @property
    def honest(self) -> np.ndarray:
        """How often and how many fen each rule cost somebody honest (Rule, 2)."""
        return self.counted[HONEST:].reshape(len(Rule), 2)


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    if not books.config.abuse.is_on:
        return {kpi.name: None for kpi in _KPIS}
    lasting = [rule for rule in Rule if rule != Rule.HOLD]
    return {
        "abuse_cost_fen": int(sums.by_attack[:, GOT_FEN].sum()),
        "abuse_stopped_fen": int(sums.by_attack[:, GOT_FEN + 1 :].sum()),
        "abuse_rules_cost_fen": int(sums.honest[lasting, 1].sum()),
        **{f"abuse_{attack.name.lower()}_fen": int(sums.by_attack[attack, GOT_FEN]) for attack in _SAID},
        **{f"abuse_{_key(rule)}_stopped_fen": int(sums.by_attack[:, GOT_FEN + 1 + rule].sum()) for rule in Rule},
    }


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return the table of attacks and that of rules; {} where nothing was counted."""
    if not sums.counted.any():
        return {}
    return {
        "attacks": [
            {
                "name": _SAID[attack],
                "tried": int(sums.by_attack[attack, TRIED]),
                "got_fen": int(sums.by_attack[attack, GOT_FEN]),
                "stopped_fen": {
                    _RULE_SAID[rule]: int(sums.by_attack[attack, GOT_FEN + 1 + rule])
                    for rule in Rule
                    if sums.by_attack[attack, GOT_FEN + 1 + rule]
                },
            }
            for attack in _SAID
            if sums.by_attack[attack].any()
        ],
        "honest": [
            {"rule": _RULE_SAID[rule], "lasts": rule != Rule.HOLD, "times": int(times), "fen": int(fen)}
            for rule, (times, fen) in zip(Rule, sums.honest.tolist(), strict=True)
            if times
        ],
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    found = []
    for attack in curves["attacks"]:
        stopped = ", ".join(f"¥{fen / FEN:,.0f} by {rule}" for rule, fen in attack["stopped_fen"].items())
        rules = f"Rules stopped {stopped}." if stopped else "No rule stopped any of it."
        found.append(f"{attack['name']}: tried {attack['tried']:,} times, got ¥{attack['got_fen'] / FEN:,.0f}. {rules}")
    for honest in curves["honest"]:
        what = "cost honest members" if honest["lasts"] else "held back, of honest members,"
        found.append(
            f"The rule of {honest['rule']} {what} points worth ¥{honest['fen'] / FEN:,.0f}, {honest['times']:,} times."
        )
    if not curves["honest"]:
        found.append("No rule cost anybody honest anything.")
    return found


TOPIC = Topic("abuse", "Abuse of the programme", _KPIS, Sums, values, curves, words)
