"""Every KPI under its fixed name: what it means, its unit, which way is better, and why a run may not know it."""

from __future__ import annotations

from sim.errors import ConfigError, Problem
from sim.reporting.kpi import DIRECTIONS as DIRECTIONS
from sim.reporting.kpi import UNITS as UNITS
from sim.reporting.kpi import Kpi
from sim.reporting.over_days import how
from sim.reporting.topics import alliance
from sim.reporting.topics.every import TOPICS

GROUPS = {
    "visits": "Visits",
    "money": "Money",
    "space": "Space and crowding",
    "queues": "Queues and tables",
    "food": "Restaurants",
    "cinema": "Cinemas",
    "checkout": "Paying",
    "goods": "Goods",
    "desks": "Desks and bags",
    "parking": "Car parks",
    "ratings": "Ratings of tenants",
    "sensing": "Sensing and members",
    "offers": "Offers and messages",
    "happenings": "Happenings in the hall",
    "online": "Ordered online",
    "points": "Points",
    "people": "Satisfaction",
}
COLD_SHARE_OF_MEAN = 0.2  # a zone is cold below this share of the mall's mean person-time per m2
DENSITY_ZONE_M2_MIN = 5.0  # in a smaller zone one person more or less is not a density


_NO_WIFI = "positioning is off (sensing.positioning.method), or nothing of it happened"
_NO_IDENTITY = "nothing of it happened"
_NO_POLICIES = "no policy is active (`policies`)"
_NO_TWIN = "one run has no twin to compare with; `galleria uplift` lives it"
_NO_POINTS = "points and the alliance are not simulated"
_OFF_POINTS = "there is no programme of points (points.is_on=false)"
_NO_ISSUE = "no points have been issued"
_NO_REFERRAL = "there is no referral (referral.is_on), or no points have been issued"
_NO_COSTS = "tenants' costs are not known"
_ONE_DAY = "the run has one day (`days`), or too few"

