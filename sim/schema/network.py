"""The typed schema of many malls: which they are, who visits several, and what is settled between them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from sim.errors import Problem
from sim.known import known

MALLS_MOST = 2000
_JUDGED = "engineering judgement"


@dataclass
class SiteConfig:
    """Malls of a network that have a plan in common."""

    plan: str = ""  # a template from `galleria list floorplans` or a plan of one's own; empty: the run's floorplan
    count: int = 1  # malls of this kind
    visits_per_day: float = 0.0  # of each of them on an average day; 0: population.visits_per_day, or by `share`
    share: float = 0.0  # of network.visits_per_day, that these malls have together
    seed_offset: int = 0  # added to a mall's number where its draws get their address


@dataclass
class MembersPathConfig:
    """How a nation's visitors become members: numbers of the model, fed by the funnel of simulated days where there are any."""

    visitors_distinct: float = known(
        55e6,
        "people who visit any of the malls at all",
        1e3,
        2e9,
        source="5.6 million visitor-days a day, 3.1-3.4 visits a month (ICSC)",
        tag="D",
        confidence="L",
    )
    visitor_days_per_day: float = known(
        5.6e6,
        "visits by people on an average day, over all malls",
        1e3,
        1e9,
        source="140 plazas and 20 resorts with 35,000 each; Wanda: 1.5 billion a year in 100 plazas",
        tag="D",
        confidence="M",
    )
    portal_share: float = known(
        0.06,
        "share of visitor-days on which a stranger completes the portal",
        0,
        1,
        source="Ghose, Li & Liu 2019: at most 5.96 %",
        tag="D",
    )
    join_share: float = known(
        0.30,
        "share of those who complete it who become members",
        0,
        1,
        source="vendor's guide: 0.10, with a good design 0.30",
        tag="V",
        confidence="L",
    )
    visits_cv: float = known(
        1.0,
        "sd / mean of how often people come, gamma",
        0.05,
        5,
        source="heavy-tailed visit counts: the top tenth makes two fifths",
        tag="D",
        confidence="L",
    )
    growth_per_year: float = known(
        0.05, "growth of visitors and visitor-days, new malls included", -0.5, 3, source=_JUDGED, confidence="L"
    )
    turnover_per_year: float = known(
        0.10, "share of the visitors who move away in a year, others in their place", 0, 1, source=_JUDGED, confidence="L"
    )
    off_site_per_day: float = known(0.0, "members a day who join elsewhere: in the app, at partners, by referral", 0, 1e7)
    at_start: float = known(0.0, "members on the first day", 0, 1e9)
    months: int = known(
        48,
        "months that are looked at",
        1,
        360,
        source="30 million in the first year, 100 million in the three after it (article S0)",
        tag="V",
        confidence="H",
    )


@dataclass
class NetworkConfig:
    """Many malls: which they are, who visits several, and what is settled between them."""

    malls: list[SiteConfig] = field(default_factory=list)  # kinds of malls; empty: `malls` times the run's own
    visits_per_day: float = known(
        0.0, "visits of all malls together on an average day, divided by each kind's share; 0: each kind says its own", 0, 1e9
    )
    only: int = known(
        -1, "live only the mall of this number, as it is in a network without common members; -1: all", -1, MALLS_MOST - 1
    )
    travel_share: float = known(
        0.02, "share of residents' visits that go to another mall of the network", 0, 1, source=_JUDGED, confidence="L"
    )
    travel_exponent: float = known(
        1.0,
        "the wish to go to a mall falls with its distance, in places along the ring of malls, to this power; 0: all alike",
        0,
        5,
        source=f"{_JUDGED}: Huff's 2 is among malls of one city",
        confidence="L",
    )
    latency_s_mean: float = known(
        2.0,
        "mean time until a mall's evening message reaches the clearing house, exponential; what comes after the opening waits a day",
        0,
        1e6,
        source=_JUDGED,
        confidence="L",
    )
    engine: str = known(
        "processes", "where malls live: processes of this machine, or a Ray cluster", choices=("processes", "ray")
    )
    address: str = known("", "address of the Ray cluster; empty: the one of this machine, started where there is none")
    reports: bool = known(True, "whether each mall has a report of its own too, where recording.report asks for reports")
    workers: int = known(0, "processes, or Ray actors; 0: one for each core. No effect on what happens", 0, 100_000)
    members: MembersPathConfig = field(default_factory=MembersPathConfig)


def is_network(malls: int, network: NetworkConfig) -> bool:
    """Say whether a run is of many malls."""
    return (malls > 1 or bool(network.malls)) and network.only < 0


def problems(network: NetworkConfig, malls: int, days: int) -> Iterator[Problem]:
    """Yield what cannot be a network, although each value by itself could be."""
    total = sum(max(site.count, 0) for site in network.malls) if network.malls else malls
    for index, site in enumerate(network.malls):
        place = f"network.malls[{index}]"
        for name, low in (("count", 1), ("visits_per_day", 0), ("share", 0)):
            value = getattr(site, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not value >= low:
                yield Problem(
                    f"{place}.{name}", str(value), f"must be a number of at least {low}", "correct it, or leave it out"
                )
                return
    if network.malls and malls not in (1, total):
        yield Problem("malls", str(malls), f"network.malls lists {total}", "leave one of the two out")
    if total > MALLS_MOST:
        yield Problem("network.malls", f"{total} malls", f"must be at most {MALLS_MOST}", "list fewer")
    if total >= 1 and network.only >= total:
        yield Problem("network.only", str(network.only), f"there are malls 0 to {total - 1}", "choose one of them")
    shares = [site.share for site in network.malls]
    if any(shares) and abs(sum(shares) - 1) > 1e-6:
        yield Problem(
            "network.malls",
            f"shares add up to {sum(shares):g}",
            "must add up to 1",
            "change them, or give visits_per_day instead",
        )
    if any(shares) and network.visits_per_day <= 0:
        yield Problem(
            "network.visits_per_day",
            f"{network.visits_per_day:g}",
            "the malls' shares are shares of it",
            "give the visits of all malls together",
        )
