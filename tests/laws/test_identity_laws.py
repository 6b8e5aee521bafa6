"""What the mall makes of its visitors: shares come out, consent is kept, nobody joins twice, and how often one asks changes nothing."""

from __future__ import annotations

import sys
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import norm

sys.path.insert(0, str(Path(__file__).parents[1]))
from identity_day import STREET, TRADES, Day, configured, lived, visitors_of

from sim.categories import CATEGORIES
from sim.errors import ConfigError
from sim.random_streams import uniforms
from sim.sensing.identity.identity import Identity, address_of
from sim.sensing.identity.ids import IdKind, Numbering, ids_of
from sim.sensing.identity.members import growth_of, is_held_out, members_after
from sim.sensing.identity.portal import by_hand_share, completion_share
from sim.sensing.identity.stitching import Ends, IdentityGraph
from sim.sensing.observations import ObservedRows
from sim.sensing.roll_out import roll_out_progress, rolled_out
from sim.units import US_PER_HOUR, US_PER_MIN

pytestmark = pytest.mark.plain
BAND = norm.isf(0.5e-5)  # two-sided false alarm 1 in 100,000 per share
NEXT_DAY = "2026-11-22"


@cache
def everyday() -> Day:
    return lived(configured(), visits=20_000)


@cache
def small(**identity) -> Day:
    return lived(configured(**identity))


def within(found: float, share: float, count: int) -> bool:
    return abs(found - share) < BAND * np.sqrt(share * (1 - share) / count)


def switched(on: int) -> np.ndarray:
    """Return four access points, some of them on."""
    return (np.arange(4) < on).astype(np.int8)


def without_seen(rows: ObservedRows) -> list[np.ndarray]:
    """Return the rows but for the sums at each reading."""
    return [column[rows.kind != "seen"] for column in rows]


def test_how_often_one_asks_changes_nothing():
    """Identity reads its visitors and the log only: every array it is given is locked against writing."""
    config = configured(partner_shared=True, plate_match_share=0.5)
    rare = lived(config, every_min=240, batch_min=240)
    often = lived(config, every_min=5, batch_min=60, tick_min=1)

    for one, other in zip(without_seen(rare.rows), without_seen(often.rows), strict=True):
        assert np.array_equal(one, other)
    assert rare.identity.summary() == often.identity.summary()
    ids = np.concatenate([ids_of(kind, rare.phones.key) for kind in IdKind])
    assert np.array_equal(rare.identity.profile_of(ids), often.identity.profile_of(ids))
    assert sum(rare.rows_of("portal", "seen").value) == sum(often.rows_of("portal", "seen").value)
    for one, other in zip(rare.identity.tables(), often.identity.tables(), strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one)


def test_whom_an_address_leads_to_is_known_when_its_phone_is_announced():
    """Members who joined the network before their first visit of today, asked for every minute, hours before the reading."""
    day = lived(configured(), every_min=240, batch_min=60, tick_min=1)
    rows, at_us = day.associated
    phones = day.identity._steps.phones[np.argsort(day.identity._steps.phones["row"], kind="stable")]
    phones = phones[phones["row"] >= 0]
    announced = phones[np.searchsorted(phones["row"], rows)]

    recognised = announced["recognised"] & announced["consents"]
    assert recognised.sum() > 10
    assert (day.profiles[recognised] >= 0).all()
    refused = announced["recognised"] & ~announced["consents"]
    assert (day.profiles[refused] == -1).all()
    connected = day.rows_of("portal", "connected")
    assert np.isin(announced["address"], connected.subject).all()
    assert np.isin(at_us, connected.time_us).all()


def test_the_portal_has_its_share_of_visits():
    """Binomial over 20,000 visits of a Saturday; false alarm 1 in 100,000. Short visits leave some log-ins unfinished: under 1 in 20."""
    found = everyday().identity.summary()
    share = everyday().identity._identity.portal_share

    low, high = (bound * share for bound in (0.95, 1.0))
    slack = BAND * np.sqrt(share / 20_000)
    assert low - slack < found["portal_member_share"] < high + slack


def test_those_who_log_in_are_among_those_who_connect_and_wait_for_the_form():
    day = everyday()
    connected, completed = day.rows_of("portal", "connected"), day.rows_of("portal", "completed")

    assert np.isin(completed.subject, connected.subject).all()
    order = np.argsort(connected.subject, kind="stable")
    first = order[np.searchsorted(connected.subject[order], completed.subject)]
    assert (completed.time_us - connected.time_us[first] >= 30_000_000).all()
    assert day.rows_of("portal", "code").time_us.size == completed.time_us.size
    assert (day.associated[0] >= 0).all()
    assert np.unique(day.associated[0]).size == day.associated[0].size


