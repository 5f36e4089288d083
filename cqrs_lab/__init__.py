"""CQRS to read in one sitting and to try out: a log, a write side and a read side.

The names below are in reading order. The shop that the lessons use is in `cqrs_lab.shop`.
"""

from cqrs_lab.errors import (
    ClusterFailed,
    CommandIdReused,
    CommandRejected,
    ConcurrencyError,
    CqrsLabError,
    DecodingFailed,
    DecryptionFailed,
    DefinedAgain,
    InvalidArgument,
    MissingExtra,
    NotRegistered,
    ProjectionFailed,
    SchemaError,
    StoreUnavailable,
    StoreUnreadable,
    UnknownEventType,
    UnreadableEvent,
    UpcastFailed,
)
from cqrs_lab.log.envelope import Position, RecordedEvent, StreamVersion
from cqrs_lab.log.event_store import Appended, EventStore, Expected
from cqrs_lab.log.contract import check_event_store
from cqrs_lab.log.memory import MemoryEventStore
from cqrs_lab.log.stores.opening import open_event_store
from cqrs_lab.log.wrappers.upcasting import UpcastingStore
from cqrs_lab.findings import Fault, Report
from cqrs_lab.write.decider import Decider
from cqrs_lab.write.snapshot import Snapshot, Snapshots
from cqrs_lab.write.command_bus import CommandBus, Receipt
from cqrs_lab.write.process_manager import Process, ProcessManager, RejectedCommand
from cqrs_lab.write.scenario import given
from cqrs_lab.read.batch import EventBatch
from cqrs_lab.read.contract import check_projection
from cqrs_lab.read.frames.difference import compare_tables
from cqrs_lab.read.frames.merge import merge_rows
from cqrs_lab.read.projection import Projection
from cqrs_lab.read.frames.schema import Schema
from cqrs_lab.read.read_model import ReadModel
from cqrs_lab.read.status import ProjectorStatus
from cqrs_lab.read.projector import Projector
from cqrs_lab.read.queries import Answer, QueryBus
from cqrs_lab.read.rebuild import Rebuild, rebuild
from cqrs_lab.read.retry import retry_parked
from cqrs_lab.read.why import Provenance, why
from cqrs_lab.own_system.door import your_system
from cqrs_lab.own_report.door import report
from cqrs_lab.classroom.door import join, replay_hour, room

__all__ = [
    "MemoryEventStore",
    "open_event_store",
    "UpcastingStore",
    "EventStore",
    "Expected",
    "Appended",
    "RecordedEvent",
    "StreamVersion",
    "Position",
    "Decider",
    "CommandBus",
    "Receipt",
    "Snapshots",
    "Snapshot",
    "Process",
    "ProcessManager",
    "RejectedCommand",
    "given",
    "EventBatch",
    "Schema",
    "Projection",
    "merge_rows",
    "ReadModel",
    "Projector",
    "ProjectorStatus",
    "QueryBus",
    "Answer",
    "retry_parked",
    "rebuild",
    "Rebuild",
    "compare_tables",
    "why",
    "Provenance",
    "check_event_store",
    "check_projection",
    "Report",
    "Fault",
    "your_system",
    "report",
    "room",
    "join",
    "replay_hour",
    "CqrsLabError",
    "InvalidArgument",
    "ConcurrencyError",
    "CommandRejected",
    "CommandIdReused",
    "NotRegistered",
    "SchemaError",
    "ProjectionFailed",
    "UnreadableEvent",
    "DefinedAgain",
    "UpcastFailed",
    "DecryptionFailed",
    "UnknownEventType",
    "DecodingFailed",
    "StoreUnavailable",
    "StoreUnreadable",
    "ClusterFailed",
    "MissingExtra",
]
