"""What a store can do beside the five methods: each is tried where it is found."""

from __future__ import annotations

from cqrs_lab.log.contract.trial import Append, Trial
from cqrs_lab.log.event_store import BulkStore, is_announcing
from cqrs_lab.log.slice import SlicingStore
from cqrs_lab.log.wrappers.read_through import is_tracing


def further(trial: Trial) -> dict[str, bool]:
    """Return each further thing that the check can try, and whether this store has it."""
    op, store = Append("order-1", 1, 0), trial.store
    receipt = trial.call("", str(op), lambda: store.append(op.stream, op.events(), expected=op.expected))
    return {
        "subscribe": is_announcing(store),
        "read_slice": isinstance(store, SlicingStore),
        "together": isinstance(store, BulkStore),
        "caused_by and metadata": is_tracing(store),
        "again of the receipt": getattr(receipt, "again", None) is not None,
    }