def test_half_of_the_access_points_connect_half_of_those_who_would_and_none_nobody():
    """Binomial over the phones that all access points together connect; false alarm 1 in 100,000."""
    whole, half, none = (small() if on == 4 else lived(configured(), is_on=switched(on)) for on in (4, 2, 0))
    connected, completed = ([day.rows_of("portal", kind) for day in (whole, half, none)] for kind in ("connected", "completed"))

    assert within(connected[1].time_us.size / connected[0].time_us.size, 0.5, connected[0].time_us.size)
    for rows in (connected, completed):
        assert np.isin(rows[1].time_us, rows[0].time_us).all()
        assert rows[1].time_us.size > 20
        assert rows[2].time_us.size == 0
    assert np.isin(completed[1].subject, connected[1].subject).all()
    seen = [day.rows_of("portal", "seen").value.sum() for day in (whole, half, none)]
    assert seen[0] > seen[1] > seen[2] == 0
    assert none.associated[0].size == none.rows_of("member", "joined").time_us.size == 0
    assert none.identity.summary()["wifi_connect_share"] == none.identity.summary()["portal_member_share"] == 0


def test_a_plan_that_draws_no_access_points_has_a_network_that_works():
    for is_on in (np.zeros(0, np.int8), switched(4)):
        for one, other in zip(small().rows, lived(configured(), is_on=is_on).rows, strict=True):
            assert np.array_equal(one, other)


def test_while_the_wifi_is_down_nobody_connects_or_logs_in_and_before_and_after_everybody_does():
    down_us, up_us = 14 * US_PER_HOUR, 15 * US_PER_HOUR
    is_on = switched(4)

    def switch(now_us: int) -> None:
        is_on[:] = not down_us <= now_us < up_us

    whole, day = lived(configured(), tick_min=1), lived(configured(), tick_min=1, is_on=is_on, switch=switch)
    for kind in ("connected", "completed"):
        as_ever, found = (each.rows_of("portal", kind).time_us for each in (whole, day))
        assert not ((found >= down_us) & (found < up_us)).any()
        outside = (as_ever < down_us) | (as_ever >= up_us + 5 * US_PER_MIN)  # whom it has failed in between do not come back
        assert np.array_equal(as_ever[outside], found[(found < down_us) | (found >= up_us + 5 * US_PER_MIN)])
        assert outside.sum() < as_ever.size


def test_a_mall_without_a_network_connects_nobody_who_was_on_it_at_an_earlier_visit():
    config = configured()
    config.catchment.residents = 300
    kept = lived(config).identity.tables()
    later = configured(date=NEXT_DAY, portal=False, portal_share=0.0)
    later.catchment.residents = 300
    day = lived(later, known=kept)

    assert np.isin(address_of(day.phones.key), kept.links["id_a"]).any()
    assert day.rows_of("portal", "connected").time_us.size == day.associated[0].size == 0
    assert day.rows_of("app", "opened").time_us.size > 0


def test_who_joins_consents_and_lies_has_its_share():
    """Binomials of one day's log-ins by people who were no members; false alarm 1 in 100,000 each."""
    day, identity = everyday(), everyday().identity._identity
    members = day.identity.tables().members
    joined = members["joined"] != ""

    newcomers = day.rows_of("portal", "completed").time_us.size * (1 - day.identity._config.digital.member_share)
    assert within(joined.sum() / newcomers, identity.join_share, int(newcomers))
    assert within(members["is_false"][joined].mean(), identity.false_registration_share, int(joined.sum()))
    assert within(members["consents"].mean(), identity.consent_share, joined.size)


def test_nobody_is_followed_against_their_will():
    day = everyday()
    refuses = day.identity._steps.phones["key"][~day.identity._steps.phones["consents"]]

    assert refuses.size > 1000
    for kind in IdKind:
        assert (day.identity.profile_of(ids_of(kind, refuses)) == -1).all()
    assert (day.identity.profile_of(address_of(day.phones.key)) >= 0).any()