_VISITS = (
    Kpi("footfall_visits", "visits", "higher", "visits", "Visits", "Parties that passed an entrance into the mall; one stay is one visit however large the party."),
    Kpi("footfall_people", "people", "higher", "visits", "People", "People in those parties."),
    Kpi("people_inside_max", "people", "neither", "visits", "Most people inside at once", "Largest number of people between arriving and leaving at any instant."),
    Kpi("unique_members", "people", "higher", "visits", "Different members", "Members that the mall's systems saw that day, each once.", null_where=_NO_IDENTITY),
    Kpi("dwell_min_mean", "min", "higher", "visits", "Time in the mall", "Mean time from arriving to leaving, over visits that left before the end of the run."),
    Kpi("stores_per_visit_mean", "ratio", "higher", "visits", "Stores entered per visit", "Store entries / visits; a store entered twice counts twice, restaurants count."),
    Kpi("capture_share", "share", "higher", "visits", "Capture", "Store entries of parties / passings of a store's frontage by parties, each passing counted, over all tenants; entries are for any reason, so that a tenant people come for can exceed 1."),
    Kpi("conversion_share", "share", "higher", "visits", "Conversion", "Purchases / store entries, over tenants whose trade sells (its conversion_share is above 0)."),
    Kpi("store_refused_visits", "visits", "lower", "visits", "Turned back at a store's door", "Times a party found a store closed or full."),
    Kpi("turned_away_visits", "visits", "lower", "visits", "Turned away at an entrance", "Parties that reached an entrance while the mall was closed."),
    Kpi("stranded_visits", "visits", "lower", "visits", "Left without a way", "Times a party had no way left to where it wanted to go."),
)  # fmt: skip
_MONEY = (
    Kpi("purchases", "count", "higher", "money", "Purchases", "Baskets paid, meals and cinema seats included; seats that were given back later stay counted."),
    Kpi("basket_fen_mean", "fen", "higher", "money", "Basket", "Sales / purchases; a basket is what one party pays at one store, or for its seats at a cinema."),
    Kpi("sales_fen", "fen", "higher", "money", "Tenants' sales", "Sum of all purchases, less what was paid back for cinema seats."),
    Kpi("sales_fen_per_m2", "fen", "higher", "money", "Sales per m2 of store", "Sales / floor area of all tenants that can be reached."),
    Kpi("turnover_rent_fen", "fen", "higher", "money", "Turnover rent", "Sum over tenants of their turnover share of the day's sales (of the tenant, else of its trade) above the day's base rent where the tenant has one (a year's / 365), each rounded to whole fen."),
    Kpi("mall_income_fen", "fen", "higher", "money", "The mall's income", "Base rents of the day (a year's / 365) + turnover rent: of each tenant the higher of the two. Car-park fees are not in it."),
    Kpi("tenant_margin_fen_p10", "fen", "higher", "money", "Margin of the weak tenants", "10th percentile of tenants' margins.", _NO_COSTS),
    Kpi("owner_income_fen", "fen", "higher", "money", "The owner's income", "The mall's income + the share of sales that stays with its owner as margin (costs.owner_margin_share)."),
    Kpi("programme_running_fen", "fen", "lower", "money", "Running costs of the programme", "What the items of `costs` cost the owner over the run: by the day, the visit, the new member and on sales."),
    Kpi("programme_capital_fen", "fen", "lower", "money", "Capital of the programme", "What the items of `costs` cost the owner once, whatever the length of the run."),
    Kpi("policy_cost_fen", "fen", "lower", "money", "Cost of the policies", "What operator and merchants paid for the policies: offers and gifts, points on the house at their face, and what else policies spent outside the mall.", null_where=_NO_POLICIES),
    Kpi("policy_cost_owner_fen", "fen", "lower", "money", "The owner's part of it", "What the mall's owner paid for the policies, points on the house at their face among it, less the fees that merchants paid it for them (slots, tags, pop-ups, deliveries); below zero where fees are higher.", null_where=_NO_POLICIES),
    Kpi("policy_net_benefit_fen", "fen", "higher", "money", "Net benefit of the policies", "Difference of the mall's income to the same day without the policies, less their cost.", _NO_TWIN),
)  # fmt: skip
_SPACE = (
    Kpi("footfall_hhi", "index", "lower", "space", "Concentration of store visits", "Herfindahl index of store entries over tenants: sum of squared shares; 1 / tenants when even, 1 when one tenant has all."),
    Kpi("cold_area_share", "share", "lower", "space", "Cold floor", f"Share of the walkable floor in zones with less than {COLD_SHARE_OF_MEAN:.0%} of the mall's mean person-time per m2."),
    Kpi("los_d_or_worse_share", "share", "lower", "space", "Time in a crowd", "Share of the person-time on walkable floors spent at Fruin's level of service D or worse (less than 1.39 m2 per person)."),
    Kpi("density_per_m2_max", "per m2", "lower", "space", "Densest crowd", f"Most people at once in a zone / its area, over zones of at least {DENSITY_ZONE_M2_MIN:g} m2."),
    Kpi("walk_m_mean", "m", "neither", "space", "Walked per visit", "Mean metres walked between arriving and leaving, over visits that left."),
    Kpi("gridlock_breaks", "count", "lower", "space", "Gridlocks broken", "Times a walker squeezed into a full zone after movement.gridlock_patience_s."),
    Kpi("lift_refusals", "count", "lower", "space", "No room in the lift", "Parties that found no room in any of a lift's next departures and chose again."),
    Kpi("wrong_turns_per_visit", "ratio", "lower", "space", "Wrong turns per visit", "Times a party came to a store that it had taken for the one it wanted / visits."),
    Kpi("orientation_s_per_visit", "s", "lower", "space", "Looking for the way per visit", "Time that parties stood looking for the way to a store they had chosen / visits."),
)  # fmt: skip
_QUEUES = (
    Kpi("queue_wait_s_mean", "s", "lower", "queues", "Wait at tills and for tables", "Mean wait of all parties that joined a till's line or a table's list, zero waits and the waits of those that gave up included; lifts, gates, desks and box offices are not in it."),
    Kpi("queue_wait_s_p95", "s", "lower", "queues", "Wait that 5 % exceed", "95th percentile (nearest rank) of the same waits."),
    Kpi("till_wait_s_mean", "s", "lower", "queues", "Wait at tills", "The mean wait at tills alone."),
    Kpi("table_wait_s_mean", "s", "lower", "queues", "Wait for a table", "The mean wait for tables alone."),
    Kpi("queue_abandon_share", "share", "lower", "queues", "Gave up waiting", "Parties that left a line before being served / parties whose wait ended, tills and tables."),
    Kpi("till_abandon_share", "share", "lower", "queues", "Gave up at a till", "The same at tills alone."),
    Kpi("table_abandon_share", "share", "lower", "queues", "Gave up on a table", "The same for tables alone."),
    Kpi("queue_balk_share", "share", "lower", "queues", "Walked past a long line", "Parties that saw the line and did not join, or found no place in it / those and the parties whose wait ended, tills and tables."),
    Kpi("covers", "people", "higher", "queues", "Covers", "People seated at tables."),
    Kpi("seat_occupancy_share", "share", "higher", "queues", "Tables in use", "Table-time in use / table-time on offer, whether or not every seat at a table is taken (seats_filled_share); null when the run does not say how many tables were on offer."),
)  # fmt: skip
_PARKING = (
    Kpi("cars_parked", "count", "neither", "parking", "Cars parked", "Cars that found a bay."),
    Kpi("parking_search_s_mean", "s", "lower", "parking", "Search for a bay", "Mean time from the gate to a bay, over cars that parked."),
    Kpi("parking_balk_share", "share", "lower", "parking", "Drove on", "Cars that gave up (line before the gate, or no bay in time) / those and the cars that parked."),
    Kpi("parking_exit_delay_s_mean", "s", "lower", "parking", "Delay on the way out", "Mean time lost to paying and to lines at the exit, without loading and driving, over cars that left."),
    Kpi("parking_occupancy_share_max", "share", "neither", "parking", "Fullest car park", "Largest number of cars between parking and driving out, at any instant, / bays; of the car park where it is largest."),
)  # fmt: skip
_SENSING = (
    Kpi("wifi_connect_share", "share", "higher", "sensing", "Connected to Wi-Fi", "Visits with at least one phone on the mall's Wi-Fi / visits.", null_where=_NO_IDENTITY),
    Kpi("portal_member_share", "share", "higher", "sensing", "Logged in at the portal", "Visits that logged in at the portal / visits.", null_where=_NO_IDENTITY),
    Kpi("position_coverage_share", "share", "higher", "sensing", "Phones located", "Phones that the platform located / phones inside with Wi-Fi on, over the instants at which it asked for all of them (sensing.positioning.strangers_every_s).", null_where=_NO_WIFI),
    Kpi("position_error_m_mean", "m", "lower", "sensing", "Error of positions", "Mean distance of a fix on the right level from the true place at its scan, each to the centimetre.", null_where=_NO_WIFI),
    Kpi("position_error_m_median", "m", "lower", "sensing", "Error that half exceed", "Median of it (nearest rank).", null_where=_NO_WIFI),
    Kpi("position_error_m_p75", "m", "lower", "sensing", "Error that a quarter exceed", "75th percentile of it (nearest rank).", null_where=_NO_WIFI),
    Kpi("position_error_m_p95", "m", "lower", "sensing", "Error that 5 % exceed", "95th percentile of it (nearest rank).", null_where=_NO_WIFI),
    Kpi("floor_right_share", "share", "higher", "sensing", "Fixes on the right level", "Fixes on the level where the phone truly was / fixes.", null_where=_NO_WIFI),
    Kpi("zone_right_share", "share", "higher", "sensing", "Fixes in the right store or zone", "Fixes in the store, or the walking zone of the hall, in which the phone truly was / fixes; fixes nowhere stay in the denominator.", null_where=_NO_WIFI),
    Kpi("store_attribution_share", "share", "higher", "sensing", "Stays in stores that are found (recall)", "Of the stays in a store of at least sensing.profiles.stay_s_min, by parties with a phone on the Wi-Fi since before, the share of which a stay that positions attribute to that store covers at least half.", null_where=_NO_WIFI),
    Kpi("store_attribution_precision_share", "share", "higher", "sensing", "Found stays that are true (precision)", "Of the stays that positions attribute to a store, the share whose party truly spent at least half of the reported time in that store.", null_where=_NO_WIFI),
    Kpi("push_range_precision_share", "share", "higher", "sensing", "Pushes at 30 m that hit (precision)", "Over pairs of a fix and a store of its level: of the phones estimated within 30 m of a store's door, the share truly within 30 m of it; one store is drawn for each fix.", null_where=_NO_WIFI),
    Kpi("push_range_recall_share", "share", "higher", "sensing", "Phones within 30 m that a push reaches (recall)", "Of the phones truly within 30 m of a store's door, the share also estimated there.", null_where=_NO_WIFI),
    Kpi("cold_area_share_estimated", "share", "neither", "sensing", "Cold floor as the platform sees it", f"Share of the hall's floor in zones with less than {COLD_SHARE_OF_MEAN:.0%} of the mean fixes per m2, when all phones are asked for; to be held against cold_area_share, which counts people.", null_where=_NO_WIFI),
    Kpi("recognised_share", "share", "higher", "sensing", "Members recognised at a store's door", "Of the store entries of known people with a phone on the Wi-Fi, the share with a fix inside that store within 60 s.", null_where=_NO_WIFI),
    Kpi("friends_near_pairs", "count", "neither", "sensing", "Friends told that they are near", "Pairs of friends who let the app say so and were both estimated within sensing.identity.friend_radius_m on one level, once per visit of both.", null_where=_NO_WIFI),
    Kpi("members_total", "people", "higher", "sensing", "Members", "Members at the end of the day, holders of the mall's card in a chat app included. Those of old who did not come are counted by the shares of the habits (digital.member_share, card_share) among the people of the catchment, not one by one.", null_where=_NO_IDENTITY),
    Kpi("members_new", "people", "higher", "sensing", "New members", "Members at the end that were none at the start.", null_where=_NO_IDENTITY),
    Kpi("members_active", "people", "higher", "sensing", "Active members", "Members seen in the last 90 days: on the first simulated day those seen that day, later ones add to them (sensing.identity.continue_from).", null_where=_NO_IDENTITY),
    Kpi("duplicate_profiles_share", "share", "lower", "sensing", "People known twice", "People with accounts in more than one profile / people with an account.", null_where=_NO_IDENTITY),
    Kpi("wrong_profiles_share", "share", "lower", "sensing", "Profiles of several people", "Profiles with ids of more than one person / profiles with an account.", null_where=_NO_IDENTITY),
    Kpi("false_members_share", "share", "lower", "sensing", "False memberships", "Registrations with false data / registrations of the simulated days.", null_where=_NO_IDENTITY),
    Kpi("sales_known_share", "share", "higher", "sensing", "Sales whose buyer is known", "Sales that the mall's systems put to somebody who agrees to be followed / sales, by amount.", null_where=_NO_IDENTITY),
)  # fmt: skip
_OFFERS = (
    Kpi("push_sent", "count", "neither", "offers", "Messages sent", "Messages of the mall's app to parties inside, whether or not they came through.", null_where=_NO_POLICIES),
    Kpi("push_open_share", "share", "higher", "offers", "Messages opened", "Messages of the app that were opened / sent.", null_where=_NO_POLICIES),
    Kpi("push_opt_out_share", "share", "lower", "offers", "Opted out", "Parties that turned the app's messages off on their visit / parties that got any.", null_where=_NO_POLICIES),
    Kpi("coupons_issued", "count", "neither", "offers", "Coupons issued", "Offers that parties have taken, steps of a chain that are worth nothing themselves left out.", null_where=_NO_POLICIES),
    Kpi("coupons_redeemed", "count", "higher", "offers", "Coupons redeemed", "Those of them that were used at a till.", null_where=_NO_POLICIES),
    Kpi("coupon_redemption_share", "share", "higher", "offers", "Redemption", "Redeemed / issued; it says nothing of who would have bought without.", null_where=_NO_POLICIES),
    Kpi("coupon_cost_fen", "fen", "lower", "offers", "Cost of coupons", "What offers took off prices and gave on top, whoever bore it, less what came back with refunds.", null_where=_NO_POLICIES),
    Kpi("coupon_roi", "ratio", "higher", "offers", "Return on coupons", "True uplift in sales / cost of coupons.", _NO_TWIN),
    Kpi("uplift_true_fen", "fen", "higher", "offers", "True uplift", "Sales less those of the same days without the policies, under the same draws.", _NO_TWIN),
    Kpi("uplift_estimated_fen", "fen", "neither", "offers", "Uplift as the mall would estimate it", "What tills heard each person pay, of those that policies may address less of those held out, times the former.", _NO_TWIN),
)  # fmt: skip
_POINTS = (
    Kpi("points_issued", "points", "neither", "points", "Points issued", "Points that members were given, for receipts and otherwise; holdings from before the run are not among them, what refunds took back is.", null_where=_OFF_POINTS),
    Kpi("points_burned", "points", "higher", "points", "Points spent", "Points spent by members at tills, for parking and otherwise, less what refunds gave back.", null_where=_OFF_POINTS),
    Kpi("points_outstanding", "points", "neither", "points", "Points outstanding", "Points that members hold at the end, holdings from before the run included, less what they owe after refunds.", null_where=_OFF_POINTS),
    Kpi("points_liability_fen", "fen", "lower", "points", "Liability for points", "What the points that members hold at the end are worth at tills.", null_where=_OFF_POINTS),
    Kpi("points_breakage_share_est", "share", "neither", "points", "Breakage, estimated", "Share of the points issued so far, less those taken back, that will never be spent, by finance.breakage_by. Points that do not expire end only with their member's account: by death, moving away, or loss.", null_where=_NO_ISSUE),
    Kpi("clearing_latency_s_p95", "s", "lower", "points", "Clearing time that 5 % exceed", "From a redemption to its settlement in cash as planned: the line's answer, or the end of the cycle; 95th percentile.", null_where="no points were spent over the line"),
    Kpi("clearing_imbalance_fen", "fen", "lower", "points", "Unsettled between merchants", "Sum of all net positions of tenants, treasury and operator at the end: nothing but 0 is right.", null_where="there is no programme of points (points.is_on=false)"),
    Kpi("alliance_merchants_share", "share", "higher", "points", "Merchants in the alliance", "Tenants in the alliance / tenants.", null_where=alliance.NOT_PLAYED),
    Kpi("merchant_roi_p10", "ratio", "higher", "points", "Return of the weak merchants", "10th percentile, over tenants in the alliance that can tell, of (gain - cost) / cost a day: margin on the sales that it brings, as the tenant reckons from its books and the operator's letter, against fees for points, points taken below their value and the till.", null_where=alliance.NOT_PLAYED),
    Kpi("referral_points_share", "share", "neither", "points", "Points from referrals", "Points issued for referrals / issued, points from before the run and those taken back left out.", null_where=_NO_REFERRAL),
    Kpi("members_active_share", "share", "higher", "points", "Members who come", "Members among the residents who came in the last 90 days / members, at the end.", null_where="the run is of one day"),
    Kpi("points_burned_per_year_share", "share", "higher", "points", "Points burned in a year", "Points burned since the first day, as a rate per year / mean of the points that members held, those from before the run included.", null_where="the run is of one day"),
    Kpi("points_cost_fen", "fen", "lower", "points", "What points cost", "Points burned since the first day at a yuan each + those earned and not burned, by the share that will be burned some day (loyalty.redeemed_later_share).", null_where="the run is of one day"),
)  # fmt: skip
_PEOPLE = (
    Kpi("wom_new_visits", "visits", "higher", "people", "First visits by word of mouth", "First visits of residents to whom a friend had told something good of the mall; each counts once, and with its luck: some would have come anyway.", null_where=_ONE_DAY),
    Kpi("revisit_share_30d", "share", "higher", "people", "Came again", "Of residents that came on a day at least 30 days before the end, the share that came again within 30 days, over all such days.", null_where=_ONE_DAY),
)  # fmt: skip

