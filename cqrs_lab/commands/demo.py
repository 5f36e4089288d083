"""cqrs-lab demo: one view alone, full screen, for a room; or several, one after the other."""

from __future__ import annotations

import argparse
import webbrowser
from contextlib import ExitStack, suppress
from threading import Thread
from typing import TYPE_CHECKING, Any

from cqrs_lab.commands.lessons import NAMES
from cqrs_lab.demo.demos import DEMOS, Demo, demo_of
from cqrs_lab.errors import InvalidArgument

if TYPE_CHECKING:
    from cqrs_lab.demo.serving import DemoServer


def add(commands: Any) -> None:
    """Add the command to the parser."""
    demo = commands.add_parser(
        "demo",
        help="for a room: show one view of a lesson alone, full screen",
        description="Show one view alone, in large type, moved by keyboard. It runs in a process of its own, "
        "is seen on this machine alone, and ends with Ctrl+C. Of several, N on the page leads to the next. "
        "Without a name, list the demos.",
        epilog="Exit code: 0, also after Ctrl+C; 2 if there is no demo of that name.",
    )
    demo.add_argument("names", metavar="NAME", nargs="*", help="which demos; without one, list them")
    demo.add_argument("--path", choices=NAMES, help="all demos of a path: see cqrs-lab lessons --path")
    demo.add_argument("--no-browser", action="store_true", help="print the address, and open no browser")
    where = "where to serve it, and the next at PORT + 1 (default: free ports)"
    demo.add_argument("--port", metavar="PORT", type=int, default=0, help=where)
    demo.set_defaults(run=run)


def run(chosen: argparse.Namespace) -> int:
    """List the demos, or serve some until Ctrl+C."""
    demos = [_known(name) for name in chosen.names] + _of_path(chosen.path)
    if not demos:
        print(listed())
        return 0
    with ExitStack() as opened:
        servers = [
            opened.enter_context(_served(demo, chosen.port and chosen.port + at)) for at, demo in enumerate(demos)
        ]
        if servers[1:]:
            for server, following in zip(servers, servers[1:] + servers[:1], strict=True):
                server.following = following
        for demo, server in zip(demos, servers, strict=True):
            print(f"{demo.ask}\n{server.address}")
        print("N leads to the next demo. Ctrl+C ends all." if servers[1:] else "Ctrl+C ends it.", flush=True)
        if not chosen.no_browser:
            webbrowser.open(servers[0].address)
        _serve(servers)
    print("The demo has ended." if not demos[1:] else "The demos have ended.")
    return 0


def _known(name: str) -> Demo:
    demo = demo_of(name)
    if demo is None:
        raise InvalidArgument(f"no demo {name!r}; give one of {', '.join(one.name for one in DEMOS)}")
    return demo


def _of_path(path: str | None) -> list[Demo]:
    if path is None:
        return []
    from cqrs_lab.course.paths import PATHS

    return [_known(name) for part in PATHS[path] for name in part.demos]


def _served(demo: Demo, port: int) -> DemoServer:
    # Imported here, so that the list is shown without waiting for pandas.
    from cqrs_lab.demo.serving import DemoServer
    from cqrs_lab.demo.views import VIEWS

    try:
        return DemoServer(demo, VIEWS[demo.name](), port)
    except (OSError, OverflowError) as error:
        why = f"no demo can be served at port {port} ({error})"
        raise InvalidArgument(f"{why}; give another port, or none for a free one") from None


def _serve(servers: list[DemoServer]) -> None:
    """Serve all of them until Ctrl+C, which only the main thread hears."""
    others = [Thread(target=server.serve_forever) for server in servers[1:]]
    for thread in others:
        thread.start()
    try:
        with suppress(KeyboardInterrupt):
            servers[0].serve_forever()
    finally:
        for server, thread in zip(servers[1:], others, strict=True):
            server.shutdown()
            thread.join()


def listed() -> str:
    """Return the demos with their lessons and the questions to put to the room, a line each."""
    wide = max(len(demo.name) for demo in DEMOS)
    lines = [f"{demo.name:<{wide}}  lesson {demo.lesson.lstrip('0'):<3} {demo.ask}" for demo in DEMOS]
    return "\n".join([*lines, "", "cqrs-lab demo NAME shows one."])