def test_an_address_without_a_log_in_is_nobodys():
    day = lived(configured(portal=False, tills_online_share=0.0))
    bare = (day.phones.has_card == 0) & (day.phones.is_member == 0)

    assert day.rows_of("portal", "connected").time_us.size > 100
    assert day.rows_of("portal", "opened").time_us.size == 0
    assert day.rows_of("portal", "completed").time_us.size == 0
    assert (day.identity.profile_of(address_of(day.phones.key[bare])) == -1).all()
    assert day.identity.summary()["members_new"] == 0


def test_no_resident_stands_in_what_is_observed():
    day, links = everyday(), everyday().identity.tables().links
    residents = np.unique(day.phones.resident)

    for ids in (
        day.rows.subject[day.rows.subject != 0],
        day.rows_of("portal", "completed").value,
        links["id_a"],
        links["id_b"],
    ):
        assert not np.isin(ids, residents).any()
        assert not np.isin(ids, day.phones.key).any()
    assert not any("resident" in name or "person" in name for table in day.identity.tables() for name in table)


def test_what_a_dead_phone_or_a_party_that_has_gone_would_do_is_not_done():
    day = everyday()
    steps = day.identity._steps
    dies_us = {int(key): 0 for key in day.phones.key}
    for key, at_us in zip(day.phones.key, day.phones.dies_us, strict=True):
        dies_us[int(key)] = max(dies_us[int(key)], int(at_us))
    key_of = dict(zip(address_of(day.phones.key).tolist(), day.phones.key.tolist(), strict=True))

    connected = day.rows_of("portal", "connected")
    assert all(
        at_us < dies_us[key_of[subject]]
        for at_us, subject in zip(connected.time_us.tolist(), connected.subject.tolist(), strict=True)
    )
    last_left = {key_of[address]: 0 for address in key_of}
    for key, visit in zip(day.phones.key.tolist(), day.phones.party.tolist(), strict=True):
        last_left[key] = max(last_left[key], int(steps.visits["left_us"][visit]))
    assert all(
        at_us <= last_left[key_of[subject]]
        for at_us, subject in zip(connected.time_us.tolist(), connected.subject.tolist(), strict=True)
    )
    gone = lived(configured(), visitors=visitors_of(configured(), 500)._replace(stay_s=np.full(500, 5.0)))
    assert gone.rows_of("portal", "connected").time_us.size == 0
    assert gone.associated[0].size == 0


def test_a_member_of_yesterday_is_one_today_and_nobody_joins_twice():
    config = configured()
    config.catchment.residents = 300  # so that many come again
    today = lived(config)
    kept = today.identity.tables()
    tomorrow_config = configured(date=NEXT_DAY)
    tomorrow_config.catchment.residents = 300
    tomorrow, fresh = (lived(tomorrow_config, known=known) for known in (kept, None))

    first, second = today.identity.summary(), tomorrow.identity.summary()
    members = tomorrow.identity.tables().members
    assert np.isin(kept.members["member"], members["member"]).all()
    assert second["members_total"] == first["members_total"] + second["members_new"]
    assert np.unique(members["member"]).size == members["member"].size
    at = np.searchsorted(members["member"], kept.members["member"])
    assert np.array_equal(members["joined"][at], kept.members["joined"])
    again = np.isin(tomorrow.rows_of("member", "joined").subject, kept.members["member"])
    assert not again.any()
    assert np.isin(fresh.rows_of("member", "joined").subject, kept.members["member"]).any()
    assert (members["last_seen"] >= members["joined"]).all()
    assert second["wifi_connect_share"] > fresh.identity.summary()["wifi_connect_share"]  # phones remember the network


def test_who_logs_in_twice_joins_however_time_is_cut():
    """People who come some forty times a day, of whom half join, many with false data; one review of the whole day against many."""
    config = configured(join_share=0.5, false_registration_share=0.4, portal_share=0.5, complete_share=0.6)
    config.catchment.residents = 100
    once, often = (lived(config, every_min=minutes, batch_min=960) for minutes in (960, 5))

    joined = once.rows_of("member", "joined")
    honest = ids_of(IdKind.NUMBER, once.phones.key)
    assert np.isin(joined.subject, honest).sum() > 20
    assert np.unique(joined.subject).size == joined.subject.size
    completed = once.rows_of("portal", "completed")
    by_number = [completed.time_us[completed.value == number].min() for number in joined.subject]
    assert (joined.time_us > by_number).any()  # a log-in without joining came before
    for one, other in zip(without_seen(once.rows), without_seen(often.rows), strict=True):
        assert np.array_equal(one, other)
    assert once.identity.summary() == often.identity.summary()
    for one, other in zip(once.identity.tables(), often.identity.tables(), strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one)