_TOPICS = tuple(kpi for topic in TOPICS for kpi in topic.kpis)
KPIS: tuple[Kpi, ...] = (*_VISITS, *_MONEY, *_SPACE, *_QUEUES, *_PARKING, *_TOPICS, *_SENSING, *_OFFERS, *_POINTS, *_PEOPLE)
BY_NAME = {kpi.name: kpi for kpi in KPIS}


def kpi_named(name: str) -> Kpi:
    """Return a KPI; raises ConfigError with the nearest name for one that is not in the catalogue."""
    if name in BY_NAME:
        return BY_NAME[name]
    import difflib  # only wanted when somebody mistypes

    near = difflib.get_close_matches(name, BY_NAME, 1)
    way_out = f"did you mean {near[0]}?" if near else "galleria list kpis names them all"
    raise ConfigError.of("kpis", [Problem("name", repr(name), "is not a KPI of the catalogue", way_out)])


def as_records() -> list[dict[str, str]]:
    """Return the catalogue as plain records, for `galleria list kpis --json`."""
    return [
        {
            "name": kpi.name, "unit": kpi.unit, "direction": kpi.direction, "group": kpi.group,
            "label": kpi.label, "definition": kpi.definition, "unknown": kpi.unknown, "null_where": kpi.null_where,
            "several_days": how(kpi),
        }
        for kpi in KPIS
    ]  # fmt: skip


