"""Opens the shop: makes the rooms, in the order in which they need one another."""

from __future__ import annotations

from sim.shop.scenario import Scenario
from sim.streams import Streams
from sim.world.attention import Attention
from sim.world.batons import Batons
from sim.world.board import Board
from sim.world.books import Books
from sim.world.orders import Orders
from sim.world.phones import Phones
from sim.world.roster import Roster
from sim.world.shop import Shop
from sim.world.slots import SlotBoard
from sim.world.trays import Trays


def build(scenario: Scenario, streams: Streams) -> Shop:
    """A shop with its rooms and its people, before the first morning; agents are not in it yet."""
    shop = Shop(scenario, streams)
    shop.books = Books(shop)
    shop.orders = Orders(shop)
    shop.trays = Trays(shop)
    shop.phones = Phones(shop)
    shop.batons = Batons(shop)
    shop.attention = Attention(shop)
    shop.roster = Roster(shop)
    shop.roster.hire()
    shop.slots = SlotBoard(shop)
    shop.board = Board(shop)
    return shop