def test_a_run_that_continues_from_nothing_equals_one_without():
    empty = Identity(configured(), STREET).tables()

    assert len(empty.members["member"]) == 0
    continued = lived(configured(), known=empty)
    assert continued.identity.summary() == small().identity.summary()
    for one, other in zip(continued.rows, small().rows, strict=True):
        assert np.array_equal(one, other)


def test_what_one_run_leaves_another_takes_whole():
    kept = small(partner_shared=True).identity.tables()
    taken = Identity(configured(partner_shared=True), STREET, kept)

    for one, other in zip(kept, taken.tables(), strict=True):
        assert all(np.array_equal(one[name], other[name]) for name in one)
    pairs = [kept.links[name] for name in ("id_a", "id_b")]
    profiles = [taken.profile_of(ids) for ids in pairs]
    both = (profiles[0] >= 0) & (profiles[1] >= 0)
    assert both.any()
    assert np.array_equal(profiles[0][both], profiles[1][both])


def test_a_membership_that_needs_a_payment_account_has_no_false_members_and_fewer():
    free, bound = everyday().identity.summary(), lived(configured(payment_link_required=True), visits=20_000).identity.summary()

    assert free["false_members_share"] > 0
    assert bound["false_members_share"] == 0
    assert 0 < bound["members_new"] < 0.6 * free["members_new"]


def test_a_longer_form_loses_those_who_began_and_a_tap_wins_them():
    shares = [completion_share(configured(form_fields=fields).sensing.identity) for fields in (0, 1, 2, 4)]

    assert shares[0] == pytest.approx(0.58)
    assert shares[1] == pytest.approx(0.31)
    assert shares[2] == pytest.approx(0.31 * 0.9)
    assert shares[3] == pytest.approx(0.31 * 0.9**3)
    assert completion_share(configured(one_time_code=False).sensing.identity) > shares[1]
    assert by_hand_share(configured(portal_share=0.0).sensing.identity) == pytest.approx(0.0, abs=1e-9)
    assert by_hand_share(configured(portal_share=1.0).sensing.identity) == 1.0


def test_linked_ids_are_one_profile_and_mistakes_alone_join_two_people():
    right = lived(configured(plate_match_share=1.0), visits=20_000).identity.summary()
    wrong = lived(configured(plate_match_share=0.0), visits=20_000).identity.summary()

    assert right["wrong_profiles_share"] == 0
    assert wrong["wrong_profiles_share"] > 0
    assert 0 < right["duplicate_profiles_share"] < 0.05


def test_people_known_twice_and_profiles_of_several_people_are_counted_as_defined():
    graph = IdentityGraph()

    def ends(kind: IdKind, *owners: tuple[int, int]) -> Ends:
        ids, people = (np.array(column) for column in zip(*owners, strict=True))
        return Ends(ids, np.full(ids.size, kind, np.int8), people, np.ones(ids.size, bool))

    graph.link(ends(IdKind.ADDRESS, (1, 7), (2, 8), (3, 9)), ends(IdKind.NUMBER, (11, 7), (12, 7), (11, 7)))

    assert graph.measures() == {"duplicate_profiles_share": 1.0, "wrong_profiles_share": 1.0}
    graph.link(ends(IdKind.ADDRESS, (4, 10), (5, 20)), ends(IdKind.APP, (14, 10), (15, 20)))
    assert graph.measures() == {"duplicate_profiles_share": pytest.approx(1 / 3), "wrong_profiles_share": 0.5}
    graph.link(ends(IdKind.ADDRESS, (6, 30)), ends(IdKind.PLATE, (16, 31)))  # nobody's account: no profile
    assert graph.measures() == {"duplicate_profiles_share": pytest.approx(1 / 3), "wrong_profiles_share": 0.5}


def test_a_partners_tags_are_as_wrong_as_said_and_reach_more_people():
    """Binomial over the tags; false alarm 1 in 100,000 (the first of a day has nobody to be mistaken for)."""
    alone, shared = small(), small(partner_shared=True)
    found = shared.identity.summary()

    assert alone.identity.summary()["partner_tags"] == 0
    assert within(1 - found["partner_tags_right_share"], 0.25, found["partner_tags"])
    tagged = shared.rows_of("partner", "recognised")
    assert {CATEGORIES[trade] for trade in np.unique(tagged.value)} == set(TRADES)
    reached = [(day.identity.profile_of(address_of(day.phones.key)) >= 0).sum() for day in (alone, shared)]
    assert reached[1] > reached[0]


