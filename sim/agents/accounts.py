"""How a served customer pays: at the door, by invoice, late, never; and what becomes of a quote."""

from __future__ import annotations

from typing import NamedTuple

from sim.relay import DAY_MIN, End, Event, Job
from sim.shop.expected import expected_cents, in_all, on_site_chance, sale_chance
from sim.shop.prices import discounted
from sim.streams import Draw
from sim.world.clock import Due, Turn
from sim.world.person import Person
from sim.world.shop import Shop

_GIVEN_UP_DAYS = 60.0  # a bill that was due so long ago will never be paid


class Bill(NamedTuple):
    """An invoice that is out."""

    job: Job
    amount: int  # cents
    expected: float  # cents, before the luck of its amount is known
    row: int  # the ledger's row of it


class Accounts:
    """From the work done to the money in.

    Beside every amount the ledger gets what was to be expected of it (:mod:`sim.shop.expected`), written when the
    amount counts; of a sale, when it is decided. These rows are for the measures, nobody in the shop reads them.
    """

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.prices = shop.scenario.prices
        self._tickets = [expected_cents(plan.settings.ticket) for plan in shop.plan.jobs]
        self._price = expected_cents(shop.scenario.jobs.replacement.ticket)

    def served(self, job: Job) -> None:
        """The work is done: the bill is known, and many pay at the door where the form of payment was asked."""
        shop, fate = self.shop, job.caller.fate
        kind = shop.plan.jobs[job.type].settings
        ticket = shop.demand.ticket(job.caller)
        expected = self._tickets[job.type]
        self._materials(job, discounted(ticket, kind.materials_share))  # a discount does not make them cheaper
        self._expect(Event.EXPECTED_MATERIALS, job, expected * kind.materials_share)
        handoffs = shop.scenario.handoffs
        if fate[Draw.BAITED] < handoffs.baited_share:
            expected *= 1.0 - handoffs.baited_discount
            off = discounted(ticket, handoffs.baited_discount)
            shop.books.discount(job, off)
            ticket -= off
        if job.saved:
            expected *= 1.0 - shop.scenario.satisfaction.save_discount
            off = discounted(ticket, shop.scenario.satisfaction.save_discount)
            shop.books.discount(job, off)
            ticket -= off
        job.ticket += ticket
        job.expected += expected
        share = self.prices.pays_at_door_if_asked if job.payment_asked else self.prices.pays_at_door
        if fate[Draw.PAY_AT_DOOR] < share:
            job.paid_at_door = True
            amount = job.ticket
            shop.ledger.write(shop.clock.now, Event.PAID_AT_DOOR, job.caller.id, -1, job.id, detail=amount)
            self._expect(Event.EXPECTED_REVENUE, job, job.expected)
            shop.books.collect(job, amount)

    def _materials(self, job: Job, cents: int) -> None:
        if cents:
            self.shop.ledger.write(self.shop.clock.now, Event.MATERIALS, job.caller.id, -1, job.id, detail=cents)

    def _expect(self, event: Event, job: Job, cents: float, cause: int = -1) -> int:
        return self.shop.ledger.write(self.shop.clock.now, event, job.caller.id, -1, job.id, cause=cause, detail=cents)

    def close(self, job: Job) -> None:
        """The job is closed; what was not paid is invoiced."""
        shop = self.shop
        job.ended = End.CLOSED
        shop.ledger.write(shop.clock.now, Event.JOB_ENDED, job.caller.id, -1, job.id, detail=End.CLOSED)
        if not job.paid_at_door:
            self._invoice(job, job.ticket, job.expected)
        shop.customers.think_of_it(job)
        self._maybe_done(job)

    def _invoice(self, job: Job, amount: int, expected: float) -> None:
        shop = self.shop
        row = self._expect(Event.EXPECTED_REVENUE, job, expected)
        if amount:
            row = shop.ledger.write(shop.clock.now, Event.INVOICED, job.caller.id, -1, job.id, detail=amount)
            job.invoice_open += 1
        days = shop.plan.invoice_days(job.caller.fate[Draw.PAY_DELAY])
        shop.clock.after(days * DAY_MIN, Turn.TIMEOUT, self._due, Bill(job, amount, expected, row))

    def _due(self, due: Due) -> None:
        """A bill is paid, or not: who was forgotten may refuse to, some never do (which is only seen much later)."""
        bill: Bill = due.arg
        job, shop = bill.job, self.shop
        if job.caller.forgotten:
            refuse = shop.scenario.satisfaction.dispute_chance
            self._expect(Event.EXPECTED_BAD_DEBT, job, bill.expected * refuse, bill.row)
            if job.caller.fate[Draw.DISPUTE] < refuse:
                self._refused(bill)
                return
        if job.caller.fate[Draw.BAD_DEBT] >= self.prices.bad_debt_share:
            self._paid(bill)
        if self.prices.bad_debt_share > 0.0:
            shop.clock.after(_GIVEN_UP_DAYS * DAY_MIN, Turn.TIMEOUT, self._given_up, bill)

    def _paid(self, bill: Bill) -> None:
        job, amount = bill.job, bill.amount
        if amount:
            self.shop.ledger.write(self.shop.clock.now, Event.INVOICE_PAID, job.caller.id, -1, job.id, detail=amount)
            self.shop.books.collect(job, amount)
            self._settled(job)

    def _refused(self, bill: Bill) -> None:
        """Who was forgotten refuses to pay, and the shop lets it go."""
        job, amount = bill.job, bill.amount
        if amount:
            self.shop.ledger.write(
                self.shop.clock.now, Event.BILL_REFUSED, job.caller.id, -1, job.id, cause=bill.row, detail=amount
            )
            job.disputed = True
            self._settled(job)

    def _given_up(self, due: Due) -> None:
        """By now a bill that will never be paid is written off."""
        bill: Bill = due.arg
        job, share = bill.job, self.prices.bad_debt_share
        self._expect(Event.EXPECTED_BAD_DEBT, job, bill.expected * share, bill.row)
        if bill.amount and job.caller.fate[Draw.BAD_DEBT] < share:
            self.shop.books.uncollected(job, bill.amount, bill.row)
            self._settled(job)

    def _settled(self, job: Job) -> None:
        job.invoice_open -= 1
        self._maybe_done(job)

    def _maybe_done(self, job: Job) -> None:
        if job.ended >= 0 and not job.invoice_open and not job.quote_open:
            self.shop.books.done(job.caller)

    # ---- quotes -------------------------------------------------------------------------------------------------
    def sells(self, job: Job, person: Person, follow_up: float) -> bool:
        """Whether the quote is taken: on site by the technician's sales gift, later by the follow-up's chance.

        Among customers whom the best handling would have won, the chance on site is sold_share / best_share times the
        gift; a follow-up wins its share of the others. One uniform decides both, so a later call never undoes a sale.
        """
        replacement = self.shop.scenario.jobs.replacement
        if not self.shop.demand.sale_winnable(job.caller) or replacement.best_share <= 0.0:
            return False
        return job.caller.fate[Draw.SALE] < in_all(on_site_chance(person.sales, replacement), follow_up)

    def decide_on_site(self, job: Job, person: Person) -> None:
        """A replacement has been quoted; a good seller closes it at once."""
        replacement = self.shop.scenario.jobs.replacement
        job.sale_chance = on_site_chance(person.sales, replacement)
        sold = self.sells(job, person, 0.0)
        self._expect_sale(job, sale_chance(job.sale_chance, 0.0, replacement), sold)
        if sold:
            self.sold(job, person)

    def _expect_sale(self, job: Job, chance: float, sold: bool) -> None:
        """A sale's luck is taken out of what is billed: the chance comes in, what it came to goes out."""
        margin = self.shop.scenario.jobs.replacement.margin_share
        self._expect(Event.EXPECTED_REVENUE, job, (chance - sold) * self._price)
        self._expect(Event.EXPECTED_MATERIALS, job, chance * self._price * (1.0 - margin))

    def sold(self, job: Job, person: Person | None) -> None:
        """A replacement is sold: it goes on the bill."""
        shop = self.shop
        job.quote_open = False
        job.sold = True
        job.ticket += job.quote
        job.expected += self._price
        shop.ledger.write(
            shop.clock.now, Event.SOLD, job.caller.id, -1, job.id, person=person.id if person else -1, detail=job.quote
        )
        self._materials(job, discounted(job.quote, 1.0 - shop.scenario.jobs.replacement.margin_share))

    def decide_quote(self, job: Job, person: Person, chance: float) -> None:
        """The follow-up call has been made."""
        shop = self.shop
        shop.ledger.write(shop.clock.now, Event.FOLLOWED_UP, job.caller.id, -1, job.id, person=person.id, detail=chance)
        replacement = shop.scenario.jobs.replacement
        by_now = in_all(on_site_chance(person.sales, replacement), chance)
        sold = self.sells(job, person, chance)
        self._expect_sale(job, sale_chance(by_now, job.sale_chance, replacement), sold)
        if sold:
            already = job.ended >= 0 or job.paid_at_door
            self.sold(job, person)
            if already:
                self._invoice(job, job.quote, self._price)
        job.quote_open = False
        self._maybe_done(job)


__all__ = ["Accounts"]
