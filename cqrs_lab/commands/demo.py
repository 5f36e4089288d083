"""cqrs-lab demo: one view alone, full screen, for a room."""

from __future__ import annotations

import argparse
import webbrowser
from typing import Any

from cqrs_lab.demo.demos import DEMOS, demo_of
from cqrs_lab.errors import InvalidArgument


def add(commands: Any) -> None:
    """Add the command to the parser."""
    demo = commands.add_parser(
        "demo",
        help="for a room: show one view of a lesson alone, full screen",
        description="Show one view alone, in large type, moved by keyboard. It runs in a process of its own, "
        "is seen on this machine alone, and ends with Ctrl+C. Without a name, list the demos.",
        epilog="Exit code: 0, also after Ctrl+C; 2 if there is no demo of that name.",
    )
    demo.add_argument("name", metavar="NAME", nargs="?", help="which demo; without it, list them")
    demo.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")
    demo.add_argument("--port", metavar="PORT", type=int, default=0, help="where to serve it (default: a free port)")
    demo.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """List the demos, or serve one until Ctrl+C."""
    if chosen.name is None:
        print(listed())
        return 0
    demo = demo_of(chosen.name)
    if demo is None:
        raise InvalidArgument(f"no demo {chosen.name!r}; give one of {', '.join(one.name for one in DEMOS)}")
    # Imported here, so that the list is shown without waiting for pandas.
    from cqrs_lab.demo.serving import DemoServer
    from cqrs_lab.demo.views import VIEWS

    view = VIEWS[demo.name]()
    try:
        served = DemoServer(demo, view, chosen.port)
    except (OSError, OverflowError) as error:
        why = f"no demo can be served at port {chosen.port} ({error})"
        raise InvalidArgument(f"{why}; give another port, or none for a free one") from None
    with served as server:
        print(f"{demo.ask}\n{server.address}\nCtrl+C ends it.", flush=True)
        if not chosen.no_browser:
            webbrowser.open(server.address)
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            print("The demo has ended.")
    return 0


def listed() -> str:
    """Return the demos with their lessons and the questions to put to the room, a line each."""
    wide = max(len(demo.name) for demo in DEMOS)
    lines = [f"{demo.name:<{wide}}  lesson {demo.lesson.lstrip('0'):<3} {demo.ask}" for demo in DEMOS]
    return "\n".join([*lines, "", "cqrs-lab demo NAME shows one."])