def test_sales_are_known_where_a_till_tells_who_paid_and_they_may_be_followed():
    day = everyday()
    found = day.identity.summary()
    habits, identity = day.identity._config.digital, day.identity._identity

    expected = habits.member_share * habits.pays_linked_share * identity.tills_online_share * identity.consent_share
    assert found["sales_known_share"] == pytest.approx(expected, rel=0.2)
    paid = day.rows.kind == "paid"
    followed = paid & (day.identity.profile_of(day.rows.subject) >= 0)
    assert followed.sum() < paid.sum()  # some of those who paid do not agree to be followed
    assert found["sales_known_share"] == day.rows.value[followed].sum() / day.log.value[day.log.kind == 40].sum()
    assert np.isin(day.rows.subject[paid], ids_of(IdKind.PAYMENT, day.phones.key)).all()


def test_the_roll_out_turns_tills_on_one_by_one_and_none_off():
    keys = np.arange(2000)
    earlier = np.zeros(keys.size, bool)
    progress = []
    for date in ("2026-06-30", "2026-07-01", "2026-08-15", "2026-09-29", "2026-12-31"):
        config = configured(date=date, roll_out_starts="2026-07-01", roll_out_days=180.0)
        on = rolled_out(config, "tills", keys, 0.8)
        progress.append(roll_out_progress(config))
        assert within(on.mean(), 0.8 * progress[-1], keys.size) or not progress[-1]
        assert (on | ~earlier).all()
        earlier = on

    assert progress == [0, 0, 0.25, 0.5, 1]
    assert rolled_out(configured(), "tills", keys, 1.0).all()
    assert lived(configured(roll_out_starts="2027-01-01"), visits=500).identity.summary()["sales_known_share"] == 0


def test_a_roll_out_that_starts_on_no_day_is_refused():
    with pytest.raises(ConfigError, match=r"sensing.identity.roll_out_starts: must be a day of the calendar"):
        Identity(configured(roll_out_starts="soon"), STREET)


def test_the_held_out_are_the_same_on_every_day():
    """Binomial over 20,000 numbers; false alarm 1 in 100,000."""
    numbers = ids_of(IdKind.NUMBER, np.arange(20_000))

    held = is_held_out(configured(), numbers)
    assert within(held.mean(), 0.1, held.size)
    assert np.array_equal(held, is_held_out(configured(date=NEXT_DAY), numbers))
    assert not is_held_out(configured(holdout_share=0.0), numbers).any()


def test_a_group_grows_until_everybody_has_joined():
    days = growth_of(300.0, members=100_000.0, residents=700_000.0)

    assert members_after(days[100e6], 300.0, 100_000.0, 700_000.0) * 160 == pytest.approx(100e6)
    assert days[30e6] < days[100e6]
    assert growth_of(300.0, 100_000.0, 600_000.0)[100e6] is None
    assert growth_of(0.0, 100_000.0, 700_000.0)[30e6] is None
    assert growth_of(300.0, 200_000.0, 700_000.0)[30e6] == 0.0
    assert members_after(1.0, 300.0, 100_000.0, 700_000.0) == pytest.approx(100_300, rel=1e-6)
    assert members_after(9.0, 300.0, 700_000.0, 700_000.0) == 700_000


def test_a_day_on_which_nobody_comes_has_no_shares():
    found = lived(configured(), visits=0).identity.summary()

    assert found["wifi_connect_share"] is None
    assert found["sales_known_share"] is None
    assert found["members_new"] == 0


def test_ids_are_numbered_as_they_first_appear():
    numbering = Numbering()

    assert numbering.add(np.array([50, 30, 50, 90])).tolist() == [0, 1, 0, 2]
    assert numbering.add(np.array([90, 10, 30])).tolist() == [2, 3, 1]
    assert numbering.find(np.array([10, 20])).tolist() == [3, -1]


def test_an_address_is_one_number_for_arrays_and_single_phones():
    keys = (uniforms(np.uint64(1), np.arange(100), 0) * 2**62).astype(np.int64)

    assert [int(address_of(int(key))) for key in keys] == address_of(keys).tolist()
    assert (address_of(keys) > 0).all()
    assert np.unique(np.concatenate([ids_of(kind, keys) for kind in IdKind])).size == 100 * len(IdKind)
