"""Accounts in the chat apps by which people pay and are written to: who has which, and whom the mall reaches by those that it takes."""

from __future__ import annotations

from typing import Any

import numpy as np

from sim.config import RunConfig
from sim.random_streams import stream_key, uniforms
from sim.visitors import PayMethod, Visitors


def accounts(config: RunConfig, key: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return who has WeChat, and who Alipay: with one draw for both for the share `overlap` of people, apart for the others."""
    wanted = config.online.accounts
    first, second, same = (uniforms(stream_key(config.seed, "accounts"), key, count) for count in range(3))
    return first < wanted.wechat_share, np.where(same < wanted.overlap, first, second) < wanted.alipay_share


def can_order(config: RunConfig, key: np.ndarray) -> np.ndarray:
    """Return who has an account that the mall takes; everybody where accounts are not told apart."""
    wanted = config.online.accounts
    if not wanted.is_on:
        return np.ones(key.size, bool)
    wechat, alipay = accounts(config, key)
    found: np.ndarray = (wechat & wanted.takes_wechat) | (alipay & wanted.takes_alipay)
    return found


def with_accounts(config: RunConfig, visitors: Visitors, keys: np.ndarray) -> Visitors:
    """Return the parties with the way to pay that the mall leaves them: a phone without an account that it takes is no use at its tills."""
    if not config.online.accounts.is_on:
        return visitors
    is_barred = (visitors.pays_by >= PayMethod.MOBILE) & ~can_order(config, keys)
    return visitors._replace(pays_by=np.where(is_barred, np.int8(PayMethod.CARD), visitors.pays_by))


def reach_facts(config: RunConfig, key: np.ndarray) -> dict[str, Any]:
    """Return how many residents the accounts that are taken reach: each counted once, and as the operators of the two would count them."""
    wanted = config.online.accounts
    if not wanted.is_on:
        return {}
    wechat, alipay = accounts(config, key)
    by_wechat, by_alipay = int(wechat.sum()) * wanted.takes_wechat, int(alipay.sum()) * wanted.takes_alipay
    return {
        "residents": int(key.size), "reached": int(can_order(config, key).sum()), "counted_twice": by_wechat + by_alipay,
        "cost_fen": round(100 * wanted.yuan_per_day) * (int(wanted.takes_wechat) + int(wanted.takes_alipay)),
    }  # fmt: skip
