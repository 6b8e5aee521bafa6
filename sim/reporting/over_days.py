"""How a KPI of one day becomes that of several: sum, weighted or plain mean, largest or last; nothing where that would mean nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sim.reporting.kpi import Kpi

Value = int | float | None
SUM, MEAN, LARGEST, LAST, NOTHING = "sum", "mean of the days", "largest", "last day", "none"
_ADDS_UP = ("visits", "people", "count", "fen", "points", "min", "h")
_NO_TOTAL = ("_mean", "_median", "_p10", "_p75", "_p95", "_per_", "_hhi")
_SUMS = ("sales_fen_per_m2",)  # the floor is the same every day
_STATES = (
    "members_total",
    "members_active",
    "points_outstanding",
    "points_liability_fen",
    "clearing_imbalance_fen",
    "clearing_open_fen",
    "clearing_prefund_fen",
    "treasury_coverage_share",
    "push_reachable_members",
    "revisit_share_30d",
    "leftover_fen",
    "cars_overnight",
    "layout_changes",
    "layout_cost_fen",
    "let_area_share",
    "alliance_merchants_share",
    "merchant_roi_p10",
    "alliance_preparing",
    "alliance_worse_off_share",
    "alliance_half_day",
    "points_breakage_share_est",
    "deferred_revenue_fen",
    "breakage_earned_fen",
    "points_liability_fair_fen",
    "referred_members",
    "members_active_share",
    "points_burned_per_year_share",
    "points_cost_fen",
    "programme_capital_fen",
    "home_redeemed_share_500m",
    "home_redeemed_share_1km",
    "home_redeemed_share_2km",
    "home_redeemed_share_3km",
    "home_redeemed_share_far",
    "home_redeemed_same_day_share",
    "home_followers",
    "home_subscribed_share",
    "leaflet_redeemed_share",
)
_SENSELESS = ("unique_members",)  # who came on two days would count twice
_WEIGHED_BY = {  # what the KPI is a ratio to, by its name in day_bases.py: weighted so, days give the ratio of their sums
    "visits": (
        "stores_per_visit_mean", "wrong_turns_per_visit", "orientation_s_per_visit", "visits_buying_share", "people_per_visit_mean",
        "visits_by_car_share", "family_visits_share",
    ),
    "people": ("people_in_groups_share",),
    "visits that left": ("walk_m_mean",),
    "stays that ended": ("dwell_min_mean",),
    "visits judged": ("satisfaction_mean", "dissatisfied_share", "felt_wait_s_mean", "effort_m_mean"),
    "needs": ("plan_done_share",),
    "families that left": ("family_dwell_min_mean", "family_spend_fen_mean"),
    "meetings kept": ("rejoin_wait_s_mean",),
    "meetings awaited": ("rejoin_late_share",),
    "passings": ("capture_share",),
    "entries of tenants that sell": ("conversion_share",),
    "customers of merchant A": ("co_visit_share",),
    "purchases": ("basket_fen_mean",),
    "person-time": ("los_d_or_worse_share",),
    "waits": ("queue_wait_s_mean", "queue_abandon_share"),
    "waits and lines passed by": ("queue_balk_share",),
    "waits at tills": ("till_wait_s_mean", "till_abandon_share"),
    "waits for tables": ("table_wait_s_mean", "table_abandon_share"),
    "table-time on offer": ("seat_occupancy_share",),
    "cars parked": ("parking_search_s_mean",),
    "cars parked and driven on": ("parking_balk_share",),
    "cars that left": ("parking_exit_delay_s_mean", "parking_fee_fen_mean", "parking_validated_share"),
    "payments": ("mobile_pay_share",),
    "payments that took time": ("pay_s_mean",),
    "services at manned tills": ("till_service_s_mean",),
    "services at all tills": ("self_checkout_share",),
    "people served food": ("profit_per_cover_fen",),
    "parties served food": ("kitchen_wait_s_mean",),
    "ratings left": ("stars_mean",),
    "visits of members": ("points_burn_visits_share",),
    "sales": ("points_sales_share",),
    "points issued": ("referral_points_share",),
    "messages of the app": ("push_open_share",),
    "parties written to": ("push_opt_out_share",),
    "coupons taken": ("coupon_redemption_share",),
    "fen of sales": ("member_sales_share", "identified_sales_share"),
    "visits of members who bought": ("cross_trade_lift_mean",),
    "entries of lists": ("places_opened_share", "places_followed_share"),
}  # fmt: skip
WEIGHT_OF = {name: basis for basis, names in _WEIGHED_BY.items() for name in names}


def how(kpi: Kpi) -> str:
    """Return SUM, MEAN, LARGEST, LAST or NOTHING, or by what its mean is weighted."""
    if kpi.name in WEIGHT_OF:
        return f"mean weighted by {WEIGHT_OF[kpi.name]}"
    if kpi.name in _SENSELESS:
        return NOTHING
    if kpi.name in _STATES:
        return LAST
    if kpi.name.endswith("_max"):
        return LARGEST
    adds_up = kpi.unit in _ADDS_UP and not any(part in kpi.name for part in _NO_TOTAL)
    return SUM if adds_up or kpi.name in _SUMS else MEAN


def together(kpi: Kpi, days: Sequence[Value], bases: Sequence[Mapping[str, int]]) -> Value:
    """Return the KPI over several days, whose `bases` are those of day_bases.py; days that do not know it are left out."""
    known = [value for value in days if value is not None]
    rule = how(kpi)
    if not known or rule == NOTHING:
        return None
    if kpi.name in WEIGHT_OF:
        weights = [basis[WEIGHT_OF[kpi.name]] for value, basis in zip(days, bases, strict=True) if value is not None]
        return sum(value * weight for value, weight in zip(known, weights, strict=True)) / sum(weights)
    if rule == SUM:
        return sum(known)
    if rule == LARGEST:
        return max(known)
    return known[-1] if rule == LAST else sum(known) / len(known)
