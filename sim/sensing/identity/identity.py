"""Who the mall's systems believe its visitors to be: log-ins, apps, cards and payments, in the order in which they happen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np

from sim.categories import CATEGORIES
from sim.config import RunConfig
from sim.events import EventLog
from sim.plan_arrays import CompiledPlan
from sim.promos import Reach
from sim.random_streams import stream_key, uniforms
from sim.sensing.identity.ids import IdKind, ids_of
from sim.sensing.identity.ids import address_of as address_of
from sim.sensing.identity.members import Channel, Members, is_held_out
from sim.sensing.identity.portal import funnel_of, reaches_network
from sim.sensing.identity.reports import Reports
from sim.sensing.identity.steps import ID_COLUMNS, ON_WIFI, STEP, Step, Steps
from sim.sensing.identity.stitching import Ends, IdentityGraph, Links, Mistaken
from sim.sensing.observations import ObservedRows
from sim.sensing.roll_out import rolled_out
from sim.visitors import NEVER_US, App, Phones, Visitors


class Known(NamedTuple):
    """What an earlier run left: the columns of members.parquet and of identity_links.parquet, as `Identity.tables` gave them."""

    members: Mapping[str, np.ndarray]
    links: Mapping[str, np.ndarray]


class Identity:
    """The log-in page, the app, the chat card, the partner's pool and the tills, with the members and the profiles they make.

    Told of batches of visitors (`admit`) before they arrive and of events as they are logged (`take`). An answer at `now_us` holds
    what happened before that instant, provided that all events before it were taken.
    """

    def __init__(
        self, config: RunConfig, compiled: CompiledPlan, known: Known | None = None, is_on: np.ndarray | None = None
    ) -> None:
        """Begin the run's day, with nobody known or with what an earlier run left; raises ConfigError for a roll-out that starts on no day.

        `is_on` (int8) switches the plan's access points: a phone connects and logs in by those that are on when Identity is next asked.
        None or empty: the mall's Wi-Fi is not drawn in the plan, and works.
        """
        self._config = config
        self._identity = config.sensing.identity
        self._is_on = np.zeros(0, np.int8) if is_on is None else is_on
        self._steps = Steps(rolled_out(config, "tills", compiled.arrays.unit_key, self._identity.tills_online_share))
        self._before, self._graph = IdentityGraph(), IdentityGraph()  # as earlier days left it, and as it is
        if known is not None:
            self._before.take(known.links)
            self._graph.take(known.links)
        self._trades_cdf = _trades_cdf(config, compiled.tenant_categories)
        self._members = Members(config, known.members if known is not None else None)
        self._reports = Reports(compiled.unit_ids)
        self._met: list[np.ndarray] = []  # steps in which members were recognised, not yet noted in their table
        self._showed_card: list[np.ndarray] = []  # and others the card
        self._connected: list[np.ndarray] = []  # steps in which phones joined the Wi-Fi, not yet asked for
        self._seen = self._known_fen = self._tags = self._right_tags = 0
        self._payers, self._customers = Mistaken(), Mistaken()

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
        """Return (rows of the position platform, instants) of phones that joined the Wi-Fi since the last call and are still inside.

        Whom their addresses lead to is known by then (`profile_of`); what is observed waits for the next reading.
        """
        self._advance(now_us)
        connected = np.concatenate([np.zeros(0, STEP), *self._connected])
        self._connected = []
        return self._steps.followed(connected)

    def read(self, now_us: int) -> ObservedRows:
        """Return what was observed since the last reading. Subjects are addresses, member numbers, accounts and card ids."""
        self._advance(now_us)
        self._see()
        seen, self._seen = self._seen, 0
        return self._reports.read(now_us, seen)

    def profile_of(self, ids: np.ndarray) -> np.ndarray:
        """Return the profile number (int64) of each address or other id; -1: unknown, anonymous, or its owner does not agree to be followed.

        As of the last call of `read` or `associated`. Numbers stay while the run lasts, but of two profiles that turn out to be one person's the earlier number remains.
        """
        return self._graph.profile_of(ids)

    def inside(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
        """Return of each known person of whom something was heard on this visit: number, whether it is a member, promos.Reach, visit.

        In order of number; of two visits at once the earlier one. The visit's number is for those who deliver, never for those who decide.
        """
        phones = self._steps.phones_inside()
        ids = np.where(phones["uses_app"], phones["app_id"], phones["address"])
        person = self.profile_of(ids)
        person = np.where(person >= 0, person, self.profile_of(phones["address"]))
        known = np.flatnonzero(person >= 0)
        number, first = np.unique(person[known], return_index=True)
        mine = phones[known[first]]
        reach = (
            Reach.PUSH * (mine["app"] == App.PUSH)
            + Reach.APP * mine["uses_app"]
            + Reach.PORTAL * (mine["connects"] & mine["completes"])
            + Reach.CHAT * mine["has_card"]
            + Reach.LINKED * mine["pays_linked"]
        )
        return number, np.array(mine["is_member"]), reach.astype(np.int16), np.array(mine["number"])

    def id_of(self, profiles: np.ndarray) -> np.ndarray:
        """Return an id of each profile, under which a later run finds it again (`profile_of`)."""
        return self._graph.id_of(profiles)

    def is_held_out(self, members: np.ndarray) -> np.ndarray:
        """Return which member numbers no policy may address."""
        return is_held_out(self._config, members)

    def tables(self) -> Known:
        """Return what the next day begins with: the columns of members.parquet and identity_links.parquet."""
        self._finish()
        return Known(self._members.columns(), self._graph.columns())

    def summary(self) -> dict[str, float | int | None]:
        """Return the KPIs of identity; shares of nothing are None.

        `sales_known_share`: sales put down to the profile of somebody who agrees to be followed / sales, by amount. Shares of profiles:
        see `IdentityGraph.measures`.
        """
        self._finish()
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

    def _finish(self) -> None:
        """Let all that is still to come happen, and bring the members' table up to date."""
        self._advance(NEVER_US)
        self._see()

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
            if step in ON_WIFI:
                steps = self._on_wifi(steps)
            if steps.size:
                happen(steps, self._steps.phones[steps["phone"]], links)
        seen = due[due["kind"] == Step.SEEN]
        self._seen += int(seen["value"][reaches_network(self._config, self._steps.phones[seen["phone"]], self._is_on)].sum())
        self._graph.link(*links.in_order())

    def _on_wifi(self, steps: np.ndarray) -> np.ndarray:
        """Return those of some steps that can be done; a phone that the Wi-Fi has failed once in its visit does not come back to it."""
        phone = steps["phone"]
        self._steps.phones["connects"][phone] &= reaches_network(self._config, self._steps.phones[phone], self._is_on)
        return steps[self._steps.phones["connects"][phone]]

    def _connect(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        time_us, address = steps["time_us"], phones["address"]
        self._steps.visits["connected"][phones["visit"]] = True
        self._connected.append(steps)
        self._reports.add(time_us, "portal", "connected", address)
        opens = ~phones["by_itself"] & self._identity.portal
        self._reports.add(time_us[opens], "portal", "opened", address[opens])
        card, known = phones["has_card"], phones["recognised"]
        self._reports.add(time_us[card], "card", "shown", phones["chat"][card])
        links.add(steps[card], _ends("address", phones[card]), _ends("chat", phones[card]))
        self._showed_card.append(steps["phone"][card & ~phones["is_member"]])
        links.add(steps[known], _ends("address", phones[known]), _ends("member", phones[known]))
        self._met.append(steps[known])
        if self._identity.partner_shared:
            tagged = phones["is_partner_customer"]
            self._recognise(steps[tagged], phones[tagged], links)

    def _recognise(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        """Tag the partner's customers on the Wi-Fi with the trade they like best; a wrong tag is that of the customer before."""
        is_wrong = uniforms(stream_key(self._config.seed, "wrong tag"), phones["key"], 0) < self._identity.tag_error_share
        taken_for = self._steps.phones[self._customers.taken_for(steps["phone"], is_wrong)]
        trade = np.searchsorted(self._trades_cdf, taken_for["favourite"])
        self._reports.add(steps["time_us"], "partner", "recognised", taken_for["partner"], trade)
        links.add(steps, _ends("address", phones), _ends("partner", taken_for))
        self._tags += phones.size
        self._right_tags += int((taken_for["key"] == phones["key"]).sum())

    def _complete(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        time_us, member = steps["time_us"], phones["member"]
        wants = phones["joins"] & ~phones["is_member"] & ~self._members.is_in(member, time_us)
        honest = np.flatnonzero(wants & ~phones["is_false"])
        honest = honest[np.sort(np.unique(member[honest], return_index=True)[1])]  # who would join twice does so the first time
        self._join(steps[honest], phones[honest], member[honest], False)
        false = np.flatnonzero(wants & phones["is_false"] & ~self._members.is_in(member, time_us))
        number = member.copy()
        number[false] = ids_of(IdKind.FALSE_NUMBER, phones["number"][false] ^ phones["ordinal"][false])
        self._join(steps[false], phones[false], number[false], True)
        is_false = number != member
        self._steps.visits["logged_in"][phones["visit"]] = True
        if self._identity.one_time_code:
            self._reports.add(time_us, "portal", "code", number)
        self._reports.add(time_us, "portal", "completed", phones["address"], number)
        self._met.append(steps[~is_false])
        kinds = np.where(is_false, IdKind.FALSE_NUMBER, IdKind.NUMBER).astype(np.int8)
        links.add(steps, _ends("address", phones), _ends("member", phones)._replace(id=number, kind=kinds))

    def _join(self, steps: np.ndarray, phones: np.ndarray, numbers: np.ndarray, is_false: bool) -> None:
        if not steps.size:
            return
        self._reports.add(steps["time_us"], "member", "joined", numbers)
        self._members.join(numbers, steps["time_us"], phones["consents"], np.full(numbers.size, is_false))

    def _open(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        for kind, used in (("opened", slice(None)), ("navigation", phones["navigates"]), ("booking", phones["uses_booking"])):
            self._reports.add(steps["time_us"][used], "app", kind, phones["member"][used])
        links.add(steps, _ends("member", phones), _ends("app_id", phones))
        self._met.append(steps)

    def _open_on_wifi(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        links.add(steps, _ends("address", phones), _ends("app_id", phones))

    def _pay(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        """Let tills report who paid, where the account is linked to a membership."""
        is_member = phones["is_member"] | self._members.is_in(phones["member"], steps["time_us"])
        steps, phones = steps[is_member], phones[is_member]
        self._reports.add_paid(steps["time_us"], steps["place"], phones["payment"], steps["value"])
        links.add(steps, _ends("payment", phones), _ends("member", phones))
        self._met.append(steps)
        self._known_fen += int(steps["value"][phones["consents"]].sum())  # a profile takes only those

    def _pay_parking(self, steps: np.ndarray, phones: np.ndarray, links: Links) -> None:
        """Link the plate with the app that pays for it, or by mistake with the app that paid just before."""
        self._reports.add(steps["time_us"], "app", "parking", phones["member"])
        draw = uniforms(stream_key(self._config.seed, "wrong plate"), phones["number"], 0)
        is_wrong = draw >= self._identity.plate_match_share
        taken_for = self._steps.phones[self._payers.taken_for(steps["phone"], is_wrong)]
        plates = _ends("member", phones)._replace(id=phones["plate"], kind=np.full(phones.size, IdKind.PLATE, np.int8))
        links.add(steps, plates, _ends("app_id", taken_for))

    def _see(self) -> None:
        """Note the members met since the last time as seen today, under their numbers."""
        if self._met:
            steps = np.concatenate(self._met)
            phones = self._steps.phones[steps["phone"]]
            phones = phones[phones["is_member"] | self._members.is_in(phones["member"], steps["time_us"])]
            channel = np.where(phones["app"] == App.NONE, Channel.PORTAL, Channel.APP)
            self._members.see(phones["member"], channel, phones["app"], phones["consents"])
        if self._showed_card:
            phones = self._steps.phones[np.concatenate(self._showed_card)]
            self._members.see(phones["chat"], Channel.CARD, App.NONE, phones["consents"])
        self._met, self._showed_card = [], []


def _trades_cdf(config: RunConfig, present: tuple[str, ...]) -> np.ndarray:
    """Return the cumulated shares of the trades among people's needs, all but the last of them, in a mall with these trades."""
    shares = np.array([config.categories[name].need_share * (name in present) for name in CATEGORIES])
    return np.cumsum(shares[:-1]) / max(shares.sum(), 1e-300)


def _ends(name: str, phones: np.ndarray) -> Ends:
    """Return the ids in one column of phones (steps.PHONE), as ends of links."""
    return Ends(phones[name], np.full(phones.size, ID_COLUMNS[name], np.int8), phones["key"], phones["consents"])
