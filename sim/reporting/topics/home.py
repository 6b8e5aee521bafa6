"""What a run says of people at home: messages, coupons taken there and what became of them by distance, leaflets, followers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sim.events import EventKind
from sim.home import REDEEMED_OF_O2O
from sim.plan_arrays import CompiledPlan
from sim.reporting.event_schema import Columns
from sim.reporting.kpi import Kpi
from sim.reporting.stations import Stations
from sim.reporting.topics.topic import Topic, Value

if TYPE_CHECKING:
    from sim.reporting.kpis import Books

BANDS = ("500m", "1km", "2km", "3km", "far")  # upper ends, and what lies beyond
_SAID = ("under 500 m", "500 m to 1 km", "1 to 2 km", "2 to 3 km", "3 km and more")
_NOBODY = "no policy addresses people at home"
_NONE = "no policy addresses people at home, or nobody took a coupon there"
_KPIS = (
    Kpi("home_messages_sent", "count", "neither", "offers", "Messages sent home", "Messages that reached members, holders of the chat card or followers outside the mall.", null_where=_NOBODY),
    Kpi("home_open_share", "share", "higher", "offers", "Messages home that were opened", "Opened / sent, of messages to people at home.", null_where="no policy addresses people at home, or none was sent"),
    Kpi("home_coupons_claimed", "count", "neither", "offers", "Coupons taken at home", "Coupons that people took at home, leaflets left out.", null_where=_NOBODY),
    Kpi("home_coupons_redeemed", "count", "higher", "offers", "Coupons taken at home that were used", "Coupons taken at home, today or earlier, that were used in a store.", null_where=_NOBODY),
    *(
        Kpi(f"home_redeemed_share_{band}", "share", "higher", "offers", f"Redeemed, home {said}", f"Of the coupons that residents who live {said} from the mall have taken at home in the run, the share used by now.", null_where=_NONE)
        for band, said in zip(BANDS, _SAID, strict=True)
    ),
    Kpi("home_redeemed_same_day_share", "share", "neither", "offers", "Used on the day they were taken", "Of the coupons taken at home and used in the run, the share used on the same day.", null_where=_NONE),
    Kpi("home_visits_drawn", "visits", "higher", "offers", "Visits drawn from home", "Residents' visits of the day that the same draw would not have made without what they knew or held at home; trips merely moved from another day are among them.", null_where=_NOBODY),
    Kpi("home_cost_fen", "fen", "lower", "offers", "Cost of addressing people at home", "Messages and leaflets; what coupons take off is not among it.", null_where=_NOBODY),
    Kpi("home_coupon_cost_fen", "fen", "lower", "offers", "Cost of coupons from home", "What used coupons from home and leaflets took off.", null_where=_NOBODY),
    Kpi("leaflets_printed", "count", "neither", "offers", "Leaflets", "Leaflets printed.", null_where=_NOBODY),
    Kpi("leaflet_waste_share", "share", "lower", "offers", "Leaflets thrown away unread", "Not read / printed.", null_where="no policy prints leaflets"),
    Kpi("leaflet_redeemed_share", "share", "higher", "offers", "Leaflets redeemed", "Leaflets used in a store / printed, over the run so far.", null_where="no policy prints leaflets"),
    Kpi("home_followers", "people", "higher", "offers", "Followers of the mall's account", "Residents that follow the mall's account at the end.", null_where=_NOBODY),
    Kpi("home_ties_cut", "people", "lower", "offers", "Unfollowed or blocked", "Residents that unfollowed the account or blocked the chat card because of too many messages.", null_where=_NOBODY),
    Kpi("home_subscribed_share", "share", "higher", "offers", "Subscribed when asked", "Subscriptions / people asked of what they would like to hear, over the run so far.", null_where="no policy asks"),
)  # fmt: skip


class Sums:
    """Nothing: what happens at home is in no event of the mall."""

    def __init__(self, _: CompiledPlan, __: Stations) -> None:
        """Start at nothing."""

    def take(self, rows: Columns, of_kind: dict[EventKind, np.ndarray]) -> None:
        """Look at nothing."""


def values(_: Sums, books: Books) -> dict[str, Value]:
    """Return the KPIs."""
    found: dict[str, Value] = {kpi.name: None for kpi in _KPIS}
    home = books.points.get("home")
    if not home:
        return found
    today, total = home["today"], home["total"]
    found |= {
        "home_messages_sent": today["sent"], "home_open_share": _share(today["opened"], today["sent"]),
        "home_coupons_claimed": today["claimed"], "home_coupons_redeemed": today["redeemed"],
        "home_redeemed_same_day_share": _share(total["redeemed_same_day"], total["redeemed"]), "home_visits_drawn": today["drawn"],
        "home_cost_fen": today["cost_fen"], "home_coupon_cost_fen": today["coupons_fen"], "leaflets_printed": today["leaflets"],
        "leaflet_waste_share": _share(today["leaflets"] - today["leaflets_read"], today["leaflets"]),
        "leaflet_redeemed_share": _share(total["leaflets_redeemed"], total["leaflets"]),
        "home_followers": home["followers"], "home_ties_cut": today["unfollowed"] + today["blocked"],
        "home_subscribed_share": _share(total["subscribed"], total["invited"]),
    }  # fmt: skip
    for index, band in enumerate(BANDS):
        found[f"home_redeemed_share_{band}"] = _share(total["redeemed_in"][index], total["claimed_in"][index])
    return found


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def curves(_: Sums, books: Books) -> dict[str, Any]:
    """Return what pictures and words need: coupons taken and used by distance, of the run so far."""
    home = books.points.get("home")
    if not home:
        return {}
    total = home["total"]
    return {
        "total": {name: value for name, value in total.items() if not name.endswith("_in")},
        "claimed_in": total["claimed_in"], "redeemed_in": total["redeemed_in"], "followers": home["followers"],
        "reachable": home["reachable"], "coupons_out": home["coupons_out"],
    }  # fmt: skip


def words(_: dict[str, Value], curves: dict[str, Any]) -> list[str]:
    """Return what the report says."""
    if not curves:
        return []
    total = curves["total"]
    found = [f"The platform has a way to {curves['reachable']:,} people outside the mall."]
    if total["sent"]:
        found.append(
            f"It sent them {total['sent']:,} messages, of which {total['opened']:,} were opened; {total['blocked']:,} people blocked its "
            f"chat card and {total['unfollowed']:,} unfollowed its account because of too many."
        )
    if total["claimed"]:
        found.append(
            f"{total['claimed']:,} coupons were taken at home and {total['redeemed']:,} of them used so far, "
            f"{total['redeemed_same_day']:,} on the day they were taken; {curves['coupons_out']:,} coupons are still good. By distance "
            "of the home, used so far against the share of a million real coupons: "
            + "; ".join(
                f"{said} {100 * (used / claimed):.1f} % ({100 * real:.1f} %)"
                for said, used, claimed, real in zip(
                    _SAID, curves["redeemed_in"], curves["claimed_in"], REDEEMED_OF_O2O.tolist(), strict=True
                )
                if claimed
            )
            + "."
        )
    if total["leaflets"]:
        unread = total["leaflets"] - total["leaflets_read"]
        found.append(
            f"{total['leaflets']:,} leaflets were printed; {unread:,} were thrown away unread and {total['leaflets_redeemed']:,} used."
        )
    if curves["followers"] or total["new_followers"]:
        found.append(
            f"{curves['followers']:,} people follow the mall's account; {total['new_followers']:,} began to in this run."
        )
    if total["invited"]:
        found.append(f"{total['invited']:,} people were asked of what they would like to hear; {total['subscribed']:,} said.")
    found.append(
        f"{total['drawn']:,} visits were made that the same draws would not have made that day; some of them are moved from other days, so "
        f"what is gained only a run without the policy shows. Messages and leaflets cost ¥{total['cost_fen'] / 100:,.0f}, coupons "
        f"¥{total['coupons_fen'] / 100:,.0f}."
    )
    return found


TOPIC = Topic("home", "People at home", _KPIS, Sums, values, curves, words)
