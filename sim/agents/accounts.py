"""How a served customer pays: at the door, by invoice, late, never; and what becomes of a quote."""

from __future__ import annotations

from sim.relay import DAY_MIN, End, Event, Job
from sim.shop.prices import discounted
from sim.streams import Draw
from sim.world.clock import Due, Turn
from sim.world.person import Person
from sim.world.shop import Shop


class Accounts:
    """From the work done to the money in."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.prices = shop.scenario.prices

    def served(self, job: Job) -> None:
        """The work is done: the bill is known, and many pay at the door where the form of payment was asked."""
        shop, fate = self.shop, job.caller.fate
        kind = shop.plan.jobs[job.type].settings
        ticket = shop.demand.ticket(job.caller)
        handoffs = shop.scenario.handoffs
        if fate[Draw.BAITED] < handoffs.baited_share:
            off = discounted(ticket, handoffs.baited_discount)
            shop.books.discount(job, off)
            ticket -= off
        if job.saved:
            off = discounted(ticket, shop.scenario.satisfaction.save_discount)
            shop.books.discount(job, off)
            ticket -= off
        self._materials(job, discounted(ticket, kind.materials_share))
        job.ticket += ticket
        share = self.prices.pays_at_door_if_asked if job.payment_asked else self.prices.pays_at_door
        if fate[Draw.PAY_AT_DOOR] < share:
            job.paid_at_door = True
            amount = job.ticket
            shop.ledger.write(shop.clock.now, Event.PAID_AT_DOOR, job.caller.id, -1, job.id, detail=amount)
            shop.books.collect(job, amount)

    def _materials(self, job: Job, cents: int) -> None:
        if cents:
            self.shop.ledger.write(self.shop.clock.now, Event.MATERIALS, job.caller.id, -1, job.id, detail=cents)

    def close(self, job: Job) -> None:
        """The job is closed; what was not paid is invoiced."""
        shop = self.shop
        job.ended = End.CLOSED
        shop.ledger.write(shop.clock.now, Event.JOB_ENDED, job.caller.id, -1, job.id, detail=End.CLOSED)
        if not job.paid_at_door:
            self._invoice(job, job.ticket)
        shop.customers.think_of_it(job)
        self._maybe_done(job)

    def _invoice(self, job: Job, amount: int) -> None:
        shop, fate = self.shop, job.caller.fate
        if not amount:
            return
        shop.ledger.write(shop.clock.now, Event.INVOICED, job.caller.id, -1, job.id, detail=amount)
        job.invoice_open += 1
        days = shop.plan.invoice_days(fate[Draw.PAY_DELAY])
        if job.caller.forgotten and fate[Draw.DISPUTE] < shop.scenario.satisfaction.dispute_chance:
            shop.clock.after(days * DAY_MIN, Turn.TIMEOUT, self._disputed, job)
            return
        bad = fate[Draw.BAD_DEBT] < self.prices.bad_debt_share
        shop.clock.after(
            (days + 60.0 if bad else days) * DAY_MIN,
            Turn.TIMEOUT,
            self._written_off if bad else self._paid,
            (job, amount),
        )

    def _paid(self, due: Due) -> None:
        job, amount = due.arg
        self.shop.ledger.write(self.shop.clock.now, Event.INVOICE_PAID, job.caller.id, -1, job.id, detail=amount)
        self.shop.books.collect(job, amount)
        job.invoice_open -= 1
        self._maybe_done(job)

    def _disputed(self, due: Due) -> None:
        """Who was forgotten refuses to pay, and the shop lets it go."""
        job: Job = due.arg
        job.disputed = True
        job.invoice_open -= 1
        self._maybe_done(job)

    def _written_off(self, due: Due) -> None:
        job, amount = due.arg
        self.shop.books.uncollected(job, amount)
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
        on_site = min(1.0, replacement.sold_share / replacement.best_share * person.sales)
        return job.caller.fate[Draw.SALE] < on_site + (1.0 - on_site) * follow_up

    def sold(self, job: Job, person: Person | None) -> None:
        """A replacement is sold: it goes on the bill."""
        shop = self.shop
        job.quote_open = False
        job.sold = True
        job.ticket += job.quote
        shop.ledger.write(
            shop.clock.now, Event.SOLD, job.caller.id, -1, job.id, person=person.id if person else -1, detail=job.quote
        )
        self._materials(job, discounted(job.quote, 1.0 - shop.scenario.jobs.replacement.margin_share))

    def decide_quote(self, job: Job, person: Person, chance: float) -> None:
        """The follow-up call has been made."""
        if self.sells(job, person, chance):
            already = job.ended >= 0 or job.paid_at_door
            self.sold(job, person)
            if already:
                self._invoice(job, job.quote)
        job.quote_open = False
        self._maybe_done(job)


__all__ = ["Accounts"]
