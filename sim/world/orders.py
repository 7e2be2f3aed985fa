"""What the manager has ordered. An order changes what people may do; they see to it themselves."""

from __future__ import annotations

from sim.relay import Kind
from sim.world.shop import Shop


class Orders:
    """The orders in force."""

    def __init__(self, shop: Shop) -> None:
        self.shop = shop
        self.breaks_moved = False
        self.side_stopped = False
        self.desk_to_phones = False
        self.manager_answers = False
        self.screening = False

    def set(self, steps: tuple[str, ...]) -> None:
        """Put these steps of the ladder in force, and no others."""
        shop = self.shop
        lifted_breaks = self.breaks_moved and "move_breaks" not in steps
        lifted_side = self.side_stopped and "stop_side_work" not in steps
        stopped_side = not self.side_stopped and "stop_side_work" in steps
        self.breaks_moved = "move_breaks" in steps
        self.side_stopped = "stop_side_work" in steps
        self.desk_to_phones = "desk_to_phones" in steps
        self.manager_answers = "manager_answers" in steps
        if stopped_side:
            self._off_side_duties()
        shop.roster.cover()
        if lifted_breaks or lifted_side:
            for person in shop.people:
                if person.work is None:
                    shop.attention.look(person)

    def _off_side_duties(self) -> None:
        """Everybody puts side work down now."""
        shop = self.shop
        for person in shop.people:
            work = person.work
            if work is not None and work.kind is Kind.SIDE and not person.lag and person.put_down is None:
                shop.attention.put_down(person)
                down, person.put_down = person.put_down, None
                if down is not None:
                    shop.trays.put_first(down)
                shop.attention.look(person)
