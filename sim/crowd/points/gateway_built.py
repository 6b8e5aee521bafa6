"""From parameters to the line between tills and ledger, as the kernels see it in the morning."""

from __future__ import annotations

from math import log

import numpy as np

from sim.config import RunConfig
from sim.crowd.points.gateway_records import GATEWAY
from sim.crowd.state import records
from sim.units import US_PER_HOUR, US_PER_S

NORMAL_P95 = 1.6448536269514722
FEN_PER_YUAN = 100
LATER_US = 2**60  # of a cycle whose end nobody has named yet


def gateways_of(units: int) -> np.recarray:  # type: ignore[type-arg]
    """Return the GATEWAY of each unit: all reach the ledger."""
    gateways = records(units, GATEWAY)
    gateways["is_up"] = 1
    return gateways


def describe_clearing(params: np.recarray, config: RunConfig) -> None:  # type: ignore[type-arg]
    """Fill in the parameters of clearing; operations move some of them during the day."""
    clearing, gateway = config.clearing, config.clearing.gateway
    params["clears_later"] = clearing.mode != "realtime"
    params["cycle_ends_us"] = LATER_US
    params["gateway_mu"] = log(gateway.latency_s_median)
    params["gateway_sigma"] = log(gateway.latency_s_p95 / gateway.latency_s_median) / NORMAL_P95
    params["gateway_timeout_us"] = round(gateway.timeout_s * US_PER_S)
    params["gateway_has_ids"] = gateway.has_ids
    params["stands_in"] = gateway.when_down == "pending"
    params["stand_in_checks"] = gateway.checks_balance
    params["floor_fen"] = round(gateway.floor_limit_yuan * FEN_PER_YUAN)
    params["overclaim_share"] = gateway.overclaim_share
    params["pending_us"] = round(gateway.pending_h * US_PER_HOUR)
    params["points_price_share"] = 1.0
    params["run_pressure"] = 1.0
