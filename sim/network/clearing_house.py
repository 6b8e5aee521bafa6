"""Between malls: evening messages with their latency, accounts that go home, and money that follows points, netted once a day."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from sim.network.messages import Message, chosen, together
from sim.network.site import EVENING_US, Inbox, nothing_returned
from sim.random_streams import stream_key, uniforms
from sim.units import US_PER_DAY, US_PER_S

CENTIPOINTS = 100  # in a point


@dataclass
class ClearingHouse:
    """Takes every mall's evening message in the order of their numbers; all that it does follows from them and from addressed draws."""

    malls: int
    seed: int
    latency_s_mean: float
    opens_us: int
    redemption_fen: int = 100  # what a merchant is paid for a point that it takes, and a mall for one that it will have to take
    waiting: list[tuple[int, int, Message]] = field(
        default_factory=list, init=False
    )  # the morning it is there by, mall, message
    latencies_s: list[float] = field(default_factory=list, init=False)
    late: int = field(default=0, init=False)
    gross_fen: int = field(default=0, init=False)  # what malls owed each other
    moved_fen: int = field(default=0, init=False)  # what was paid after netting
    cycles: list[dict[str, Any]] = field(default_factory=list, init=False)

    def night(self, day: int, evenings: dict[int, Message]) -> dict[int, Inbox]:
        """Return what each mall is given on the morning after `day`."""
        for mall in sorted(evenings):
            latency_s = self._latency_s(mall, day)
            self.latencies_s.append(latency_s)
            arrives_us = EVENING_US + round(latency_s * US_PER_S)
            morning = day + 1 + max(0, math.ceil((arrives_us - US_PER_DAY - self.opens_us) / US_PER_DAY))
            self.late += morning > day + 1
            self.waiting.append((morning, mall, evenings[mall]))
        there = [message for morning, _, message in self.waiting if morning <= day + 1]
        self.waiting = [entry for entry in self.waiting if entry[0] > day + 1]
        came = together(there, "returned") if there else nothing_returned()
        net_fen = self._net(day, came["returned"])
        return {
            mall: Inbox(chosen(came, "returned", np.flatnonzero(came["returned"]["home"] == mall)), int(net_fen[mall]))
            for mall in range(self.malls)
        }

    @property
    def in_transit_centi(self) -> int:
        """Points that are in no account, because the message that brings them home is on its way."""
        return sum(int(message["returned"]["balance"].sum()) for _, _, message in self.waiting)

    def summary(self) -> dict[str, Any]:
        """Return the clearing between malls in numbers."""
        latencies = np.sort(np.array(self.latencies_s))
        at = max(0, math.ceil(0.95 * latencies.size) - 1)
        return {
            "messages": int(latencies.size),
            "latency_s_p95": float(latencies[at]) if latencies.size else None,
            "late_messages": self.late,
            "in_transit_centi": self.in_transit_centi,
            "gross_fen": self.gross_fen,
            "moved_fen": self.moved_fen,
            "netted_share": 1 - self.moved_fen / self.gross_fen if self.gross_fen else None,
            "imbalance_fen": sum(sum(cycle["net_fen"]) for cycle in self.cycles),
            "cycles": self.cycles,
        }

    def _latency_s(self, mall: int, day: int) -> float:
        draw = float(uniforms(stream_key(self.seed, "evening message"), np.array([mall]), day)[0])
        return -math.log(draw) * self.latency_s_mean

    def _net(self, day: int, returned: np.ndarray) -> np.ndarray:
        """Return what each mall gets (int64 fen, below 0: pays): for a lease that came back fuller its host pays, else the guest's own mall.

        The host has been paid by its tenants for points it gave, which the other mall now owes; and has paid its tenants for
        points it took, for which the other mall has been paid. A point moves at the price of redemption; what its issue cost beyond
        that stays where it was issued, as does the money behind points that expired at the host.
        """
        moved_centi = returned["balance"] - returned["lent"] + returned["expired"]
        owed_fen = np.sign(moved_centi) * ((np.abs(moved_centi) * self.redemption_fen + CENTIPOINTS // 2) // CENTIPOINTS)
        pair_fen = np.zeros((self.malls, self.malls), np.int64)
        np.add.at(pair_fen, (returned["home"], returned["at"]), owed_fen)
        net_fen: np.ndarray = pair_fen.sum(axis=1) - pair_fen.sum(axis=0)
        assert net_fen.sum() == 0
        self.gross_fen += int(np.abs(owed_fen).sum())
        self.moved_fen += int(net_fen[net_fen > 0].sum())
        self.cycles.append({"day": day, "leases": int(returned["is_lent"].sum()), "net_fen": net_fen.tolist()})
        return net_fen
