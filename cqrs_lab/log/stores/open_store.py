"""What every store has in common that holds something open, and whose log others write to as well."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import NoReturn, Protocol, Self

from cqrs_lab.errors import InvalidArgument
from cqrs_lab.log.envelope import Position
from cqrs_lab.log.listeners import Listeners
from cqrs_lab.log.stores.watcher import Pause, Sleep, Watcher


class Closeable(Protocol):
    """A file, or connections: the next call opens it again."""

    def close(self) -> None:
        """Release it."""


class OpenStore(ABC):
    """A store that calls its listeners for its own commits and for those of others, and can be closed.

    Parameters
    ----------
    held : Closeable
    pause : callable, optional
        Makes what the store does between two looks for what others have recorded; see `Watcher`.
    """

    def __init__(self, held: Closeable, pause: Callable[[], Pause] = Sleep) -> None:
        self._held = held
        self._listeners = Listeners()
        self._watcher = Watcher(self.head, self._listeners, pause)

    @abstractmethod
    def head(self) -> Position:
        """Return the position of the last event; 0 if the log is empty."""

    def _announce(self, head: Position) -> None:
        """Call the listeners for a commit of this store itself."""
        self._watcher.heard_of(head)
        self._listeners.announce()

    def subscribe(self, on_growth: Callable[[], None]) -> Callable[[], None]:
        """Call `on_growth` after each commit; see `AnnouncingStore.subscribe`.

        After a commit of another process or another store object it is called too, from another thread, within a tenth
        of a second while the log can be reached, and perhaps once for several commits.
        """
        end = self._listeners.add(on_growth)
        self._watcher.start()
        return end

    def close(self) -> None:
        """Release the file or the connections; the next call opens them again."""
        self._watcher.stop()
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __reduce__(self) -> NoReturn:
        raise InvalidArgument(
            f"{self!r} is open, and cannot be copied or sent to another process; make a store for the same log there"
        )
