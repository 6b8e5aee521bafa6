"""What came of what was sent: numbers of messages, what was opened, and a linear belief of what is; all in a policy's memory."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from agents.policies.policy import Tools
from sim.sensing.observations import Observations
from sim.units import US_PER_MIN

COLUMNS = ("number", "sent_us", "person", "unit", "position", "opened", "visited")


class Entries(NamedTuple):
    """What was sent to people at a review, one row for each message."""

    person: np.ndarray  # int64
    unit: np.ndarray  # int64 store, -1 for none
    position: int
    features: np.ndarray  # (n, d)


class Settled(NamedTuple):
    """Messages of which all is known that will be."""

    unit: np.ndarray
    position: np.ndarray
    opened: np.ndarray  # bool
    visited: np.ndarray  # bool: seen in the store after it was sent
    features: np.ndarray


def remember(memory: dict[str, Any], entries: list[Entries]) -> None:
    """Keep what is being sent until it is known under which numbers it went out."""
    memory["unnumbered"] = [each._asdict() for each in entries]


def settle(
    memory: dict[str, Any], name: str, observations: Observations, tools: Tools, seen: tuple[np.ndarray, np.ndarray], wait_min: float
) -> Settled | None:  # fmt: skip
    """Take in what was opened and where people were seen; return the messages that were sent so long ago that nothing more will come of them."""
    _number(memory, name, tools)
    pending = memory.get("pending")
    if pending is None or not pending["number"].size:
        return None
    rows = observations.rows
    opened = rows.value[(rows.sensor == "messages") & (rows.kind == "opened")]
    pending["opened"] |= np.isin(pending["number"], opened)
    people, units = seen
    width = np.int64(1) << np.int64(20)
    pending["visited"] |= np.isin(pending["person"] * width + pending["unit"], people * width + units)
    is_over = pending["sent_us"] + wait_min * US_PER_MIN <= tools.now_us
    if not is_over.any():
        return None
    found = Settled(*(pending[column][is_over] for column in ("unit", "position", "opened", "visited", "features")))
    memory["pending"] = {column: values[~is_over] for column, values in pending.items()}
    return found


def _number(memory: dict[str, Any], name: str, tools: Tools) -> None:
    """Put the numbers to what was sent at the last review."""
    sent = memory.pop("unnumbered", [])
    receipts = [receipt for receipt in tools.receipts if receipt.policy == name]
    for entry in sent:
        match = [receipt for receipt in receipts if np.array_equal(receipt.people, entry["person"])]
        if not match:
            continue  # it was refused
        receipts.remove(match[0])
        count = entry["person"].size
        more = {
            "number": match[0].first + np.arange(count), "sent_us": np.full(count, tools.now_us), "person": entry["person"],
            "unit": entry["unit"], "position": np.full(count, entry["position"]), "opened": np.zeros(count, bool),
            "visited": np.zeros(count, bool), "features": entry["features"],
        }  # fmt: skip
        pending = memory.get("pending")
        memory["pending"] = (
            more if pending is None else {column: np.concatenate([pending[column], more[column]]) for column in more}
        )


def forget_pending(memory: dict[str, Any]) -> None:
    """Numbers of messages and of people are of one day."""
    memory.pop("unnumbered", None)
    memory.pop("pending", None)


class Belief(NamedTuple):
    """A linear belief about success: ridge regression, of weight one."""

    mean: np.ndarray  # (d)
    spread: np.ndarray  # (d, d) inverse of the information

    def bounds(self, features: np.ndarray, width: float) -> np.ndarray:
        """Return what success is expected to be and so many standard errors more, for features (..., d)."""
        variance = ((features @ self.spread) * features).sum(axis=-1)
        return np.asarray(features @ self.mean + width * np.sqrt(np.maximum(variance, 0.0)))


def belief(memory: dict[str, Any], dimensions: int) -> Belief:
    """Return what is believed by now."""
    _prepare(memory, dimensions)
    spread = np.linalg.inv(memory["information"])
    return Belief(spread @ memory["evidence"], spread)


def learn(memory: dict[str, Any], features: np.ndarray, success: np.ndarray, looked_at: np.ndarray) -> None:
    """Take in trials (n, d): `looked_at` is the probability that each was looked at at all (position-based click model)."""
    _prepare(memory, features.shape[1])
    memory["information"] = memory["information"] + features.T @ (looked_at[:, None] * features)
    memory["evidence"] = memory["evidence"] + features.T @ success.astype(float)


def fade(memory: dict[str, Any], keeps: float) -> None:
    """Keep of what was learnt on earlier days a share."""
    if "information" in memory:
        ground = np.eye(memory["evidence"].size)
        memory["information"] = ground + keeps * (memory["information"] - ground)
        memory["evidence"] = keeps * memory["evidence"]


def _prepare(memory: dict[str, Any], dimensions: int) -> None:
    memory.setdefault("information", np.eye(dimensions))
    memory.setdefault("evidence", np.zeros(dimensions))
