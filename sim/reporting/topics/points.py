"""What a run says of the points economy: what was earned and spent where, who pays whom for it, and what is still owed to members."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.categories import CATEGORIES
from sim.crowd.tallies import HOURS
from sim.events import EventKind
from sim.plan_arrays import CompiledPlan
from sim.reporting.bins import add_values, hour_of
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

CENTIPOINTS = 100  # in a point
OFF = "there is no programme of points (points.is_on=false)"
_NOBODY = "no member came"
_KPIS = (
    Kpi("points_member_visits", "visits", "higher", "points", "Visits of members", "Parties that came with a member's account of points.", null_where=OFF),
    Kpi("points_receipts", "count", "higher", "points", "Receipts that earned points", "Receipts of members that earned at least one point.", null_where=OFF),
    Kpi("points_burn_receipts", "count", "higher", "points", "Receipts paid in points", "Receipts of which members paid a part, or all, in points; parking apart.", null_where=OFF),
    Kpi("points_burn_visits_share", "share", "higher", "points", "Members who spent points", "Visits of members that spent points at a till or for parking, parts of a split party as they are / visits of members.", null_where=f"{OFF}, or {_NOBODY}"),
    Kpi("points_sales_share", "share", "neither", "points", "Sales paid in points", "Face value of the points spent at tills, less what refunds gave back / tenants' sales.", null_where=f"{OFF}, or nothing was sold"),
    Kpi("points_taken_back", "points", "neither", "points", "Points taken back", "Points that refunds took back from members who had earned them.", null_where=OFF),
    Kpi("points_expired", "points", "neither", "points", "Points expired", "Points whose time was over.", null_where=OFF),
    Kpi("points_issue_fees_fen", "fen", "neither", "points", "What merchants pay for points", "What tenants owe for the points that their receipts earned, less what refunds returned.", null_where=OFF),
    Kpi("points_redemption_fen", "fen", "neither", "points", "What merchants get for points", "What tenants are owed for the points that they took, less what refunds gave back.", null_where=OFF),
    Kpi("points_parking_fen", "fen", "neither", "points", "Parking paid in points", "Face value of points that paid for parking.", null_where=OFF),
    Kpi("gift_points_issued", "points", "neither", "points", "Gift points issued", "Points that buy gifts only, less what refunds took back.", null_where="there are none (points.yuan_per_gift_point)"),
)  # fmt: skip


class Sums:
    """Takes batches of events; whole centi-points by unit and by hour."""

    def __init__(self, compiled: CompiledPlan, stations: Stations) -> None:
        """Start at nothing."""
        units = len(compiled.unit_ids)
        self.members, self.receipts, self.burns, self.parking_centi = 0, 0, 0, 0
        self.issued_centi, self.burned_centi, self.taken_back_centi = (np.zeros(units, np.int64) for _ in range(3))
        self.hour_issued_centi, self.hour_burned_centi = np.zeros(HOURS, np.int64), np.zeros(HOURS, np.int64)
        self._burners: list[np.ndarray] = []

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Add the events."""
        earned, burned, parked = (
            of_kind[kind] for kind in (EventKind.POINTS_EARNED, EventKind.POINTS_BURNED, EventKind.PARKING_PAID_IN_POINTS)
        )
        spent = burned[rows.value[burned] > 0]
        self.members += of_kind[EventKind.MEMBER_CAME].size
        self.receipts += earned.size
        self.burns += spent.size
        self.parking_centi += int(rows.value[parked].sum())
        add_values(self.issued_centi, rows.place[earned], rows.value[earned])
        add_values(self.burned_centi, rows.place[burned], rows.value[burned])
        back = of_kind[EventKind.POINTS_TAKEN_BACK]
        add_values(self.taken_back_centi, rows.place[back], rows.value[back])
        add_values(self.hour_issued_centi, hour_of(rows.time_us[earned]), rows.value[earned])
        add_values(self.hour_burned_centi, hour_of(rows.time_us[spent]), rows.value[spent])
        add_values(self.hour_burned_centi, hour_of(rows.time_us[parked]), rows.value[parked])
        self._burners.append(np.unique(rows.visit[np.concatenate([spent, parked])]))

    @property
    def burners(self) -> int:
        """How many parties, or parts of them, have spent points."""
        return int(np.unique(np.concatenate([np.zeros(0, np.int64), *self._burners])).size)


