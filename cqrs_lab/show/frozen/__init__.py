"""Views that move without a kernel: their pictures are drawn ahead, and the same page script shows them."""

from cqrs_lab.show.frozen.grid import Asked
from cqrs_lab.show.frozen.page import page_script, page_states
from cqrs_lab.show.frozen.states import Frozen, frozen

__all__ = ["Asked", "Frozen", "frozen", "page_script", "page_states"]
