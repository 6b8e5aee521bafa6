"""What happened between visits, in numbers: of the last day, and of the run so far."""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from agents.population import LifeCycle


@dataclass
class _Counts:
    """Counts of one day, or of all."""

    visits_of_cycle: np.ndarray = field(default_factory=lambda: np.zeros(len(LifeCycle), np.int64))  # by the state they came in
    first_visits: int = 0
    told_first_visits: int = 0  # of them, of people whom a friend had told something good
    seeded_first_visits: int = 0  # of them, where that friend was rewarded
    caused_by_tales: float = 0.0  # visits more than without tales: sum of 1 - exp(-heard), less those deterred
    good_tales: int = 0  # listeners
    bad_tales: int = 0
    became_loyal: int = 0
    won_back: int = 0
    became_lost: int = 0
    joined: int = 0
    messages: int = 0
    opted_out: int = 0
    stopped_app: int = 0
    reward_fen: int = 0


class Tally(_Counts):
    """The counts of the day that is being learnt; sums of the days before are kept beside."""

    def __init__(self) -> None:
        super().__init__()
        self._before = _Counts()

    def begin(self) -> None:
        """Begin a day: what is counted so far goes to the sums."""
        fresh = _Counts()
        for item in fields(_Counts):
            setattr(self._before, item.name, getattr(self._before, item.name) + getattr(self, item.name))
            setattr(self, item.name, getattr(fresh, item.name))

    def total(self, name: str) -> int | float:
        """Return a sum over the run so far."""
        found: int | float = getattr(self._before, name) + getattr(self, name)
        return found

    def numbers(self) -> dict[str, int | float | None]:
        """Return the day's counts, and the sums that only add up to something over days."""
        seeded, reward_fen = self.total("seeded_first_visits"), self.total("reward_fen")
        return {
            **{f"visits_{state.name.lower()}": int(self.visits_of_cycle[state]) for state in LifeCycle},
            "first_visits": self.first_visits,
            "wom_new_visits": self.told_first_visits,
            "wom_new_visits_seeded": self.seeded_first_visits,
            "wom_caused_visits": self.caused_by_tales,
            "tales_good": self.good_tales,
            "tales_bad": self.bad_tales,
            "became_loyal": self.became_loyal,
            "won_back": self.won_back,
            "became_lost": self.became_lost,
            "members_joined": self.joined,
            "messages_sent": self.messages,
            "opt_outs": self.opted_out,
            "app_stopped": self.stopped_app,
            "promoter_reward_fen": self.reward_fen,
            "wom_new_visits_total": self.total("told_first_visits"),
            "wom_caused_visits_total": self.total("caused_by_tales"),
            "opt_outs_total": self.total("opted_out"),
            "app_stopped_total": self.total("stopped_app"),
            "promoter_reward_fen_total": reward_fen,
            "fen_per_new_visitor_seeded": reward_fen / seeded if seeded else None,
        }

    def saved(self) -> np.ndarray:
        """Return all counts as one array (float64: integers far below 2^53)."""
        columns = [np.atleast_1d(getattr(counts, item.name)) for counts in (self._before, self) for item in fields(_Counts)]
        return np.concatenate(columns).astype(np.float64)

    def restore(self, saved: np.ndarray) -> None:
        """Take back what `saved` has returned."""
        place = 0
        for counts in (self._before, self):
            for item in fields(_Counts):
                width = np.atleast_1d(getattr(counts, item.name)).size
                values = saved[place : place + width]
                kept = values.astype(np.int64) if width > 1 else type(getattr(counts, item.name))(values[0])
                setattr(counts, item.name, kept)
                place += width
