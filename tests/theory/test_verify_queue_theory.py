"""The closed forms that stations are held against, themselves held against published tables."""

from __future__ import annotations

import math

import pytest

from sim.verification.queue_theory import (
    class_waits,
    closed_numbers,
    deterministic_arrivals_wait,
    erlang_b,
    erlang_c,
    group_wait,
    jackson_numbers,
    markovian,
    pollaczek_khinchine_wait,
    shared_states,
    station_values,
)

# rate, service rate, servers, Erlang C, mean wait, mean number in line
MMC = [
    (0.5, 1, 1, 0.5, 1.0, 0.5),
    (0.8, 1, 1, 0.8, 4.0, 3.2),
    (1.6, 1, 2, 0.711111, 1.777778, 2.844444),
    (2.0, 1, 3, 0.444444, 0.444444, 0.888889),
    (8.0, 1, 10, 0.409180, 0.204590, 1.636721),
    (45.0, 1, 50, 0.363864, 0.072773, 3.274780),
    (95.0, 1, 100, 0.506457, 0.101291, 9.622680),
]
# rate, service rate, servers, theta, share that gives up, share that waits, mean number in line
ERLANG_A = [
    (1, 1, 1, 0.5, 0.313035, 0.686965, 0.626071),
    (0.8, 1, 1, 0.2, 0.181060, 0.655152, 0.724241),
    (2, 1, 1, 1.0, 0.567668, 0.864665, 1.135335),
    (12, 1, 10, 0.5, 0.195656, 0.850385, 4.695743),
    (50, 1, 50, 0.5, 0.046685, 0.601168, 4.668459),
    (100, 1, 100, 2.0, 0.046683, 0.429999, 2.334165),
]
# rate, service rate, servers, places in line, share turned away
MMCK = [
    (0.9, 1, 1, 4, 0.126023),
    (1, 1, 1, 4, 1 / 6),
    (2, 1, 1, 2, 8 / 15),
    (2, 1, 2, 2, 2 / 9),
    (4, 1, 3, 5, 0.279540),
    (1.2, 1, 1, 9, 0.192587),
]
ERLANG_B = [
    (1, 1, 0.5),
    (5, 3, 0.110054),
    (10, 8, 0.121661),
    (20, 20, 0.158892),
    (50, 45, 0.054104),
    (100, 90, 0.026957),
    (500, 480, 0.014326),
]


@pytest.mark.parametrize(("rate", "service_rate", "servers", "share", "wait", "queue"), MMC)
def test_erlang_c_and_the_birth_death_chain_give_the_tabled_waits(rate, service_rate, servers, share, wait, queue):
    values = markovian(rate, service_rate, servers, None, None)

    assert erlang_c(rate / service_rate, servers) == pytest.approx(share, rel=2e-6)
    assert values.wait_share == pytest.approx(share, rel=2e-6)
    assert values.wait_mean == pytest.approx(wait, rel=1e-5)
    assert values.queue_mean == pytest.approx(queue, rel=1e-5)


@pytest.mark.parametrize(("rate", "service_rate", "servers", "theta", "abandon", "wait_share", "queue"), ERLANG_A)
def test_erlang_a_gives_the_tabled_shares(rate, service_rate, servers, theta, abandon, wait_share, queue):
    values = markovian(rate, service_rate, servers, 1 / theta, None)

    assert values.abandon_share == pytest.approx(abandon, abs=1e-6)
    assert values.wait_share == pytest.approx(wait_share, abs=1e-6)
    assert values.queue_mean == pytest.approx(queue, abs=1e-6)
    assert values.abandon_share == pytest.approx(theta * values.wait_mean, rel=1e-12)


@pytest.mark.parametrize(("rate", "service_rate", "servers", "places", "blocked"), MMCK)
def test_a_finite_line_turns_away_the_tabled_share(rate, service_rate, servers, places, blocked):
    assert markovian(rate, service_rate, servers, None, places).blocked_share == pytest.approx(blocked, abs=1e-6)


@pytest.mark.parametrize(("servers", "offered", "blocked"), ERLANG_B)
def test_erlang_b_gives_the_tabled_loss_and_that_of_a_chain_without_a_line(servers, offered, blocked):
    assert erlang_b(offered, servers) == pytest.approx(blocked, abs=1e-6)
    assert markovian(offered, 1.0, servers, None, 0).blocked_share == pytest.approx(erlang_b(offered, servers), rel=1e-9)