def as_markdown() -> str:
    """Return docs/reference/kpis.md; a test compares the file with it."""
    lines = [
        "# KPIs",
        "",
        "Names in `kpis.json` are fixed and flat. Units are in the name: fen is 0.01 yuan, a share lies between 0 and 1. A KPI that a run",
        "cannot know is `null`. In a run of several days each is the sum of the days' values, their mean, the largest or the last, as the column",
        "`several days` says; days that do not know it are left out. A mean weighted by what the KPI is a ratio to is the ratio of all days together",
        "(sales of all days / purchases of all days); a plain mean of the days counts a quiet day as much as a full one. What stands at the end of a day",
        "(goods left, points, members) is that of the last. All are computed from what truly happened; those of sensing hold what the mall's sensors saw against it.",
        "",
        "This page is written from `sim/reporting/kpi_catalogue.py`; a test holds the two together.",
    ]
    for group, title in GROUPS.items():
        lines += ["", f"## {title}", "", "| name | unit | better | several days | definition |", "|---|---|---|---|---|"]
        for kpi in KPIS:
            if kpi.group == group:
                why = f" Null: {kpi.unknown}." if kpi.unknown else f" Null where {kpi.null_where}." if kpi.null_where else ""
                lines.append(f"| `{kpi.name}` | {kpi.unit} | {kpi.direction} | {how(kpi)} | {kpi.definition}{why} |")
    return "\n".join(lines) + "\n"
