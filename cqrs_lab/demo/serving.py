"""Serves one view to a browser on this machine: on loopback, to those who have the token, until it is stopped."""

from __future__ import annotations

import json
import secrets
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from cqrs_lab.demo.channel import Channel
from cqrs_lab.demo.demos import Demo
from cqrs_lab.demo.page import page
from cqrs_lab.show.view import View

LOOPBACK = "127.0.0.1"
LONGEST_MESSAGE = 1_000_000
# The page asks nobody but the process that serves it.
ALLOWED = "; ".join(
    ["default-src 'none'", "script-src 'self' 'unsafe-inline'", "style-src 'unsafe-inline'", "connect-src 'self'"]
    + ["img-src data:"]
)


class DemoServer(ThreadingHTTPServer):
    """Serves a demo at `address`, on a free port unless one is given.

    Parameters
    ----------
    demo : Demo
    view : View
    port : int, optional
    """

    # A browser may keep a connection open; nobody waits for it.
    daemon_threads = True

    def __init__(self, demo: Demo, view: View, port: int = 0) -> None:
        super().__init__((LOOPBACK, port), _Handler)
        self.token = secrets.token_urlsafe(24)
        self._demo, self._channel, self._turn = demo, Channel(view), Lock()
        self.following: DemoServer | None = None  # where N on the page leads

    @property
    def address(self) -> str:
        """Where a browser finds the demo, with its token."""
        return f"http://{LOOPBACK}:{self.server_port}/?token={self.token}"

    def page(self) -> str:
        """Return the page, with the view as it stands now."""
        with self._turn:
            following = self.following.address if self.following else ""
            return page(self._demo, self.token, self._channel.state(), following)

    def script(self) -> str:
        """Return the module that draws the view."""
        return str(self._channel.view._esm)

    def hear(self, message: Any) -> str:
        """Return what the view says to a message of its page."""
        with self._turn:
            return json.dumps(self._channel.hear(message))


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        demo = cast(DemoServer, self.server)
        found = {"/": ("text/html", demo.page), "/view.js": ("text/javascript", demo.script)}
        kind, what = found.get(urlsplit(self.path).path, (None, None))
        if self._may_enter():
            if kind is None or what is None:
                self._refuse(HTTPStatus.NOT_FOUND, "There is only the demo here: open the address that was printed.")
            else:
                self._answer(kind, what())

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        if self._may_enter():
            if length > LONGEST_MESSAGE:
                self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "This is no move of a control.")
            else:
                message = json.loads(self.rfile.read(length))
                self._answer("application/json", cast(DemoServer, self.server).hear(message))

    def _may_enter(self) -> bool:
        given = parse_qs(urlsplit(self.path).query).get("token", [""])[0]
        knows = secrets.compare_digest(given.encode(), cast(DemoServer, self.server).token.encode())
        if not knows:
            self._refuse(HTTPStatus.FORBIDDEN, "The token is missing: open the address that cqrs-lab demo printed.")
        return knows

    def _refuse(self, why: HTTPStatus, text: str) -> None:
        self._answer("text/plain", text, why)

    def _answer(self, kind: str, text: str, status: HTTPStatus = HTTPStatus.OK) -> None:
        body = text.encode("utf-8")
        self.send_response(status)
        self.send_header("Content-Type", f"{kind}; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", ALLOWED)
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        with suppress(ConnectionError):  # the page has been closed meanwhile
            self.end_headers()
            self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the terminal for the address."""
