"""What the report and the tables say of messages and offers, from a few events by hand."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from sim.config import RunConfig
from sim.decisions_of_policies import Offer
from sim.events import EventKind
from sim.operations.policy_records import Sent
from sim.promos import Channel, Fate, Refused
from sim.reporting.event_schema import Columns
from sim.reporting.promos_files import messages_table, offers_table
from sim.reporting.topics.promos import TOPIC, Sums, bases, curves, values, words

pytestmark = pytest.mark.plain

PUSH, TILL = int(Channel.PUSH), int(Channel.TILL)
# Messages 0 and 1 are of "a" with offer 0, 2 of "b"; -2 is the trigger of "b" with offer 1. Offer 2 is a step that only opens another.
HAPPENED = (
    (EventKind.MESSAGE_READ, 10, PUSH, 8 * 1 + Fate.FOLLOWED), (EventKind.COUPON_CLAIMED, 10, 0, 0),
    (EventKind.MESSAGE_READ, 11, PUSH, 8 * 2 + Fate.UNOPENED), (EventKind.PUSH_TURNED_OFF, 11, PUSH, 1),
    (EventKind.MESSAGE_READ, 12, PUSH, 8 * 3 + Fate.UNREACHED),
    (EventKind.MESSAGE_READ, 12, TILL, 8 * -1 + Fate.CLAIMED), (EventKind.COUPON_CLAIMED, 12, 1, -2),
    (EventKind.COUPON_CLAIMED, 12, 2, -1), (EventKind.COUPON_USED, 12, 2, 0),
    (EventKind.COUPON_REFUSED, 12, 1, Refused.BELOW_THRESHOLD), (EventKind.COUPON_USED, 10, 0, 700), (EventKind.COUPON_RETURNED, 10, 0, 200),
)  # fmt: skip


def sums_of(happened=HAPPENED) -> Sums:
    kind, visit, place, value = (np.array(column, np.int64) for column in zip(*happened, strict=True))
    rows = Columns(
        np.arange(kind.size), kind.astype(np.int16), visit, np.ones(kind.size, np.int8), place.astype(np.int32), value
    )
    sums = Sums(None, None)  # type: ignore[arg-type]
    sums.take(rows, {each: np.flatnonzero(kind == each) for each in EventKind})
    return sums


def sent(policy: str, offer: str, first: int, people: list[int]) -> Sent:
    size = len(people)
    return Sent(
        5,
        policy,
        offer,
        Channel.PUSH,
        "",
        "at random",
        first,
        np.array(people),
        np.arange(size),
        np.full(size, 0.5),
        {},
        np.zeros(size, bool),
        np.arange(size),
    )


def books_of(policies=("a", "b")) -> Any:
    facts = {
        "offers": {"one": Offer("one", ("x", "y"), off_fen=700), "two": Offer("two", off_share=0.1), "step": Offer("step")},
        "owner": {"one": "a", "two": "b", "step": "b"},
        "used": {"one": (1, 1, 500), "two": (1, 0, 0), "step": (1, 1, 0)},
        "sent": [sent("a", "one", 0, [70, 71]), sent("b", "two", 2, [72])],
        "worthless": [False, False, True],
        "trigger_policies": ["b"],
        "beside_fen": 30,
        "owner_fen": 250,
    }
    return SimpleNamespace(config=RunConfig(policies=list(policies)), policies=facts)


def test_kpis_count_what_came_through_was_opened_taken_used_and_what_it_cost():
    found = values(sums_of(), books_of())

    assert found["push_sent"] == 3
    assert found["push_open_share"] == 1 / 3
    assert found["push_opt_out_share"] == 1 / 2  # the third party was not reached
    assert (found["coupons_issued"], found["coupons_redeemed"], found["coupon_redemption_share"]) == (2, 1, 1 / 2)
    assert (found["coupon_cost_fen"], found["policy_cost_fen"], found["policy_cost_owner_fen"]) == (500, 530, 250)
    assert bases(sums_of(), books_of()) == {"messages of the app": 3, "parties written to": 2, "coupons taken": 2}


def test_without_a_policy_nothing_is_known_and_nothing_is_said():
    books = books_of(())

    assert set(values(sums_of(), books).values()) == {None}
    assert curves(sums_of(), books) == {}
    assert words({}, {}) == []
    assert TOPIC.name == "promos"


def test_the_funnel_puts_messages_of_triggers_down_to_the_policy_that_laid_them_out():
    found = curves(sums_of(), books_of())

    assert found["policies"] == ["a", "b"]
    assert found["funnel"].tolist() == [[2, 2, 1, 1, 1], [2, 1, 1, 1, 0]]
    assert found["cost_fen"].tolist() == [500, 0]
    told = " ".join(words(values(sums_of(), books_of()), found))
    assert "a: 2 messages were sent, 2 came through, 1 were opened; 1 offers were taken and 1 used, which cost ¥5" in told
    assert "50.0 % of the parties that the app wrote to turned its messages off" in told
    assert "below threshold 1" in told


def test_tables_say_of_each_message_what_the_platform_sees_of_it():
    table = messages_table(books_of().policies, sums_of())

    assert table["number"].tolist() == [0, 1, 2]
    assert table["person"].tolist() == [70, 71, 72]
    assert table["policy"].tolist() == ["a", "a", "b"]
    assert table["was_opened"].tolist() == [True, False, False]
    assert table["was_taken"].tolist() == table["was_used"].tolist() == [True, False, False]
    offers = offers_table(books_of().policies)
    assert offers["units"] == ["x y", "", ""]
    assert offers["cost_fen"].tolist() == [500, 0, 0]
