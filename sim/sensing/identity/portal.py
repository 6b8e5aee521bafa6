"""The way onto the mall's Wi-Fi: who connects, gets through the log-in page, agrees to be followed, and joins."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import brentq
from scipy.special import gammaln

from sim.config import RunConfig
from sim.config_sensing import DigitalConfig, IdentityConfig
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_S
from sim.visitors import Phones

CONNECT_S, FORM_S, OPEN_S = 30.0, 60.0, 60.0  # to join the network, fill in the form, open the app; engineering judgement
FIELD_LOSS = 0.1  # of those who began, for each field beyond the first
ONE_TAP_GAIN = 0.58 / 0.31  # completion of a log-in without a field against one of one field (vendor case, parameters table)
CODE_LOSS = 0.1  # of those who began: a code is one thing more to type, as a field is; engineering judgement
NO_CODE_FALSE = 2.0  # false data pass twice as often where no code proves the number; engineering judgement
PEOPLE_MAX = 6  # of a party


class Funnel(NamedTuple):
    """What each phone of a batch does once its party is in; booleans, and delays after the arrival in microseconds."""

    by_itself: np.ndarray  # it has been on the network before
    connects: np.ndarray
    completes: np.ndarray
    consents: np.ndarray  # its owner agrees to be followed, whatever the way they became known
    joins: np.ndarray  # wants to become a member, and may
    is_false: np.ndarray  # with false data
    connect_us: np.ndarray  # int64
    form_us: np.ndarray  # int64
    open_us: np.ndarray  # int64 until the app is opened, by those who use it


def funnel_of(config: RunConfig, phones: Phones, numbers: np.ndarray, was_here: np.ndarray) -> Funnel:
    """Return what the phones do. `numbers`: their visits' numbers; `was_here`: the mall knows their address from an earlier day.

    Steps are nested in `willing`: who joins has completed, who completes has connected. Where a membership needs a payment
    account, those who pay by none that they would link (pays_linked) do not join, and no false data pass. A mall without a page where
    nobody connects anew either (portal false, portal_share 0) has no network: no phone joins one that it knows.
    """
    identity = config.sensing.identity
    by_itself = ((phones.knows_network == 1) | was_here) & (identity.portal or identity.portal_share > 0)
    by_hand = by_hand_share(identity)
    completed = by_hand * completion_share(identity) * identity.portal
    first_time = (phones.wifi_on == 1) & ~by_itself
    joins = first_time & (phones.willing < completed * identity.join_share)
    false_share = min(1.0, identity.false_registration_share * (1.0 if identity.one_time_code else NO_CODE_FALSE))
    is_false = joins & (uniforms(stream_key(config.seed, "false registration"), numbers, phones.ordinal) < false_share)
    if identity.payment_link_required:
        joins, is_false = joins & (phones.pays_linked == 1) & ~is_false, np.zeros_like(is_false)
    return Funnel(
        by_itself=by_itself,
        connects=(phones.wifi_on == 1) & (by_itself | (phones.willing < by_hand)),
        completes=first_time & (phones.willing < completed),
        consents=uniforms(stream_key(config.seed, "consent"), phones.key, 0) < identity.consent_share,
        joins=joins,
        is_false=is_false,
        connect_us=_delays_us(config.seed, "time to connect", CONNECT_S, numbers, phones.ordinal),
        form_us=_delays_us(config.seed, "time for the form", FORM_S, numbers, phones.ordinal),
        open_us=_delays_us(config.seed, "time to the app", OPEN_S, numbers, phones.ordinal),
    )


def completion_share(identity: IdentityConfig) -> float:
    """Return the share of those who connect anew that complete the log-in, for the page's fields and code."""
    fields = (1 - FIELD_LOSS) ** (identity.form_fields - 1) if identity.form_fields else ONE_TAP_GAIN
    return min(1.0, identity.complete_share * fields / (1.0 if identity.one_time_code else 1 - CODE_LOSS))


def by_hand_share(identity: IdentityConfig) -> float:
    """Return the chance that a phone with Wi-Fi on, new to the network, is connected by hand.

    So that with the page of one field and a code, default habits and a weekend's parties, portal_share of the visits log in.
    """
    return _by_hand_share(identity.portal_share, identity.complete_share)


@cache
def _by_hand_share(portal_share: float, complete_share: float) -> float:
    default, habits = RunConfig(), DigitalConfig()
    people = np.arange(1, PEOPLE_MAX + 1)
    law = np.exp(people * np.log(default.population.party_lambda_weekend) - gammaln(people + 1))
    law[-1] += np.expm1(default.population.party_lambda_weekend) - law.sum()  # larger parties come as parties of six
    law /= law.sum()

    def visits_with(share: float) -> float:
        """Return the share of visits in which somebody logs in, where each adult does with `share`."""
        none = (1 - share) * (1 - habits.adult_share * share) ** (people - 1)
        return 1 - float(law @ none)

    each = brentq(lambda share: visits_with(share) - portal_share, 0.0, 1.0, xtol=1e-12) if portal_share < 1 else 1.0
    could = habits.wifi_on_share * (1 - habits.knows_network_share) * complete_share
    return min(1.0, float(each) / could)


def reaches_network(config: RunConfig, phones: np.ndarray, is_on: np.ndarray) -> np.ndarray:
    """Return which phones (steps.PHONE) have a working access point where they stand: the share of them that are on, by a draw per visit.

    So that what fails takes phones away and adds none. `is_on` (int8, live): empty where the plan draws no access points; the mall's
    Wi-Fi then always works.
    """
    if is_on.all():
        return np.ones(phones.size, bool)
    return uniforms(stream_key(config.seed, "reaches the network"), phones["number"], phones["ordinal"]) < is_on.mean()


def _delays_us(seed: int, purpose: str, mean_s: float, numbers: np.ndarray, ordinals: np.ndarray) -> np.ndarray:
    """Return delays between half of a mean and one and a half of it."""
    draw = 0.5 + uniforms(stream_key(seed, purpose), numbers, ordinals)
    return (mean_s * US_PER_S * draw).astype(np.int64)