@pytest.mark.parametrize(("scv", "wait"), [(0.0, 2.0), (0.25, 2.5), (0.5, 3.0), (0.64, 3.28), (1.0, 4.0), (4.0, 10.0)])
def test_pollaczek_and_khinchine_give_the_tabled_waits(scv, wait):
    assert pollaczek_khinchine_wait(0.8, 1.0, scv) == pytest.approx(wait, rel=1e-12)


@pytest.mark.parametrize(("rate", "servers"), [(1.0, 1), (1.2, 1), (3.0, 2)])
def test_no_steady_state_has_no_means(rate, servers):
    assert station_values(rate, 1.0, servers, True, 1.0, None, None).wait_mean is None


def test_a_line_of_many_servers_with_another_law_has_no_closed_form_here():
    assert station_values(2.0, 1.0, 3, False, 0.5, None, None).wait_mean is None


def test_the_chain_sums_to_what_it_should_at_high_load():
    values = markovian(0.999, 1.0, 1, None, None)

    assert values.wait_mean == pytest.approx(999.0, rel=1e-9)
    assert math.isfinite(values.queue_mean)


@pytest.mark.parametrize(
    ("rates", "waits", "in_all"),
    [
        ([0.2, 0.6], [1.0, 5.0], [1.25, 6.25]),
        ([0.3, 0.5], [1.142857, 5.714286], [1.428571, 7.142857]),
        ([0.2, 0.3, 0.3], [1.0, 2.0, 8.0], [1.25, 2.5, 10.0]),
    ],
)
def test_cobham_gives_the_tabled_waits_of_each_class_and_they_balance(rates, waits, in_all):
    plain = class_waits(rates, 1.0, 1, 1.0, preemptive=False, exponential=True)
    resumed = class_waits(rates, 1.0, 1, 1.0, preemptive=True, exponential=True)

    assert plain == pytest.approx(waits, rel=1e-6)
    assert [wait + 1 for wait in resumed] == pytest.approx(in_all, rel=1e-6)
    assert sum(rate * wait for rate, wait in zip(rates, plain, strict=True)) == pytest.approx(3.2)


def test_classes_of_deterministic_service_wait_as_tabled_and_a_class_beyond_capacity_has_no_mean():
    found = class_waits([0.3, 0.5], 1.0, 1, 0.0, preemptive=False, exponential=False)

    assert found == pytest.approx([0.571429, 2.857143], rel=1e-6)
    assert class_waits([0.5, 0.7], 1.0, 1, 1.0, preemptive=True, exponential=True)[1] is None
    assert class_waits([0.5, 0.7], 1.0, 2, 0.5, preemptive=False, exponential=False) == [None, None]


def test_regular_and_grouped_arrivals_wait_as_tabled():
    assert deterministic_arrivals_wait(0.8, 1.0) == pytest.approx(1.692731, abs=1e-6)
    assert group_wait(0.8, 1.0, 4) == pytest.approx(12.5 - 1.0)
    assert group_wait(0.8, 1.0, 1) == pytest.approx(4.0)


def test_a_shared_station_of_three_has_the_tabled_shares_of_time():
    assert shared_states(10, 12, 3, 5) == pytest.approx([0.432133, 0.360111, 0.150046, 0.041679, 0.011578], abs=1e-6)


def test_jacksons_network_a_tandem_and_mean_value_analysis_give_the_tabled_numbers():
    rates, present = jackson_numbers([1, 0.5, 0], [[0, 0.6, 0.2], [0.1, 0, 0.5], [0.2, 0, 0]], [3, 1.2, 1], [1, 2, 2])
    throughput, closed = closed_numbers(5, [0.5, 0.3, 0.2])

    assert rates == pytest.approx([1.309524, 1.285714, 0.904762], abs=1e-6)
    assert present == pytest.approx([0.774648, 1.502683, 1.137562], abs=1e-6)
    assert sum(jackson_numbers([0.7, 0], [[0, 1], [0, 0]], [1, 1.25], [1, 1])[1]) / 0.7 == pytest.approx(5.151515, abs=1e-6)
    assert throughput == pytest.approx(1.888889, abs=1e-6)
    assert closed == pytest.approx([3.304511, 1.118546, 0.576942], abs=1e-6)
