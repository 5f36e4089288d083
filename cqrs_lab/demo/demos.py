"""The demos: which view each one shows, and the question to put to the room before anybody moves it."""

from __future__ import annotations

from typing import NamedTuple


class Demo(NamedTuple):
    """A demo: its name, the key of its lesson, and what to ask the room; `views.VIEWS` makes its view."""

    name: str
    lesson: str
    ask: str


DEMOS = (
    Demo("duel", "03", "Two buyers, one cup. Can both of them get it?"),
    Demo("time-machine", "03", "What did the shop know on Saturday evening?"),
    Demo("scissors", "05", "Cut the log in two. Where does the cup still have its average of 4?"),
    Demo("tables", "05", "Position 5: an order is placed. How many of the three tables does it change?"),
    Demo("why", "05", "Order 8 shows 0 units. Which events say so?"),
    Demo("staircases", "07", "Somebody looks every four seconds. How long is an event unseen, on average?"),
    Demo("stick", "07", "From 90 % busy to 95 % busy: how much does the average lag grow?"),
    Demo("queues", "07", "The same handler, 80, 90 and 95 % busy. How long does an event wait?"),
    Demo("lag", "07", "You may change one thing. Which one takes the most lag away?"),
    Demo("fronts", "08", "14 orders, 28 looks at the page. How many of the looks miss their own order?"),
    Demo("remedies", "08", "Six remedies. Who waits in each of them?"),
    Demo("who-saw-what", "08", "Cleo orders, looks, and does not see her order. Which promise was broken?"),
    Demo("crash", "09", "40 cups are ordered, and the projector crashes. How many does the table count?"),
    Demo("turns", "09b", "Five moves. In which order is Ada's event never read?"),
    Demo("skipped", "09b", "The reader's lag is 0. Is anything missing?"),
    Demo("rebuild", "10", "The new table has read half of the log. What does the front page show?"),
    Demo("scaling", "11", "One product has four events of ten. Which do you double: partitions, speed, or copies?"),
    Demo("verdict", "15", "A seat map may never be late. Does CQRS pay for it?"),
)


def demo_of(name: str) -> Demo | None:
    """Return the demo of a name; None if there is none."""
    return next((demo for demo in DEMOS if demo.name == name), None)
