"""Who the mall's systems believe its visitors to be: log-ins, apps, cards and payments, in the order in which they happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.config import RunConfig
from sim.events import EventLog
from sim.plan_arrays import CompiledPlan
from sim.random_streams import stream_key, uniforms
from sim.sensing.ids import IdKind, ids_of
from sim.sensing.ids import address_of as address_of
from sim.sensing.members import Channel, Members, is_held_out
from sim.sensing.observations import ObservedRows, observed, together
from sim.sensing.portal import funnel_of
from sim.sensing.roll_out import rolled_out
from sim.sensing.steps import PHONE, Step, Steps
from sim.sensing.stitching import Ends, IdentityGraph, Links
from sim.visitors import NEVER_US, App, Phones, Visitors

_NOBODY = np.zeros(0, np.int64), np.zeros(0, np.int64)


class Known(NamedTuple):
    """What an earlier run left: the columns of members.parquet and of identity_links.parquet, as `Identity.tables` gave them."""

    members: Mapping[str, np.ndarray]
    links: Mapping[str, np.ndarray]


class Identity:
    """The log-in page, the app, the chat card, the partner's pool and the tills, with the members and the profiles they make.

    Told of batches of visitors (`admit`) before they arrive and of events as they are logged (`take`). An answer at `now_us` holds
    what happened before that instant, provided that all events before it were taken.
    """

    def __init__(self, config: RunConfig, compiled: CompiledPlan, known: Known | None = None) -> None:
        """Begin the run's day, with nobody known or with what an earlier run left; raises ConfigError for a roll-out that starts on no day."""
        self._config = config
        self._identity = config.sensing.identity
        self._steps = Steps()
        self._before, self._graph = IdentityGraph(), IdentityGraph()  # as earlier days left it, and as it is
        if known is not None:
            self._before.take(known.links)
            self._graph.take(known.links)
        self._members = Members(config, known.members if known is not None else None)
        self._tills = np.array([f"till:{name}" for name in compiled.unit_ids], dtype=str)
        self._online = rolled_out(config, "tills", compiled.arrays.unit_key, self._identity.tills_online_share)
        self._reports: list[ObservedRows] = []
        self._joined: list[tuple[np.ndarray, np.ndarray]] = []  # phones and instants of associations not yet told
        self._seen = self._known_fen = self._tags = self._right_tags = 0
        self._last_payer = self._last_partner = np.zeros(0, PHONE)

    def admit(self, visitors: Visitors, phones: Phones, rows: np.ndarray) -> None:
        """Take the next batch; `rows` (int32, one per phone): its rows in the position platform, -1 where it is not followed."""
        address, number = address_of(phones.key), ids_of(IdKind.NUMBER, phones.key)
        funnel = funnel_of(self._config, phones, visitors.number[phones.party], self._before.knows(address))
        logged_in = (phones.is_member & phones.knows_network) == 1  # at a visit before the first day
        self._steps.admit(visitors, phones, rows, funnel, logged_in | self._before.are_one(address, number))

    def take(self, log: EventLog, first: int, end: int) -> None:
        """Sense the events of rows [first, end), each once, in order."""
        self._steps.take(log, first, end)

    def associated(self, now_us: int) -> tuple[np.ndarray, np.ndarray]:
        """Return (rows of the position platform, instants) of phones that joined the Wi-Fi since the last call and are still inside."""
        self._advance(now_us)
        phones, at_us = (np.concatenate(column) for column in zip(*self._joined, strict=True)) if self._joined else _NOBODY
        self._joined = []
        there = self._steps.phones[phones]
        still = (self._steps.visits["left_us"][there["visit"]] == NEVER_US) & (there["row"] >= 0)
        return there["row"][still], at_us[still]

    def read(self, now_us: int) -> ObservedRows:
        """Return what was observed since the last reading. Subjects are addresses, member numbers, accounts and card ids."""
        self._advance(now_us)
        found = together([*self._reports, observed(now_us, "portal", "seen", 0, self._seen)])
        self._reports, self._seen = [], 0
        return found

    def profile_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the profile number (int64) of each address or other id; -1: unknown, anonymous, or its owner does not agree to be followed.

        Numbers stay while the run lasts, but of two profiles that turn out to be one person's the earlier number remains.
        """
        return self._graph.profile_of(ids)

    def is_held_out(self, members: np.ndarray) -> np.ndarray:
        """Return which member numbers no policy may address."""
        return is_held_out(self._config, members)

    def tables(self) -> Known:
        """Return what the next day begins with: the columns of members.parquet and identity_links.parquet."""
        self._advance(NEVER_US)
        return Known(self._members.columns(), self._graph.columns())

    def summary(self) -> dict[str, float | int | None]:
        """Return the KPIs of identity; shares of nothing are None."""
        self._advance(NEVER_US)
        visits, steps = self._steps.visits, self._steps
        arrived = max(steps.arrived, 1)
        return {
            "wifi_connect_share": float(visits["connected"].sum() / arrived) if steps.arrived else None,
            "portal_member_share": float(visits["logged_in"].sum() / arrived) if steps.arrived else None,
            **self._members.summary(),
            **self._graph.measures(),
            "sales_known_share": self._known_fen / steps.sold_fen if steps.sold_fen else None,
            "partner_tags": self._tags,
            "partner_tags_right_share": self._right_tags / self._tags if self._tags else None,
        }

    def _advance(self, now_us: int) -> None:
        """Let everything happen that is due before an instant."""
        due = self._steps.due(now_us)
        if not due.size:
            return
        links = Links()
        for step, happen in (
            (Step.CONNECTED, self._connect), (Step.COMPLETED, self._complete), (Step.APP_OPENED, self._open),
            (Step.APP_ON_WIFI, self._open_on_wifi), (Step.PAID, self._pay), (Step.PARKING_PAID, self._pay_parking),
        ):  # fmt: skip
            steps = due[due["kind"] == step]
            if steps.size:
                happen(steps, self._steps.phones[steps["phone"]], links)
        self._seen += int(due["value"][due["kind"] == Step.SEEN].sum())
        self._graph.link(*links.in_order())

    def _connect(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        time_us, address = steps["time_us"], address_of(phones["key"])
        self._steps.visits["connected"][phones["visit"]] = True
        self._joined.append((steps["phone"], time_us))
        self._report(time_us, "portal", "connected", address)
        opens = ~phones["by_itself"] & self._identity.portal
        self._report(time_us[opens], "portal", "opened", address[opens])
        card = phones["has_card"]
        chat = ids_of(IdKind.CHAT, phones["key"])
        self._report(time_us[card], "card", "shown", chat[card])
        links.add(steps[card], _ends(IdKind.ADDRESS, phones[card]), _ends(IdKind.CHAT, phones[card]))
        only_card = card & ~phones["is_member"]
        self._members.see(chat[only_card], Channel.CARD, App.NONE, phones["consents"][only_card])
        known = phones["recognised"]
        links.add(steps[known], _ends(IdKind.ADDRESS, phones[known]), _ends(IdKind.NUMBER, phones[known]))
        self._see(steps, phones, known)
        self._recognise(steps, phones, links)

    def _recognise(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        """Tag the partner's customers on the Wi-Fi with what the partner knows of them; a wrong tag is that of the customer before."""
        wrong_share, tagged = self._identity.tag_error_share, phones["is_partner_customer"] & self._identity.partner_shared
        steps, phones = steps[tagged], phones[tagged]
        is_wrong = uniforms(stream_key(self._config.seed, "wrong tag"), phones["key"], 0) < wrong_share
        whose, self._last_partner = _shifted(phones, is_wrong, self._last_partner)
        self._report(steps["time_us"], "partner", "recognised", ids_of(IdKind.PARTNER, whose["key"]))
        links.add(steps, _ends(IdKind.ADDRESS, phones), _ends(IdKind.PARTNER, whose))
        self._tags += phones.size
        self._right_tags += int((whose["key"] == phones["key"]).sum())

    def _complete(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        time_us, address, number = steps["time_us"], address_of(phones["key"]), ids_of(IdKind.NUMBER, phones["key"])
        is_new = phones["joins"] & ~phones["is_member"] & ~self._members.is_in(number, time_us)
        is_false = phones["is_false"] & is_new
        invented = ids_of(IdKind.FALSE_NUMBER, phones["number"] ^ phones["ordinal"])
        number = np.where(is_false, invented, number)
        first = np.zeros(steps.size, bool)
        first[np.unique(number, return_index=True)[1]] = True  # of several log-ins under one number the earliest
        is_new &= first
        self._steps.visits["logged_in"][phones["visit"]] = True
        if self._identity.one_time_code:
            self._report(time_us, "portal", "code", number)
        self._report(time_us, "portal", "completed", address, number)
        self._report(time_us[is_new], "member", "joined", number[is_new])
        self._members.join(number[is_new], time_us[is_new], phones["consents"][is_new], is_false[is_new])
        self._see(steps, phones, ~is_false)
        for who, kind in ((~is_false, IdKind.NUMBER), (is_false, IdKind.FALSE_NUMBER)):
            links.add(steps[who], _ends(IdKind.ADDRESS, phones[who]), _ends(kind, phones[who])._replace(id=number[who]))

    def _open(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        number = ids_of(IdKind.NUMBER, phones["key"])
        for kind, used in (("opened", slice(None)), ("navigation", phones["navigates"]), ("booking", phones["uses_booking"])):
            self._report(steps["time_us"][used], "app", kind, number[used])
        links.add(steps, _ends(IdKind.NUMBER, phones), _ends(IdKind.APP, phones))
        self._see(steps, phones, phones["is_member"])

    def _open_on_wifi(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        links.add(steps, _ends(IdKind.ADDRESS, phones), _ends(IdKind.APP, phones))

    def _pay(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        """Let tills that are online report who paid, where the account is linked to a membership."""
        is_member = phones["is_member"] | self._members.is_in(ids_of(IdKind.NUMBER, phones["key"]), steps["time_us"])
        linked = phones["pays_linked"] & is_member & self._online[steps["place"]]
        steps, phones = steps[linked], phones[linked]
        account = ids_of(IdKind.PAYMENT, phones["key"])
        self._reports.append(observed(steps["time_us"], self._tills[steps["place"]], "paid", account, steps["value"]))
        links.add(steps, _ends(IdKind.PAYMENT, phones), _ends(IdKind.NUMBER, phones))
        self._see(steps, phones, np.ones(steps.size, bool))
        self._known_fen += int(steps["value"].sum())

    def _pay_parking(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        """Link the plate with the app that pays for it, or by mistake with the app that paid just before."""
        self._report(steps["time_us"], "app", "parking", ids_of(IdKind.NUMBER, phones["key"]))
        draw = uniforms(stream_key(self._config.seed, "wrong plate"), phones["number"], 0)
        whose, self._last_payer = _shifted(phones, draw >= self._identity.plate_match_share, self._last_payer)
        links.add(steps, _ends(IdKind.PLATE, phones)._replace(id=phones["plate"]), _ends(IdKind.APP, whose))

    def _see(self, steps: np.ndarray, phones: np.ndarray, who: np.ndarray) -> None:
        """Note the members among `who` as seen today under their numbers."""
        number = ids_of(IdKind.NUMBER, phones["key"])
        who = who & (phones["is_member"] | self._members.is_in(number, steps["time_us"]))
        channel = np.where(phones["app"] == App.NONE, Channel.PORTAL, Channel.APP)
        self._members.see(number[who], channel[who], phones["app"][who], phones["consents"][who])

    def _report(self, time_us: np.ndarray, sensor: str, kind: str, subject: np.ndarray, value: np.ndarray | int = 0) -> None:
        if time_us.size:
            self._reports.append(observed(time_us, sensor, kind, subject, value))


def _ends(kind: IdKind, phones: np.ndarray) -> Ends:
    """Return the ids of one kind of these phones' owners, as ends of links."""
    return Ends(ids_of(kind, phones["key"]), np.full(phones.size, kind, np.int8), phones["key"], phones["consents"])


def _shifted(phones: np.ndarray, is_wrong: np.ndarray, last: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return whom each phone is taken for: itself, or by mistake the one before it in time; and the last one, for the next call.

    `last` is the phone before the first, empty at the start of the day, when nobody can be mistaken for another.
    """
    queue = np.concatenate([last, phones]) if last.size else np.concatenate([phones[:1], phones])
    return np.where(is_wrong, queue[:-1], phones), queue[-1:] if phones.size else last
