"""What a run says of clearing: what merchants owed each other, what netting saved, who did not pay, what the line and the treasury refused."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.crowd.points.gateway_records import HINDRANCES, REFUSALS, Hindrance, Noted
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import BINS, bin_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value
from sim.units import US_PER_S

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

_NO_CYCLE = "no clearing cycle ended (clearing.mode)"
_NO_CYCLES = "obligations are paid as they arise (clearing.mode=realtime)"
_NO_TREASURY = "the operator stands behind the treasury (clearing.liquidity.is_limited=false)"
_NO_POINTS = "there is no programme of points (points.is_on=false)"
_KPIS = (
    Kpi("clearing_gross_fen", "fen", "neither", "points", "Owed in clearing", "Obligations between tenants, treasury and operator in the cycles that ended, what was late before included.", null_where=_NO_CYCLE),
    Kpi("clearing_bilateral_fen", "fen", "neither", "points", "Owed after netting in pairs", "Of it, what pairs owe once they have set off what they owe each other.", null_where=_NO_CYCLE),
    Kpi("clearing_multilateral_fen", "fen", "neither", "points", "Owed after netting among all", "Of it, the sum of net positions above 0.", null_where=_NO_CYCLE),
    Kpi("clearing_settled_fen", "fen", "neither", "points", "Settled in cash", "Cash that moved at the ends of cycles.", null_where=_NO_CYCLE),
    Kpi("clearing_saved_share", "share", "higher", "points", "Saved by netting", "1 - what had to be paid at the ends of cycles / what was owed, by the netting that the run uses.", null_where=_NO_CYCLE),
    Kpi("clearing_late_fen", "fen", "lower", "points", "Not paid in time", "What was not paid at the ends of cycles and is owed still, each cycle counted.", null_where=_NO_CYCLE),
    Kpi("clearing_lost_fen", "fen", "lower", "points", "Lost by defaults", "Claims written off because a merchant never pays, the operator's after its guarantee included.", null_where=_NO_CYCLE),
    Kpi("clearing_open_fen", "fen", "lower", "points", "Owed at the end", "Net positions above 0 that no cycle has settled yet.", null_where=_NO_CYCLES),
    Kpi("clearing_prefund_fen", "fen", "neither", "points", "Paid in ahead", "Money that merchants have paid in ahead, at the end.", null_where=_NO_CYCLES),
    Kpi("redemptions_refused", "count", "lower", "points", "Redemptions refused", "Receipts of which a member wanted to pay a part in points and could not: line down or silent, redemption suspended, treasury empty, more than is stood in for.", null_where=_NO_POINTS),
    Kpi("redemptions_refused_fen", "fen", "lower", "points", "Redemptions refused, in money", "What the points would have paid on them.", null_where=_NO_POINTS),
    Kpi("stood_in_fen", "fen", "neither", "points", "Stood in for", "Redemptions taken while the line was down.", null_where=_NO_POINTS),
    Kpi("points_line_loss_fen", "fen", "lower", "points", "Lost by the line", "Stood in for and void, claimed without being held, or taken twice from a member.", null_where=_NO_POINTS),
    Kpi("treasury_coverage_share", "share", "higher", "points", "Points covered by cash", "The treasury's cash / outstanding points at their face, at the last look of the day.", null_where=_NO_TREASURY),
    Kpi("treasury_haircut_fen", "fen", "lower", "points", "Lost by selling in haste", "What the treasury lost on investments that it sold to pay.", null_where=_NO_TREASURY),
    Kpi("distrust_share_max", "share", "lower", "points", "Trust lost", "Largest share of holders without trust in points.", null_where=_NO_TREASURY),
)  # fmt: skip
_LOSSES = (Hindrance.VOIDED, Hindrance.OVERCLAIMED, Hindrance.TAKEN_TWICE)
_CURVES = (Noted.CASH, Noted.INVESTED, Noted.OUTSTANDING, Noted.DISTRUST)
MILLIONTHS = 1_000_000


class Sums:
    """Takes batches of events in order of time; 8 bytes a redemption are kept for the percentile of its latency."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        self.noted, self.last = np.zeros(len(Noted), np.int64), np.zeros(len(Noted), np.int64)
        self.cycles = 0
        self.most_distrust = 0
        self.hindered = np.zeros((2, len(Hindrance)), np.int64)  # how often, and fen
        self.refused_fen = np.zeros(BINS, np.int64)
        self.taken_fen = np.zeros(BINS, np.int64)
        self.at_bin = np.full((len(_CURVES), BINS), -1, np.int64)
        self._latency_us: list[np.ndarray] = []

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        cleared = of_kind[EventKind.REDEMPTION_CLEARED]
        if cleared.size:
            self._latency_us.append(rows.value[cleared])
        burned = of_kind[EventKind.POINTS_BURNED]
        np.add.at(self.taken_fen, bin_of(rows.time_us[burned]), rows.value[burned])  # a centi-point's face is a fen
        hindered = of_kind[EventKind.POINTS_HINDERED]
        what, fen = rows.value[hindered] % HINDRANCES, rows.value[hindered] // HINDRANCES
        np.add.at(self.hindered, (0, what), 1)
        np.add.at(self.hindered, (1, what), fen)
        refused = np.isin(what, REFUSALS)
        np.add.at(self.refused_fen, bin_of(rows.time_us[hindered][refused]), fen[refused])
        noted = of_kind[EventKind.CLEARING_NOTED]
        what, number = rows.place[noted], rows.value[noted]
        np.add.at(self.noted, what, number)
        self.last[what] = number  # of several, the last one stays
        self.cycles += int(np.count_nonzero(what == Noted.GROSS))
        self.most_distrust = max(self.most_distrust, int(number[what == Noted.DISTRUST].max(initial=0)))
        for row, kind in enumerate(_CURVES):
            self.at_bin[row, bin_of(rows.time_us[noted][what == kind])] = number[what == kind]

    def latency_us(self, share: float) -> int | None:
        """Return the latency that a share of the redemptions does not exceed."""
        from sim.reporting.kpis import nearest_rank

        return nearest_rank(np.concatenate([np.zeros(0, np.int64), *self._latency_us]), share)


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    clearing = books.config.clearing
    found: dict[str, Value] = dict.fromkeys([*(kpi.name for kpi in _KPIS), "clearing_latency_s_p95", "clearing_imbalance_fen"])
    if not books.config.points.is_on:
        return found
    latency_us = sums.latency_us(0.95)
    found["clearing_latency_s_p95"] = None if latency_us is None else latency_us / US_PER_S
    found["clearing_imbalance_fen"] = int(sums.last[Noted.IMBALANCE])
    found["redemptions_refused"] = int(sums.hindered[0, list(REFUSALS)].sum())
    found["redemptions_refused_fen"] = int(sums.hindered[1, list(REFUSALS)].sum())
    found["stood_in_fen"] = int(sums.hindered[1, Hindrance.STOOD_IN])
    found["points_line_loss_fen"] = int(sums.hindered[1, list(_LOSSES)].sum())
    if clearing.mode != "realtime":
        found["clearing_open_fen"] = int(sums.last[Noted.OPEN])
        found["clearing_prefund_fen"] = int(sums.last[Noted.PREFUND])
    if sums.cycles:
        for name, what in (
            ("gross", Noted.GROSS), ("bilateral", Noted.BILATERAL), ("multilateral", Noted.MULTILATERAL),
            ("settled", Noted.SETTLED), ("late", Noted.LATE), ("lost", Noted.LOST),
        ):  # fmt: skip
            found[f"clearing_{name}_fen"] = int(sums.noted[what])
        due = int(sums.noted[Noted.BILATERAL if clearing.mode == "bilateral" else Noted.MULTILATERAL])
        found["clearing_saved_share"] = 1 - due / int(sums.noted[Noted.GROSS])
    if clearing.liquidity.is_limited:
        outstanding = int(sums.last[Noted.OUTSTANDING])
        found["treasury_coverage_share"] = int(sums.last[Noted.CASH]) / outstanding if outstanding > 0 else None
        found["treasury_haircut_fen"] = int(sums.noted[Noted.HAIRCUT])
        found["distrust_share_max"] = sums.most_distrust / MILLIONTHS
    return found


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need."""
    if not books.config.points.is_on or not (sums.cycles or sums.hindered.any() or sums.noted.any()):
        return {}
    found: dict[str, Any] = {
        "mode": books.config.clearing.mode,
        "cycles": sums.cycles,
        "guaranteed_fen": int(sums.noted[Noted.GUARANTEED]),
        "suspended": int(sums.last[Noted.SUSPENDED]),
        "hindered": {what.name.lower(): sums.hindered[:, what].tolist() for what in Hindrance if sums.hindered[0, what]},
        "refused_fen": sums.refused_fen,
        "taken_fen": sums.taken_fen,
    }
    if books.config.clearing.liquidity.is_limited:
        found["treasury"] = {kind.name.lower(): _carried_on(sums.at_bin[row]) for row, kind in enumerate(_CURVES)}
    return found


def _carried_on(values: np.ndarray) -> np.ndarray:
    """Return the last number known at the end of each bin; 0 before the first."""
    known = np.maximum.accumulate(np.where(values >= 0, np.arange(values.size), -1))
    found: np.ndarray = np.where(known >= 0, values[known], 0)
    return found


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    return [*_cycles(kpis, curves), *_line(kpis, curves), *_treasury(kpis, curves)]


def _cycles(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    if not kpis["clearing_gross_fen"]:
        if kpis["clearing_open_fen"]:
            return [f"No cycle ended. Net positions of {_yuan(kpis['clearing_open_fen'])} wait for the end of theirs."]
        return []
    netting = "in pairs" if curves["mode"] == "bilateral" else "among all"
    found = [
        f"Tenants, treasury and operator owed each other {_yuan(kpis['clearing_gross_fen'])} in {curves['cycles']} clearing "
        f"{'cycle' if curves['cycles'] == 1 else 'cycles'}. Netting in pairs leaves {_yuan(kpis['clearing_bilateral_fen'])}, netting among "
        f"all {_yuan(kpis['clearing_multilateral_fen'])}; netted {netting}, {_yuan(kpis['clearing_settled_fen'])} moved in cash, "
        f"{100 * (kpis['clearing_saved_share'] or 0):.1f} % less than was owed."
    ]
    if kpis["clearing_late_fen"]:
        found.append(f"{_yuan(kpis['clearing_late_fen'])} were not paid in time and are carried on with interest.")
    if kpis["clearing_lost_fen"] or curves["guaranteed_fen"]:
        found.append(
            f"Merchants that never pay cost their creditors {_yuan(kpis['clearing_lost_fen'])}, of which the operator had paid "
            f"{_yuan(curves['guaranteed_fen'])} from its guarantee."
        )
    if curves["suspended"]:
        found.append(f"{curves['suspended']:,} merchants were suspended at the end.")
    if kpis["clearing_open_fen"]:
        found.append(f"Net positions of {_yuan(kpis['clearing_open_fen'])} wait for the next settlement.")
    return found


_SAID = {
    "line_down": "because the line was down", "timed_out": "because no answer came", "suspended": "while redemption was suspended",
    "treasury_empty": "because the treasury could not pay", "over_floor": "beyond the limit up to which was stood in",
}  # fmt: skip


def _line(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    hindered, found = curves["hindered"], []
    parts = [f"{hindered[name][0]:,} {text} ({_yuan(hindered[name][1])})" for name, text in _SAID.items() if name in hindered]
    if parts:
        found.append(
            f"Members could not spend points as they wished {kpis['redemptions_refused']:,} times: {'; '.join(parts)}."
        )
    if "stood_in" in hindered:
        count, fen = hindered["stood_in"]
        text = f"Somebody stood in for the line {count:,} times ({_yuan(fen)})"
        if "voided" in hindered:
            text += f"; {_yuan(hindered['voided'][1])} of it came too late and were the merchants' loss"
        if "overclaimed" in hindered:
            text += f"; {_yuan(hindered['overclaimed'][1])} were claimed by members who did not have them, and are owed by them"
        found.append(f"{text}.")
    if "sent_again" in hindered:
        found.append(f"{hindered['sent_again'][0]:,} requests were sent again and known for the same ones: nobody paid twice.")
    if "taken_twice" in hindered:
        count, fen = hindered["taken_twice"]
        found.append(
            f"{count:,} requests were sent again and taken for new ones: members lost {_yuan(fen)} in points, and will dispute it."
        )
    return found


def _treasury(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    if "treasury" not in curves or kpis["treasury_coverage_share"] is None:
        return []
    treasury = curves["treasury"]
    text = (
        f"At the last look the treasury held {_yuan(int(treasury['cash'][-1]))} in cash and {_yuan(int(treasury['invested'][-1]))} "
        f"invested against {_yuan(int(treasury['outstanding'][-1]))} of points: cash covered {100 * kpis['treasury_coverage_share']:.1f} %."
    )
    if kpis["treasury_haircut_fen"]:
        text += f" Selling in haste lost {_yuan(kpis['treasury_haircut_fen'])}."
    if kpis["distrust_share_max"]:
        text += f" At the worst {100 * kpis['distrust_share_max']:.0f} % of holders had lost trust in points."
    return [text]


def _yuan(fen: Value) -> str:
    return f"¥{(fen or 0) / 100:,.2f}"


TOPIC = Topic("clearing", "Clearing and the treasury", _KPIS, Sums, values, curves, words)
