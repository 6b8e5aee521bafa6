"""Why a KPI moved between two days of the same seed: which visits differ, what differed first for each, and what that did to the KPI."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from enum import IntEnum
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np

from sim.events import Change, EventKind, Reason
from sim.experiments.additive import ADDITIVE, agrees, contributions, value_of
from sim.experiments.causes import Firsts, Parties, firsts_of
from sim.experiments.divergence import NOBODY, Difference, Nature, Pairs, difference_at, first_of, pair_events
from sim.experiments.event_words import CAUSE_WORDS, Cause, Touch, place_words
from sim.promos import FATE_SLOTS, Fate, Refused
from sim.reporting.events_file import Events
from sim.reporting.kpi_catalogue import BY_NAME

K = EventKind
LISTED = 5  # kinds of first differences, and places, that are named of each group
STEPS_BEFORE, STEPS = 6, 9  # of the example: what led to the KPI, and all
AFTERMATH = (
    K.PAID_BY, K.VISIT_JUDGED, K.WAIT_FELT, K.EFFORT_FELT, K.LIST_CLOSED, K.MEMBER_PAID, K.MEMBER_UNSEEN, K.POINTS_EARNED, K.RATED,
    K.FAMILY_LEFT,
)  # fmt: skip
TOUCH_NAMES = {Touch.DIRECT: "direct", Touch.INDIRECT: "indirect", Touch.UNKNOWN: "not told"}
NOBODYS = "nobody"
_CODES: dict[EventKind, tuple[type[IntEnum], int]] = {
    K.STORE_ENTERED: (Reason, 1 << 62), K.PLAN_CHANGED: (Change, 1 << 62), K.COUPON_REFUSED: (Refused, 1 << 62),
    K.MESSAGE_READ: (Fate, FATE_SLOTS),
}  # fmt: skip


class Days(NamedTuple):
    """Two days of the same seed, matched."""

    left: Events
    right: Events
    pairs: Pairs
    parties: Parties
    firsts: Firsts


def match(left: Events, right: Events) -> Days:
    """Match two days of the same seed."""
    pairs, parties = pair_events(left, right), Parties(left, right)
    return Days(left, right, pairs, parties, firsts_of(left, right, pairs, parties))


def explain(
    days: Days,
    name: str,
    kpis: tuple[Mapping[str, Any], Mapping[str, Any]],
    names: tuple[str, str] = ("the first", "the second"),
) -> dict[str, Any]:
    """Return why the KPI `name` differs between two days: what `comparison.json` holds under `why` (docs/how-to/tell-why-a-kpi-moved.md).

    `kpis` are the indicators of the runs, `names` what the days are called. The contributions of groups of visits sum to the KPI's difference;
    a KPI that does not add up over visits has none, and `note` says so.
    """
    left, right, pairs, parties, firsts = days
    code = (firsts.cause * 3 + firsts.more + 1) * (firsts.visit != NOBODY) - (firsts.visit == NOBODY)
    codes, group = np.unique(code, return_inverse=True)
    shares, note = _contributions(days, name, kpis, group, codes.size)
    first, visits = first_of(left, right, pairs), _visits(parties, left, right)
    groups = [_group(days, names, int(each), group == index, shares[index]) for index, each in enumerate(codes.tolist())]
    groups.sort(key=lambda each: (-each["visits"], each["words"]))
    difference = _difference(kpis, name)
    for each in groups:
        each["share"] = _share(each["contribution"], difference)
    return {
        "kpi": name,
        "unit": BY_NAME[name].unit if name in BY_NAME else "",
        "baseline": names[0],
        "arm": names[1],
        "baseline_value": kpis[0].get(name),
        "arm_value": kpis[1].get(name),
        "difference": difference,
        "note": note,
        "visits": visits,
        "visits_differ": int((firsts.visit != NOBODY).sum()),
        "visits_differ_in_time_only": int((firsts.is_late & (firsts.visit != NOBODY)).sum()),
        "events": int(pairs.nature.size),
        "events_differ": int(np.count_nonzero(pairs.nature)),
        "first": _record(first, names) if first else None,
        "groups": groups,
        "touches": _touches(groups, difference),
        "example": _example(days, names, name, group, shares) if not note and difference else None,
    }


def _visits(parties: Parties, left: Events, right: Events) -> int:
    numbers = np.unique(parties.of(np.concatenate([left.visit, right.visit])))
    return int((numbers != NOBODY).sum())


def _difference(kpis: tuple[Mapping[str, Any], Mapping[str, Any]], name: str) -> Any:
    first, second = kpis[0].get(name), kpis[1].get(name)
    return None if first is None or second is None else second - first


def _share(contribution: float | None, difference: float | None) -> float | None:
    return contribution / difference + 0.0 if contribution is not None and difference else None  # + 0.0: never -0.0


def _contributions(
    days: Days, name: str, kpis: tuple[Mapping[str, Any], Mapping[str, Any]], group: np.ndarray, groups: int
) -> tuple[Sequence[Fraction | None], str]:
    """Return what each group adds to the difference of the KPI, and why not, where it does not."""
    nothing: list[Fraction | None] = [None] * groups
    if name not in ADDITIVE:
        return nothing, f"{name} does not add up over visits, so that no visit has a part in it"
    kpi = ADDITIVE[name]
    if not all(
        agrees(value_of(kpi, events), found.get(name)) for events, found in zip((days.left, days.right), kpis, strict=True)
    ):
        return nothing, f"the events of these days do not add up to their {name}"
    rows = _groups_of(days, days.left, group, groups), _groups_of(days, days.right, group, groups)
    shares = contributions(kpi, days.left, days.right, *rows, groups + 1)
    if shares is None:
        return nothing, f"{name} is not known on one of the days"
    assert shares[groups] == 0, "visits that do not differ have no part in a difference"
    return shares[:groups], ""


def _groups_of(days: Days, events: Events, group: np.ndarray, groups: int) -> np.ndarray:
    """Return the group of each row of a log; `groups` for visits that do not differ."""
    visit, firsts = days.parties.of(events.visit), days.firsts
    if not firsts.visit.size:
        return np.full(visit.size, groups, np.int64)
    at = np.minimum(np.searchsorted(firsts.visit, visit), firsts.visit.size - 1)
    return np.where(firsts.visit[at] == visit, group[at], groups)


def _number(exact: Fraction | None) -> int | float | None:
    return None if exact is None else int(exact) if exact.denominator == 1 else float(exact)


def _group(days: Days, names: tuple[str, str], code: int, is_in: np.ndarray, part: Fraction | None) -> dict[str, Any]:
    """Return what is said of one group of visits."""
    left, right, pairs, _, firsts = days
    slots = firsts.slot[is_in]
    earliest = slots[np.argmin(pairs.time_us[slots])]
    about = {"contribution": _number(part), "first": _record(difference_at(left, right, pairs, int(earliest)), names)}
    counted = {"kinds": _kinds(days, slots), "places": _places(days, slots)}
    if code < 0:
        words = "what happens to no visit was different"
        return {"cause": NOBODYS, "touch": NOBODYS, "words": words, "visits": 0, "visits_in_time_only": 0, **about, **counted}
    cause, more = Cause(code // 3), code % 3 - 1
    touch, *words_of = CAUSE_WORDS[cause]
    return {
        "cause": cause.name.lower(),
        "touch": TOUCH_NAMES[touch],
        "words": words_of[{1: 0, -1: 1, 0: 2}[more]],
        "visits": int(is_in.sum()),
        "visits_in_time_only": int(firsts.is_late[is_in].sum()),
        **about,
        **counted,
    }


def _kinds(days: Days, slots: np.ndarray) -> list[dict[str, Any]]:
    """Return the most frequent kinds of first differences: kind, how it differs, and the reason that the event gives."""
    left, right, pairs, *_ = days
    counted: Counter[tuple[str, str, str]] = Counter()
    for slot in slots.tolist():
        events, row = (right, pairs.right[slot]) if pairs.right[slot] >= 0 else (left, pairs.left[slot])
        kind, reason = EventKind(int(pairs.kind[slot])), ""
        if kind in _CODES:
            codes, size = _CODES[kind]
            value = int(events.value[row]) % size
            reason = codes(value).name.lower() if value in set(codes) else ""
        counted[kind.name, Nature(int(pairs.nature[slot])).name.lower(), reason] += 1
    ordered = sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:LISTED]
    return [{"kind": kind, "differs": nature, "reason": reason, "visits": count} for (kind, nature, reason), count in ordered]


def _places(days: Days, slots: np.ndarray) -> list[dict[str, Any]]:
    """Return where most first differences are: on the second day, else on the first."""
    left, right, pairs, *_ = days
    counted = Counter(
        place_words(right, int(pairs.right[slot])) if pairs.right[slot] >= 0 else place_words(left, int(pairs.left[slot]))
        for slot in slots.tolist()
    )
    return [
        {"place": place, "visits": count}
        for place, count in sorted(counted.items(), key=lambda item: (-item[1], item[0]))[:LISTED]
    ]


def _record(found: Difference, names: tuple[str, str]) -> dict[str, Any]:
    return {
        "time_us": found.time_us, "visit": found.visit, "kind": found.kind.name, "baseline": found.left, "arm": found.right,
        "words": found.as_words(*names),
    }  # fmt: skip


def _touches(groups: Sequence[Mapping[str, Any]], difference: float | None) -> list[dict[str, Any]]:
    """Return how many visits the change has reached itself, and how many through others, with their parts of the difference."""
    found = []
    for touch in (*TOUCH_NAMES.values(), NOBODYS):
        mine = [each for each in groups if each["touch"] == touch]
        known = [each["contribution"] for each in mine if each["contribution"] is not None]
        exact = all(isinstance(each, int) for each in known)
        part = (sum(known) if exact else math.fsum(known)) if len(known) == len(mine) else None
        if mine:
            visits = sum(each["visits"] for each in mine)
            found.append({"touch": touch, "visits": visits, "contribution": part, "share": _share(part, difference)})
    return found


def _example(
    days: Days, names: tuple[str, str], name: str, group: np.ndarray, shares: Sequence[Fraction | None]
) -> dict[str, Any] | None:
    """Return the visit with the largest part in the difference among the group with the largest, and what happened to it step by step."""
    left, right, pairs, parties, firsts = days
    largest = max(range(len(shares)), key=lambda index: (abs(shares[index] or 0), -index), default=None)
    if largest is None or not shares[largest]:
        return None
    members = np.flatnonzero((group == largest) & (firsts.visit != NOBODY))
    if not members.size:
        return None
    alone = np.full(group.size, members.size, np.int64)
    alone[members] = np.arange(members.size)
    rows = _groups_of(days, left, alone, members.size), _groups_of(days, right, alone, members.size)
    parts = contributions(ADDITIVE[name], left, right, *rows, members.size + 1)
    assert parts is not None
    sign = 1 if (shares[largest] or 0) > 0 else -1
    chosen = max(range(members.size), key=lambda index: (sign * parts[index], -index))
    visit, first = int(firsts.visit[members[chosen]]), int(firsts.slot[members[chosen]])
    slots = np.flatnonzero((parties.of(pairs.visit) == visit) & (pairs.nature > Nature.TIME))
    shown = _steps(pairs, slots, first, [each.kind for each in (*ADDITIVE[name].part, *ADDITIVE[name].whole)])
    steps = [_record(difference_at(left, right, pairs, int(slot)), names) for slot in shown]
    return {"visit": visit, "contribution": _number(parts[chosen]), "steps": steps}


def _steps(pairs: Pairs, slots: np.ndarray, first: int, counting: Sequence[EventKind]) -> list[int]:
    """Return the slots that tell how a visit came from its first difference to the KPI, in order of time, without what follows from them."""
    ordered = slots[np.lexsort((pairs.kind[slots], pairs.step[slots], pairs.time_us[slots]))]
    counts = np.isin(pairs.kind[ordered], counting)
    telling = ordered[counts | ~np.isin(pairs.kind[ordered], AFTERMATH)].tolist()
    rest = [slot for slot in telling if slot != first]
    of_kpi = set(ordered[counts].tolist())
    return [first, *rest[: STEPS_BEFORE - 1], *(slot for slot in rest[STEPS_BEFORE - 1 :] if slot in of_kpi)][:STEPS]
