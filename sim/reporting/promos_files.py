"""Offers and messages of a run as tables: their terms, what was observed of them, and why they were sent."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from sim.decisions_of_policies import Offer
from sim.events import EventKind
from sim.ledger.accounts import OPERATOR, OUTSIDE, POINTS_ISSUED, TransferReason
from sim.promos import Channel, Fate
from sim.reporting.points_books import Moved
from sim.reporting.recorder import Recorder
from sim.reporting.topics.promos import Sums

CENTI = 100  # centi-points of a point
OWN_REASONS = range(90, 110)  # of transfers that only policies cause


def told_of_policies(facts: dict[str, Any], recorder: Recorder, moved: Moved, face_fen: int) -> dict[str, Any]:
    """Return what policies did with what they cost beside offers; keep their offers and messages in files."""
    keep_offers(recorder, facts)
    return facts | {"beside_fen": beside_offers_fen(moved, face_fen), "owner_fen": borne_by_owner_fen(moved, face_fen)}


def keep_offers(recorder: Recorder, facts: dict[str, Any]) -> None:
    """Keep offers.parquet and messages.parquet, where there were any; not at level `none`."""
    if recorder.level == "none" or not facts:
        return
    if facts["offers"]:
        recorder.keep_table("offers.parquet", offers_table(facts))
    if facts["sent"]:
        sums = recorder.sums.topics["promos"]
        assert isinstance(sums, Sums)
        recorder.keep_table("messages.parquet", messages_table(facts, sums))


def beside_offers_fen(moved: Moved, face_fen: int) -> int:
    """Return what policies cost beside offers: points on the house at their face, and what left the mall for reasons of their own."""
    own = [TransferReason.POLICY_COST, *OWN_REASONS]
    points_centi = int(moved.out_of[POINTS_ISSUED, TransferReason.POINTS_GIVEN])
    return points_centi * face_fen // CENTI + int(moved.into[OUTSIDE, own].sum())


def borne_by_owner_fen(moved: Moved, face_fen: int) -> int:
    """Return what the mall's owner paid for the policies less what they brought it in fees; below zero where fees are higher."""
    own = [TransferReason.OFFER_FUNDED, TransferReason.OFFER_RETURNED, TransferReason.POLICY_COST, *OWN_REASONS]
    points_centi = int(moved.out_of[POINTS_ISSUED, TransferReason.POINTS_GIVEN])
    return points_centi * face_fen // CENTI + int(moved.out_of[OPERATOR, own].sum() - moved.into[OPERATOR, own].sum())


def offers_table(facts: dict[str, Any]) -> dict[str, Any]:
    """Return a row for each offer in the order in which they were made: number, policy, terms, claims, uses and cost."""
    offers: list[Offer] = list(facts["offers"].values())
    used = np.array([facts["used"][offer.name] for offer in offers], np.int64)
    terms: dict[str, Any] = {
        field.name: [_plain(getattr(offer, field.name)) for offer in offers] for field in dataclasses.fields(Offer)
    }
    return {
        "number": np.arange(len(offers)), "policy": [facts["owner"][offer.name] for offer in offers], **terms,
        "claims": used[:, 0], "uses": used[:, 1], "cost_fen": used[:, 2],
    }  # fmt: skip


def _plain(value: Any) -> Any:
    return " ".join(value) if isinstance(value, tuple) else value


def messages_table(facts: dict[str, Any], sums: Sums) -> dict[str, Any]:
    """Return a row for each message that a policy decided to send to somebody, whether or not it got there, as the platform knows it."""
    sent = facts["sent"]
    sizes = [each.people.size for each in sent]
    number = np.concatenate([each.first + np.arange(each.people.size) for each in sent])
    read = sums.read()
    fate = np.full(int(number.max(initial=-1)) + 1, Fate.UNREACHED, np.int64)
    fate[read.number[read.number >= 0]] = read.fate[read.number >= 0]
    claimed, used = np.zeros(fate.size, bool), np.zeros(fate.size, bool)
    for found, numbers in ((claimed, sums.of(EventKind.COUPON_CLAIMED)[2]), (used, sums.message_of_use())):
        found[numbers[(numbers >= 0) & (numbers < fate.size)]] = True

    def of_each(values: list[Any]) -> Any:
        return np.repeat(np.array(values), sizes)

    return {
        "number": number,
        "time_us": of_each([each.time_us for each in sent]),
        "policy": of_each([each.policy for each in sent]),
        "offer": of_each([each.offer for each in sent]),
        "channel": of_each([Channel(each.channel).name.lower() for each in sent]),
        "unit": of_each([each.unit for each in sent]),
        "because": of_each([each.because for each in sent]),
        "person": np.concatenate([each.people for each in sent]),
        "propensity": np.concatenate([each.propensity for each in sent]),
        "was_opened": fate[number] >= Fate.OPENED,
        "was_taken": claimed[number],
        "was_used": used[number],
    }
