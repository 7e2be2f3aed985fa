"""The books: every root's potential ends in exactly one place, to the cent.

potential = collected + discounts + uncollected + unbilled + one terminal loss for the rest. The last cause books the
money, except that a dropped baton that nobody repaired takes it; the first cause is kept beside it.
"""

from __future__ import annotations

from sim.relay import Caller, Event, Job, Loss
from sim.world.shop import Shop


class Books:
    """Money as it moves."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.ledger = shop.ledger
        self.roots: list[Caller] = []

    def enter(self, caller: Caller) -> Caller:
        """A need is born: it gets its number."""
        caller.id = len(self.roots)
        self.roots.append(caller)
        return caller

    def collect(self, job: Job, cents: int) -> None:
        """Money has come in."""
        job.caller.collected += cents
        self._write(Event.COLLECTED, job.caller, cents, job)

    def discount(self, job: Job, cents: int) -> None:
        """Money was let go on purpose."""
        if cents:
            job.caller.discount += cents
            self._write(Event.DISCOUNT, job.caller, cents, job)

    def uncollected(self, job: Job, cents: int, invoice: int) -> None:
        """An invoice (its row) will never be paid."""
        job.caller.uncollected += cents
        self._write(Event.UNCOLLECTED, job.caller, cents, job, invoice)

    def unbilled(self, job: Job, cents: int) -> None:
        """A bill was never written."""
        job.caller.unbilled += cents
        self._write(Event.UNBILLED, job.caller, cents, job)

    def failed(self, caller: Caller, cause: Loss) -> None:
        """Something went wrong that may yet be mended."""
        caller.last_cause = cause
        if caller.first_cause < 0:
            caller.first_cause = cause

    def rest(self, caller: Caller) -> int:
        """What of a root's potential has gone nowhere yet, in cents."""
        return caller.potential - caller.collected - caller.discount - caller.uncollected - caller.unbilled

    def settle(self, caller: Caller, cause: Loss) -> None:
        """Nothing is pending any more: the rest of the potential is lost to one cause."""
        if caller.settled:
            return
        caller.settled = True
        self.failed(caller, cause)
        left = self.rest(caller)
        if left:
            self._write(Event.LOSS + cause, caller, left, caller.job)

    def done(self, caller: Caller) -> None:
        """The need is served and paid: what is left is a sale that was not made."""
        if not caller.settled:
            left = self.rest(caller)
            caller.settled = True
            if left:
                job = caller.job
                self._write(Event.LOSS + self._why_not_all(job), caller, left, job)

    @staticmethod
    def _why_not_all(job: Job | None) -> Loss:
        """Of a served need: a dropped baton takes the rest, else a refused invoice, else the sale that was not made."""
        if job is not None and job.lost_by >= 0:
            return Loss.LOST_BATON
        return Loss.DISPUTE if job is not None and job.disputed else Loss.SALE_NOT_MADE

    def stop(self) -> None:
        """The horizon: whatever is still under way is open, by stage."""
        for caller in self.roots:
            if not caller.settled:
                caller.settled = True
                left = self.rest(caller)
                if left:
                    self._write(Event.LOSS + self._stage(caller), caller, left, caller.job)

    @staticmethod
    def _stage(caller: Caller) -> Loss:
        job = caller.job
        if job is None:
            return Loss.OPEN_RETRYING
        if not job.served:
            return Loss.OPEN_UNVISITED
        return Loss.OPEN_UNPAID if job.invoice_open else Loss.OPEN_UNBILLED

    def _write(self, event: int, caller: Caller, cents: int, job: Job | None, cause: int = -1) -> None:
        number = job.id if job is not None else -1
        self.ledger.write(self.shop.clock.now, event, caller.id, -1, number, cause=cause, detail=cents)
