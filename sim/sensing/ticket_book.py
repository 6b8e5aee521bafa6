"""The car parks' books: tickets by plate as it was read, receipts that have been used, and what went wrong, each kind counted by itself."""

from __future__ import annotations

from enum import IntEnum


class TicketError(IntEnum):
    """What the books cannot make sense of, or had to put right by hand."""

    EXIT_WITHOUT_ENTRY = 0  # the plate read at the exit has no open ticket
    DUPLICATE_PLATE = 1  # a plate comes in that stands inside by the books
    TICKET_LOST = 2
    RECEIPT_USED = 3  # a receipt that has validated a ticket before


ERROR_KINDS = ("exit_without_entry", "duplicate_plate", "ticket_lost", "receipt_refused")  # as observations call them


class TicketBook:
    """Cars are counted by the barriers, whatever the readers read: no error changes `cars_inside`."""

    def __init__(self) -> None:
        self.entries = 0
        self.exits = 0
        self.errors = [0] * len(TicketError)
        self._open: set[int] = set()
        self._receipts: set[int] = set()

    @property
    def cars_inside(self) -> int:
        """Cars that came in and did not go out, those of last night included."""
        return self.entries - self.exits

    @property
    def tickets_open(self) -> int:
        """Plates that stand inside by the books; differs from the cars inside by the plates that were not read, or not rightly."""
        return len(self._open)

    def enter(self, plate: int) -> TicketError | None:
        """Take a car in under the plate as read, 0 where it was not."""
        self.entries += 1
        if plate in self._open:
            return self._wrong(TicketError.DUPLICATE_PLATE)
        if plate:
            self._open.add(plate)
        return None

    def leave(self, plate: int) -> TicketError | None:
        """Let a car out under the plate as read, 0 where it was not."""
        self.exits += 1
        if plate and plate not in self._open:
            return self._wrong(TicketError.EXIT_WITHOUT_ENTRY)
        self._open.discard(plate)
        return None

    def validate(self, receipt: int) -> TicketError | None:
        """Let a receipt make part of a stay free, once."""
        if receipt in self._receipts:
            return self._wrong(TicketError.RECEIPT_USED)
        self._receipts.add(receipt)
        return None

    def lose(self) -> TicketError:
        """Replace a lost ticket."""
        return self._wrong(TicketError.TICKET_LOST)

    def _wrong(self, error: TicketError) -> TicketError:
        self.errors[error] += 1
        return error
