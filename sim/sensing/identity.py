"""Who the mall's systems believe its visitors to be: log-ins, apps, cards and payments, in the order in which they happen."""

from __future__ import annotations

from sim.sensing.ids import address_of as address_of
