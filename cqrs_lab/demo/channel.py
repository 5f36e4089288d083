"""What a view hears from a page without Jupyter, and what it answers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from comm.base_comm import BaseComm

from cqrs_lab.show.view import View

PICKED = ("controls", "values", "html", "says", "veil", "asked", "answered", "tasks", "plays", "asks_how")


class Channel(BaseComm):
    """Takes the place of a kernel: the widget's own messages, kept until the page has them.

    Examples
    --------
    >>> from cqrs_lab.demo.views import VIEWS
    >>> channel = Channel(VIEWS["tables"]())
    >>> answers = channel.hear({"method": "update", "state": {"asked": 1}})
    >>> [answer["state"] for answer in answers]
    [{'answered': 1}]
    """

    def __init__(self, view: View) -> None:
        self._waiting: list[dict[str, Any]] = []
        super().__init__(target_name="jupyter.widget")
        self.view = view
        view.comm = self

    def publish_msg(self, msg_type: str, data: Any = None, metadata: Any = None, buffers: Any = None, **_: Any) -> None:
        """Keep what the widget says to its page."""
        if msg_type == "comm_msg":
            self._waiting.append(data)

    def state(self) -> dict[str, Any]:
        """Return what the page needs to draw the view."""
        return {name: getattr(self.view, name) for name in PICKED}

    def hear(self, message: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Hand the page's message to the view, and return what the view says to it, in order."""
        self.handle_msg({"content": {"data": {"buffer_paths": [], **message}}, "buffers": []})
        said, self._waiting = self._waiting, []
        return [one for one in said if one["method"] in ("update", "custom")]
