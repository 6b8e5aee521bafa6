"""What messages do to those who let the app send them: they remind, they annoy, and they are turned off."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from agents.population import Residents
from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.schema.membership import RemindersConfig
from sim.visitors import App

# Messages a week at which the answers "up to 1", "2-5", "6-10", "more" begin and end: a whole number stands for its neighbourhood.
BANDS_PER_WEEK = np.array([0.0, 1.5, 5.5, 10.5, 21.0])
DAYS = 7.0


class Reacted(NamedTuple):
    """What people did about too many messages on a day: rows of residents."""

    opted_out: np.ndarray
    stopped: np.ndarray


class Messages:
    """How much each resident bears, and what it does beyond."""

    def __init__(self, config: RunConfig, residents: Residents) -> None:
        self._reminders: RemindersConfig = config.membership.reminders
        self._per_week = config.membership.messages_per_week
        self._key = residents.key
        self._bears_key = stream_key(config.seed, "bears messages")
        self._reacts_key = stream_key(config.seed, "reacts to messages")
        self._removes_key = stream_key(config.seed, "removes the app")

    def thresholds(self, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return the messages a week at which each turns them off, and stops using the app.

        One draw gives both, so that who bears little in one way does in the other.
        """
        draw = uniforms(self._bears_key, self._key[rows], 0)
        return _quantiles(self._reminders.opt_out_shares, draw), _quantiles(self._reminders.stop_shares, draw)

    def bears(self, rows: np.ndarray, received: np.ndarray) -> np.ndarray:
        """Return how many messages more residents bear this week (float32) before they turn them off or stop using the app."""
        off_per_week, stop_per_week = self.thresholds(rows)
        found: np.ndarray = (np.minimum(off_per_week, stop_per_week) - received[rows]).astype(np.float32)
        return found

    def take(self, rows: np.ndarray, counts: np.ndarray, received: np.ndarray) -> None:
        """Remember messages that residents were sent on a visit; each row once, `received` is changed."""
        received[rows] += counts.astype(received.dtype)  # a day's rate of seven a week for each, smoothed over a week

    def turn_off(self, rows: np.ndarray, received: np.ndarray, app: np.ndarray, push_on: np.ndarray) -> Reacted:
        """Let residents who have had enough on a visit get no more; those who had more than makes them stop use the app no more either.

        `app` and `push_on` are changed.
        """
        rows = rows[push_on[rows] > 0]
        _, stop_per_week = self.thresholds(rows)
        return self._react(rows, received[rows] > stop_per_week, app, push_on)

    def effect(self, received: np.ndarray, push_on: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return rows, and the log of the factor by which messages move their visits; nobody where none are sent."""
        rows = np.flatnonzero((received > 0) & (push_on > 0))
        per_week = received[rows].astype(np.float64)
        off_per_week, _ = self.thresholds(rows)
        reminded = self._reminders.effect * -np.expm1(-per_week / self._reminders.scale_per_week)
        return rows, reminded - self._reminders.annoyance * (per_week > off_per_week)

    def send(self, received: np.ndarray, push_on: np.ndarray) -> int:
        """Send a day's messages; `received` (a week's, smoothed over one) is changed. Return how many were sent, rounded."""
        if self._per_week <= 0 and not received.any():
            return 0
        rows = np.flatnonzero((push_on > 0) | (received > 0))
        today = np.where(push_on[rows] > 0, self._per_week, 0.0)
        received[rows] += ((today - received[rows]) / DAYS).astype(received.dtype)
        return round(float(today.sum()) / DAYS)

    def remind(self, rows: np.ndarray, received: np.ndarray, push_on: np.ndarray) -> int:
        """Send one message each to those of some residents who let the app send any; return how many were sent."""
        reached = rows[push_on[rows] > 0]
        received[reached] += 1  # a day's rate of seven a week, smoothed over a week
        return int(reached.size)

    def react(self, received: np.ndarray, app: np.ndarray, push_on: np.ndarray, day: int) -> Reacted:
        """Let those react who receive more than they bear; `app` and `push_on` are changed.

        What counts is the rate they are sent at now, or have been of late where that was more.
        """
        reminders = self._reminders
        rows = np.flatnonzero((received > 0) & (push_on > 0))
        off_per_week, stop_per_week = self.thresholds(rows)
        weeks = -np.log(uniforms(self._reacts_key, self._key[rows], day))
        per_week = np.maximum(received[rows], self._per_week)
        acts = (per_week > np.minimum(off_per_week, stop_per_week)) & (weeks < 1 / (DAYS * reminders.reacts_weeks))
        return self._react(rows[acts], (per_week > stop_per_week)[acts], app, push_on)

    def _react(self, rows: np.ndarray, stops: np.ndarray, app: np.ndarray, push_on: np.ndarray) -> Reacted:
        push_on[rows] = 0
        stopped, opted_out = rows[stops], rows[~stops]
        removes = uniforms(self._removes_key, self._key[stopped], 0) < self._reminders.removed_share
        app[stopped] = np.where(removes, App.REMOVED, App.CHURNED)
        app[opted_out] = App.ACTIVE
        return Reacted(opted_out, stopped)


def _quantiles(shares: list[float], draw: np.ndarray) -> np.ndarray:
    """Return thresholds by their law: even within each answer's range."""
    found: np.ndarray = np.interp(draw, np.concatenate([[0.0], np.cumsum(shares)]), BANDS_PER_WEEK)
    return found
