"""Numbers with units, sums of money and dates, as Chinese writes them."""

from __future__ import annotations

import re
from datetime import date

from sim.reporting.wording import MONTHS, WEEKDAYS

_NUMBER = r"([−+-]?[\d.,]+)"
_UNITS = (
    (re.compile(rf"{_NUMBER} min (\d+) s"), "{0} 分 {1} 秒"),
    (re.compile(rf"{_NUMBER} min"), "{0} 分钟"),
    (re.compile(rf"{_NUMBER} s"), "{0} 秒"),
    (re.compile(rf"{_NUMBER} h"), "{0} 小时"),
    (re.compile(rf"{_NUMBER} km"), "{0} 公里"),
    (re.compile(rf"{_NUMBER} m"), "{0} 米"),
    (re.compile(rf"{_NUMBER} per m²"), "每平方米 {0}"),
    (re.compile(rf"{_NUMBER} yuan"), "{0} 元"),
    (re.compile(rf"{_NUMBER} times"), "{0} 次"),
    (re.compile(rf"{_NUMBER}-{_NUMBER} h"), "{0}-{1} 时"),
)  # fmt: skip
_MILLIONS = re.compile(r"([−-]?)¥([−-]?[\d.,]+) million")
_DATE = re.compile(rf"({'|'.join(WEEKDAYS)}), (\d+) ({'|'.join(MONTHS)}) (\d+)")
WAN_PER_MILLION = 100  # ten thousands in a million


def quantity(text: str) -> str | None:
    """Return a number with its unit, an amount of millions or a date in Chinese; "a – b" of two such; None for anything else."""
    for pattern, words in _UNITS:
        match = pattern.fullmatch(text)
        if match:
            return words.format(*match.groups())
    millions = _MILLIONS.fullmatch(text)
    if millions:
        return f"{millions[1]}¥{float(millions[2].replace(',', '').replace('−', '-')) * WAN_PER_MILLION:,.0f} 万"
    day = _DATE.fullmatch(text)
    if day:
        found = date(int(day[4]), MONTHS.index(day[3]) + 1, int(day[2]))
        return f"{found.year}年{found.month}月{found.day}日 星期{'一二三四五六日'[found.weekday()]}"
    ends = text.split(" – ")
    if len(ends) == 2:
        both = [end if not re.search("[A-Za-z]", end) else quantity(end) for end in ends]
        return None if None in both else " – ".join(str(each) for each in both)
    return None
