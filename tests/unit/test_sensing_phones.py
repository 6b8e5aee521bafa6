"""Followed phones: when they scan, what address they show, and rows that are taken again."""

from __future__ import annotations

import numpy as np
import pytest

from sim.config import RunConfig
from sim.sensing.identity.ids import address_of
from sim.sensing.positioning.phones import NO_SCAN_US, OFFSET_CLASSES, PhoneTable
from sim.visitors import Phones, Visitors, empty_visitors
from tests.phone_samples import phones_of

S = 1_000_000
MIN = 60 * S


def visitors_of(count: int, people: int = 2, first: int = 1) -> Visitors:
    found = empty_visitors(count)
    found.number[:] = first + np.arange(count)
    found.people[:] = people
    found.arrive_us[:] = 600 * MIN
    return found


def asked_always() -> RunConfig:
    """Return the defaults, but strangers are asked for in every window."""
    config = RunConfig()
    config.sensing.positioning.strangers_every_s = 1.0
    return config


def table(config: RunConfig | None = None) -> PhoneTable:
    return PhoneTable(config or asked_always(), 600 * MIN, 601 * MIN)


def admitted(count: int, config: RunConfig | None = None, **changes: np.ndarray) -> tuple[PhoneTable, Phones, np.ndarray]:
    phones = phones_of(visitors_of(count), wifi_on_share=1.0)._replace(**changes)
    found = table(config)
    return found, phones, found.admit(visitors_of(count), phones)[1]


def scans_of(found: PhoneTable, rows: np.ndarray, windows: int) -> list[np.ndarray]:
    """Return the last scans of each window, for each phone one array."""
    seen = []
    for _ in range(windows):
        seen.append(found.scan_us[rows].copy())
        found.begin_window(found.window_us[1] + MIN)
    return [column[column != NO_SCAN_US] for column in np.stack(seen, axis=1)]


def test_only_phones_with_wifi_on_are_followed():
    visitors = visitors_of(50)
    phones = phones_of(visitors, wifi_on_share=0.5)
    trackers, rows = table().admit(visitors, phones)
    on = phones.wifi_on == 1

    assert (rows[on] >= 0).all()
    assert (rows[~on] == -1).all()
    assert np.unique(rows[on]).size == on.sum()
    assert np.array_equal(trackers >= 0, np.bincount(phones.party[on], minlength=50) > 0)


def test_a_guests_phone_scans_at_its_interval():
    found, _, rows = admitted(30)
    found.associate(rows, 0)
    found.begin_window(602 * MIN)
    for scans in scans_of(found, rows, 20):
        assert scans.size == 20
        assert (np.diff(scans) == MIN).all()  # a minute is six intervals of 10 s


def test_an_interval_that_does_not_fit_the_window_is_kept_all_the_same():
    config = asked_always()
    config.sensing.phones.associated_scan_s = 7.0
    found, _, rows = admitted(30, config)
    found.associate(rows, 0)
    found.begin_window(602 * MIN)
    for scans in scans_of(found, rows, 20):
        assert (np.diff(scans) % (7 * S) == 0).all()
        assert (np.diff(scans) > 0).all()


def test_joining_in_the_middle_of_a_window_changes_its_scans_from_the_next_on():
    found, _, rows = admitted(30)
    before = found.scan_us[rows].copy()
    found.associate(rows, 600 * MIN + 30 * S)

    assert np.array_equal(found.scan_us[rows], before)
    assert not found.phones["is_associated"][rows].any()
    found.begin_window(602 * MIN)
    assert found.phones["is_associated"][rows].all()


@pytest.mark.compiled
def test_gaps_between_probes_have_the_configured_median_and_95th_percentile():
    """20,000 gaps: the bounds are five standard errors of each quantile; false once in a million."""
    config = asked_always()
    found = PhoneTable(config, 600 * MIN, 600 * MIN + S)
    visitors = visitors_of(200)
    rows = found.admit(visitors, phones_of(visitors, wifi_on_share=1.0))[1]
    seen = []
    for _ in range(8_000):
        seen.append(found.scan_us[rows].copy())
        found.begin_window(found.window_us[1] + S)  # windows so short that hardly any holds two bursts
    columns = np.stack(seen, axis=1)
    gaps_s = np.concatenate([np.diff(column[column != NO_SCAN_US]) for column in columns]) / S

    assert gaps_s.size > 20_000
    assert np.median(gaps_s) == pytest.approx(60.0, rel=5 * 0.0087)
    assert np.percentile(gaps_s, 95) == pytest.approx(300.0, rel=5 * 0.0147)


