"""Ties from afar: leaflets in letter boxes (row B11), followers of the mall's account (row C13), subscriptions (row C14)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from agents.policies.at_home import AtHome, addressable, features_of, interest_in, sends
from agents.policies.home_news import MESSAGES
from agents.policies.policy import Tools, name_of
from sim.decisions_of_home import HomeDecision, Invite, OfferAtHome, Print, SendHome, ShowCode
from sim.decisions_of_policies import Offer
from sim.home import HomeSays, HomeWay, Members

WEEK = 7


class Leaflets(AtHome):
    """Prints leaflets with an offer of one store, every so many days: for households near by, or for members who seem to want its kind."""

    name: ClassVar[str] = "leaflets"

    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Print them; targeted ones go to members' addresses, those first who seem to want the store most."""
        settings = self.settings
        if not self.is_due(tools, settings.every_days) or settings.pieces <= 0 or settings.off_share <= 0:
            return []
        unit = settings.unit or max(zip(tools.public.area_m2.tolist(), tools.public.unit_ids, strict=True))[1]
        offer = Offer(name_of(self.name, tools.day.date.isoformat()), (unit,), off_share=settings.off_share)
        fen_each = round(100 * settings.yuan_each)
        if not settings.is_targeted:
            printed = Print(offer.name, fen_each, households=settings.pieces, within_km=settings.within_km)
            return [OfferAtHome(offer, settings.life_days), printed]
        places = addressable(members, int(HomeWay.POST))
        if unit not in tools.public.unit_ids or not places.size:
            return []
        wants = interest_in(members, places, tools.public.unit_ids.index(unit))
        near = np.where(members.km[places] <= settings.within_km, 0, 1)
        first = np.lexsort((members.person[places], -wants, near))[: settings.pieces]
        return [OfferAtHome(offer, settings.life_days), Print(offer.name, fen_each, members.person[np.sort(places[first])])]


class SocialFollowers(AtHome):
    """Shows whoever has paid the code of the mall's account, and tells its followers what is on, so many times a week."""

    name: ClassVar[str] = "social_followers"

    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Post when a post is due: evenly over the week."""
        settings = self.settings
        if settings.posts_per_week <= 0:
            return []
        today = tools.day.date.toordinal()
        posts = int(np.floor((today + 1) * settings.posts_per_week / WEEK) - np.floor(today * settings.posts_per_week / WEEK))
        places = addressable(members, int(HomeWay.FOLLOWS))
        found: list[HomeDecision] = [ShowCode()]
        units = tools.public.unit_ids
        for post in range(posts):
            unit = units[(today * max(posts, 1) + post) % len(units)]
            ones = np.ones(places.size)
            features = features_of(members, places)
            found += sends(
                members,
                places,
                ones,
                (HomeWay.FOLLOWS,),
                features,
                says=HomeSays.PROGRAMME,
                units=(unit,),
                because=f"post {post}",
            )
        return found


class Subscriptions(AtHome):
    """Asks people once of what they would like to hear; tells subscribers of that, once a week, and all or some of the others of anything."""

    name: ClassVar[str] = "subscriptions"

    def at_home(self, members: Members, tools: Tools) -> Sequence[HomeDecision]:
        """Invite on the first day, send once a week."""
        settings = self.settings
        found: list[HomeDecision] = []
        asked: np.ndarray = self.memory.setdefault("asked", np.zeros(0, np.int64))
        places = addressable(members, int(HomeWay.PUSH | HomeWay.CHAT))
        if settings.invited_share > 0:
            fresh = places[~np.isin(members.person[places], asked)]
            self.memory["asked"] = np.concatenate([asked, members.person[fresh]])
            fresh = fresh[tools.uniforms("invited", members.person[fresh]) < settings.invited_share]
            found += [Invite(members.person[fresh])] if fresh.size else []
        if tools.day.date.weekday() != settings.weekday:
            return found
        mine = places[members.subscribed[places] >= 0]
        for kind in np.unique(members.subscribed[mine]).tolist():
            named = _named(tools, members, kind)
            about = mine[members.subscribed[mine] == kind]
            found += _told(members, about, named, 1.0, True)
        others = places[members.subscribed[places] < 0]
        others = others[tools.uniforms("pushed", members.person[others]) < settings.push_share]
        unit = tools.public.unit_ids[tools.day.date.toordinal() // WEEK % len(tools.public.unit_ids)]
        return [*found, *_told(members, others, (unit,), settings.push_share, False)]


def _named(tools: Tools, members: Members, kind: int) -> tuple[str, ...]:
    """Return the store of a class whose turn it is this week."""
    units = np.flatnonzero(members.class_of_unit == kind)
    week = tools.day.date.toordinal() // WEEK
    return (tools.public.unit_ids[int(units[week % units.size])],) if units.size else ()


def _told(members: Members, places: np.ndarray, units: tuple[str, ...], share: float, asked: bool) -> list[SendHome]:
    found = sends(
        members, places, np.full(places.size, share), MESSAGES, features_of(members, places), says=HomeSays.PROGRAMME, units=units,
        asked=asked, because="asked for" if asked else "push",
    )  # fmt: skip
    return [each for each in found if isinstance(each, SendHome)]