def values(sums: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs, those that only the ledger knows included."""
    names = [kpi.name for kpi in _KPIS] + ["points_issued", "points_burned", "points_outstanding", "points_liability_fen"]
    found: dict[str, Value] = dict.fromkeys(names)
    if not books.points or not books.points["is_on"]:
        return found
    today, held, tenants = books.points["today"], books.points["held"], books.points["tenants"]
    sales_fen, burned_fen = int(books.sums.unit["sales_fen"].sum()), int(tenants["burned_fen"].sum())
    found |= {
        "points_member_visits": sums.members,
        "points_receipts": sums.receipts,
        "points_burn_receipts": sums.burns,
        "points_burn_visits_share": sums.burners / sums.members if sums.members else None,
        "points_sales_share": burned_fen / sales_fen if sales_fen else None,
        "points_taken_back": int(sums.taken_back_centi.sum()) / CENTIPOINTS,
        "points_expired": today["expired_centi"] / CENTIPOINTS,
        "points_issue_fees_fen": int(tenants["fee_fen"].sum()),
        "points_redemption_fen": int(tenants["redeemed_fen"].sum()),
        "points_parking_fen": sums.parking_centi * books.points["face_fen"] // CENTIPOINTS,
        "points_issued": today["issued_centi"] / CENTIPOINTS,
        "points_burned": today["burned_centi"] / CENTIPOINTS,
        "points_outstanding": held["outstanding_centi"] / CENTIPOINTS,
        "points_liability_fen": held["liability_fen"],
    }
    if books.config.points.yuan_per_gift_point > 0:
        found["gift_points_issued"] = (today["gifts_issued_centi"] - today["gifts_voided_centi"]) / CENTIPOINTS
    return found


def curves(sums: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: points by hour and by trade, and each tenant's account with the alliance."""
    points = books.points
    if not points or not points["is_on"] or not points["held"]["members"]:
        return {}
    return {
        "issued_points_by_hour": sums.hour_issued_centi / CENTIPOINTS,
        "burned_points_by_hour": sums.hour_burned_centi / CENTIPOINTS,
        **statement(points, books.compiled),
    }


def statement(points: Mapping[str, Any], compiled: CompiledPlan) -> dict[str, Any]:
    """Return the economy as trades and tenants see it, of a day or of several; the largest accounts first, ties by unit."""
    tenants = {name: np.asarray(column) for name, column in points["tenants"].items()}
    net_fen = tenants["redeemed_fen"] - tenants["fee_fen"]
    order = np.lexsort((np.arange(net_fen.size), -np.abs(net_fen)))
    trades = []
    for trade in CATEGORIES:
        here = np.array([category == trade for category in compiled.tenant_categories], bool)
        line = {name: int(tenants[name][here].sum()) for name in ("issued_centi", "burned_centi", "fee_fen", "redeemed_fen")}
        if any(line.values()):
            trades.append({"trade": trade, "tenants": int(tenants["takes_part"][here].sum()), **line})
    return {
        "trades": trades,
        "net_fen": [
            {"unit": compiled.unit_ids[unit], "tenant": compiled.tenant_names[unit], "net_fen": int(net_fen[unit])}
            for unit in order[:12].tolist()
            if net_fen[unit]
        ],
        "taking_part": int(tenants["takes_part"].sum()),
        "tenants": int(net_fen.size),
        "getting": int(np.count_nonzero(net_fen > 0)),
        "paying": int(np.count_nonzero(net_fen < 0)),
        "face_fen": points["face_fen"],
        "prices_fen": [points["issue_fen"], points["redemption_fen"]],
        "is_treasury_limited": points.get("is_treasury_limited", False),
        "campaigns": points["campaigns"],
        "tiers": points["tiers"],
        "today": points["today"],
        "held": points["held"],
    }


def words(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    return [*_flow(kpis, curves), *_rules(curves), *_who_pays(kpis, curves), _held(curves)]


def _flow(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    today = curves["today"]
    issued, burned = today["issued_centi"] / CENTIPOINTS, today["burned_centi"] / CENTIPOINTS
    found = [
        f"{curves['taking_part']:,} of {curves['tenants']:,} tenants take part. Members with an account of points (those who show their "
        f"membership on a visit) came {kpis['points_member_visits']:,} times; "
        f"{kpis['points_receipts']:,} of their receipts earned points. {issued:,.0f} points were issued and {burned:,.0f} spent"
        + (f", ¥{kpis['points_parking_fen'] / CENTIPOINTS:,.0f} of them for parking." if kpis["points_parking_fen"] else ".")
    ]
    if kpis["points_sales_share"]:
        found[0] += f" Points paid {100 * kpis['points_sales_share']:.2f} % of tenants' sales."
    gone = [
        f"{today[name] / CENTIPOINTS:,.0f} {said}"
        for name, said in (
            ("voided_centi", "were taken back with refunds"), ("expired_centi", "expired"),
            ("exchanged_centi", "were exchanged for points of others"), ("breakage_centi", "were given up for lost"),
        )
        if today[name]
    ]  # fmt: skip
    if gone:
        found.append(f"Of points that members held, {', '.join(gone)}.")
    if curves["trades"]:
        most = max(curves["trades"], key=lambda line: line["issued_centi"])
        taker = max(curves["trades"], key=lambda line: line["burned_centi"])
        text = f"Most points came from {_said(most)} ({most['issued_centi'] / CENTIPOINTS:,.0f})"
        if taker["burned_centi"] > 0:
            text += f", most were spent at {_said(taker)} ({taker['burned_centi'] / CENTIPOINTS:,.0f})"
        found.append(text + ".")
    return found


def _rules(curves: dict[str, Any]) -> list[str]:
    found = []
    if curves["campaigns"]:
        found.append(f"Campaigns: {', '.join(curves['campaigns'])}.")
    if curves["tiers"]:
        tiers = [
            f"{tier['name'] or 'one'} from ¥{tier['from_yuan']:,.0f} in twelve months ({tier['factor']:g} times the points)"
            for tier in curves["tiers"]
        ]
        found.append(f"Tiers: {', '.join(tiers)}.")
    return found


def _who_pays(kpis: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    issue_fen, redemption_fen = curves["prices_fen"]
    fees_fen, income_fen = kpis["points_issue_fees_fen"] or 0, kpis["points_redemption_fen"] or 0
    found = [
        f"A point costs the tenant that issues it ¥{issue_fen / 100:.2f} and brings the one that takes it ¥{redemption_fen / 100:.2f}. "
        f"Tenants paid ¥{fees_fen / 100:,.0f} for points issued and got ¥{income_fen / 100:,.0f} for points taken: {curves['getting']:,} "
        f"got more than they paid, {curves['paying']:,} paid more than they got."
    ]
    if curves["net_fen"]:
        first = curves["net_fen"][0]
        verb = "got" if first["net_fen"] > 0 else "paid"
        found[0] += f" The largest account is that of {first['tenant']}, which {verb} ¥{abs(first['net_fen']) / 100:,.0f} net."
    return found


def _held(curves: dict[str, Any]) -> str:
    held, price_fen = curves["held"], curves["prices_fen"][1]
    out_centi, owed_centi = held["outstanding_centi"], held["owed_centi"]
    text = f"At the end {held['holders']:,} of {held['members']:,} members' accounts hold {(out_centi + owed_centi) / CENTIPOINTS:,.0f} points"
    if owed_centi:
        text += (
            f", less {owed_centi / CENTIPOINTS:,.0f} that members owe because refunds took back what had been spent: "
            f"{out_centi / CENTIPOINTS:,.0f} are out"
        )
    cost_fen = out_centi * price_fen / CENTIPOINTS
    text += f". Were all of these spent at merchants, it would cost ¥{cost_fen / 100:,.0f}; the treasury has ¥{held['treasury_fen'] / 100:,.0f}."
    if curves.get("is_treasury_limited", True) or held["treasury_fen"] >= cost_fen:
        return text
    return text + (
        " That is no sign of a failing treasury: points that members held before the run have no money behind them here, and the operator "
        "stands in for what is missing (clearing.liquidity.is_limited=false)."
    )


def _said(line: dict[str, Any]) -> str:
    return str(line["trade"]).replace("_", " ")


TOPIC = Topic("points", "Points", _KPIS, Sums, values, curves, words)