@pytest.mark.compiled
def test_probes_are_as_frequent_just_after_arrival_as_later():
    """2,000 phones over ten minutes each: counts differ by less than five of their standard errors; false once in a million."""
    found, _, rows = admitted(1_000)
    counts = np.zeros(30)
    for minute in range(30):
        counts[minute] = (found.scan_us[rows] != NO_SCAN_US).sum()
        found.begin_window(found.window_us[1] + MIN)
    early, late = counts[:10].mean(), counts[20:].mean()

    assert abs(early - late) < 5 * np.sqrt(2 * 2_000 * 0.25 / 10)


def test_a_dead_battery_scans_no_more():
    found, phones, rows = admitted(40)
    found.phones["dies_us"][rows] = 605 * MIN
    found.associate(rows[::2], 0)
    found.begin_window(602 * MIN)
    for scans in scans_of(found, rows, 30):
        assert (scans < 605 * MIN).all()
    assert phones.key.size == rows.size


def test_a_phone_shows_its_own_address_to_the_malls_wifi_and_a_new_one_at_each_burst_else():
    config = asked_always()
    config.sensing.phones.random_address_share = 1.0
    found, phones, rows = admitted(40, config)
    guests, others = rows[::2], rows[1::2]
    found.associate(guests, 0)
    shown: list[np.ndarray] = []
    for _ in range(30):
        found.begin_window(found.window_us[1] + MIN)
        assert np.array_equal(found.shown_addresses(guests), address_of(phones.key[::2]))
        scanned = found.scan_us[others] != NO_SCAN_US
        shown.append(found.shown_addresses(others[scanned]))
    addresses = np.concatenate(shown)

    assert addresses.min() > 0
    assert np.unique(addresses).size == addresses.size


def test_the_configured_share_of_phones_hides_its_address():
    """2,000 phones: within five standard errors; false once in a million."""
    found, _, rows = admitted(1_000)

    assert found.phones["hides_address"][rows].mean() == pytest.approx(0.9, abs=5 * np.sqrt(0.09 / 2_000))


@pytest.mark.compiled
def test_classes_of_offset_are_equally_frequent():
    """16,000 phones in eight classes: each count within five standard errors; false once in 200,000."""
    found, _, rows = admitted(8_000)
    counts = np.bincount(found.phones["offset_class"][rows], minlength=OFFSET_CLASSES)

    assert counts.size == OFFSET_CLASSES
    assert (np.abs(counts - 2_000) < 5 * np.sqrt(16_000 * 7 / 64)).all()


@pytest.mark.compiled
def test_rows_of_those_who_left_are_taken_again_once_the_window_is_over():
    found = table()
    size = found.phones.size
    for batch in range(40):
        visitors = visitors_of(400, first=1 + 400 * batch)
        found.admit(visitors, phones_of(visitors, wifi_on_share=1.0))
        found.release(visitors.number)
        found.begin_window(found.window_us[1] + MIN)

    assert found.followed == 0
    assert found.phones.size <= max(size, 2 * 800)


def test_nothing_that_a_phone_does_depends_on_its_row():
    config = asked_always()
    visitors = visitors_of(300, first=10_000)
    phones = phones_of(visitors, wifi_on_share=0.8)
    followed = phones.wifi_on == 1
    fresh, used = table(config), table(config)
    earlier = visitors_of(500)
    used.admit(earlier, phones_of(earlier, wifi_on_share=0.9))
    used.release(earlier.number[::3])
    used.begin_window(601 * MIN + 30 * S)
    used.window_us = fresh.window_us
    rows = [found.admit(visitors, phones)[1][followed] for found in (fresh, used)]
    for _ in range(10):
        assert np.array_equal(fresh.scan_us[rows[0]], used.scan_us[rows[1]])
        assert np.array_equal(fresh.shown_addresses(rows[0]), used.shown_addresses(rows[1]))
        for found in (fresh, used):
            found.begin_window(found.window_us[1] + MIN)
    assert not np.array_equal(*rows)


def test_strangers_are_asked_for_on_a_cadence_of_their_own_and_guests_always():
    config = RunConfig()
    config.sensing.positioning.strangers_every_s = 180.0
    config.sensing.phones.probe_s_p95 = config.sensing.phones.probe_s_median = 1.0
    found, _, rows = admitted(20, config)
    guests = rows[:10]
    found.associate(guests, 600 * MIN)
    seen = []
    for _ in range(12):
        found.begin_window(found.window_us[1] + MIN)
        seen.append(found.scan_us[rows] != NO_SCAN_US)

    assert np.all(np.array(seen)[1:, :10])
    assert np.array(seen)[:, 10:].all(axis=1).tolist() == [False, True, False] * 4
    assert not np.array(seen)[0::3, 10:].any()
