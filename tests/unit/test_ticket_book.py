"""The car parks' books: each kind of error is told from the others, and none changes how many cars are inside."""

from __future__ import annotations

import pytest

from sim.sensing.ticket_book import TicketBook, TicketError

pytestmark = pytest.mark.plain


def test_the_same_receipt_validates_one_ticket_only():
    book = TicketBook()

    assert book.validate(77) is None
    assert book.validate(78) is None
    assert book.validate(77) is TicketError.RECEIPT_USED
    assert book.errors == [0, 0, 0, 1]


def test_an_exit_without_entry_a_duplicate_plate_and_a_lost_ticket_are_different_errors():
    book = TicketBook()

    assert [book.enter(1), book.enter(2)] == [None, None]
    assert book.enter(1) is TicketError.DUPLICATE_PLATE
    assert book.leave(9) is TicketError.EXIT_WITHOUT_ENTRY
    assert book.lose() is TicketError.TICKET_LOST
    assert book.errors == [1, 1, 1, 0]
    assert (book.entries, book.exits, book.cars_inside) == (3, 1, 2)


def test_plates_that_are_not_read_are_counted_all_the_same():
    book = TicketBook()

    assert [book.enter(0), book.enter(0), book.leave(0)] == [None, None, None]
    assert book.cars_inside == 1
    assert book.tickets_open == 0
    assert sum(book.errors) == 0


def test_a_misread_plate_leaves_a_ticket_open_behind():
    book = TicketBook()
    book.enter(5)

    assert book.leave(6) is TicketError.EXIT_WITHOUT_ENTRY
    assert (book.cars_inside, book.tickets_open) == (0, 1)
    assert book.enter(5) is TicketError.DUPLICATE_PLATE
