"""Offers, messages and triggers as policies, operations and the crowd share them: what they are and by which ways they reach somebody."""

from __future__ import annotations

from enum import IntEnum


class Channel(IntEnum):
    """How something reaches a visitor."""

    PUSH = 0  # the mall's app rings
    APP = 1  # a page of the app, for whoever looks
    PORTAL = 2  # the page after logging in to the Wi-Fi
    PAYMENT = 3  # the page after a payment by phone
    TILL = 4  # said or printed at the till
    CHAT = 5  # a message of the mall's account in a chat app
    LEAFLET = 6  # handed over on paper
    STAFF = 7  # said by somebody on the floor
    SCREEN = 8  # shown where one passes


class Reach(IntEnum):
    """By which ways the platform can reach a party, as it knows; bits of a set."""

    NONE = 0
    PUSH = 1
    APP = 2
    PORTAL = 4
    CHAT = 8
    LINKED = 16  # pays by an account linked to the membership: sees the page after a payment


class Hook(IntEnum):
    """What can pull a trigger; place is a unit unless said otherwise."""

    ARRIVED = 0  # place entrance
    PASSED = 1  # a frontage
    ENTERED = 2
    LEFT_STORE = 3
    PAID = 4
    SEATED = 5
    SHOW_OVER = 6
    LINED_UP = 7  # at a table or a till


class Says(IntEnum):
    """What a message says."""

    OFFER = 0  # here is an offer
    GO = 1  # this place might suit you: guidance, a hint, an invitation
    TELL = 2  # for information: a balance, a programme of events
    COME = 3  # to a happening: the letter's unit is its number


class Fate(IntEnum):
    """What became of a message (value of the event MESSAGE_JUDGED, beside the channel)."""

    UNREACHED = 0  # the phone is off, the app does not let it through, it comes too late
    UNOPENED = 1
    OPENED = 2
    CLAIMED = 3  # and the offer taken
    FOLLOWED = 4  # and gone there at once


FATE_SLOTS = 8  # the value of MESSAGE_READ is FATE_SLOTS x (number of the message + 1) + Fate


class Refused(IntEnum):
    """Why an offer was not given or not taken off a price."""

    BUDGET = 0
    CLAIMS = 1  # as many as there are have been claimed
    PER_MEMBER = 2
    WALLET_FULL = 3
    TOO_EARLY = 4
    TOO_LATE = 5
    BELOW_THRESHOLD = 6
    LOCKED = 7  # a step of a chain before it is open
    NOBODY = 8  # only for members
