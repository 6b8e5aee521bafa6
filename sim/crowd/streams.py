"""The purposes of the crowd's draws."""

from __future__ import annotations

from enum import IntEnum


class Stream(IntEnum):
    """Purposes of draws; `keys` is indexed by it."""

    CONSIDER = 0
    CHOOSE = 1
    ROUTE = 2
    IMPULSE = 3
    DWELL = 4
    BUY = 5
    BASKET = 6
    SERVICE = 7
    PATIENCE = 8
    MEAL = 9
    BROWSE = 10
    CLOSING = 11
    SIDE = 12
    ORIENT = 13
    MISTAKE = 14
    TICKET = 15  # whether to draw a ticket, and what for
    SHIFT = 16  # whether to come later, go elsewhere, order ahead
    SHOWN_ERROR = 17  # of displayed waits
    KITCHEN = 18
    DISH = 19
    RATING = 20
    SHOW = 21  # which show, which channel
    SEAT = 22
    PAYMENT = 23
    ADOPTION = 24
    STOCK = 25  # whether size and colour are there
    CAR = 26
    BAGS = 27
    DESK = 28
    BALK = 29  # whether a wait foreseen beyond one's patience is believed
    SPLIT = 30  # numbers of parts, who goes with whom, and where to
    NEEDS = 31
    GOODS = 32  # which article, whether it fits, whether it comes back
    BURN = 33  # whether and how many points are burned
    REFERRAL = 34
    ABUSE = 35
    GATEWAY = 36  # of payments and points: what fails, and how late it answers
    CATALOGUE = 37  # whether to look for vouchers and gifts, and which
    MESSAGE = 38  # whether a message arrives and is opened
    OFFER = 39  # whether an offer is claimed, followed at once, and makes a purchase
    TRIGGER = 40
    ONLINE = 41  # orders, collecting, delivery, gifts sent
    HAPPENING = 42  # events in the mall, games, meetings with friends
