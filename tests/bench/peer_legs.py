"""Peer B: SimPy + Mesa, each leg one timeout at one's own pace; tills, tables and gates have lines, floors and rides have none."""

from __future__ import annotations

from typing import Any

from tests.bench.peer_mall import Leg, MallModel, Ride, Shopper


class LegShopper(Shopper):
    """A party that nobody is in the way of."""

    def walk(self, route: list[Leg | None]) -> Any:
        """Walk leg by leg."""
        timeout, speed = self.env.timeout, self.speed_mps
        while (leg := route[self.node]) is not None:
            if self.is_caught_by(leg.frontages):
                return
            yield timeout(leg.length_m / speed)
            self.node = leg.to
            self.walked_m += leg.length_m

    def take(self, ride: Ride) -> Any:
        """Ride; a lift comes after half its cycle."""
        yield self.env.timeout(ride.wait_s + ride.takes_s(self.speed_mps))
        self.log("boarded", ride.number, ride.wait_s)
        self.step_off(ride)


class LegMall(MallModel):
    """The mall of such parties."""

    shopper_type = LegShopper
