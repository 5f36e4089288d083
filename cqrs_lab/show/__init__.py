"""How notebooks show things: pictures that say what they show, and views that the learner moves."""

from cqrs_lab.show.any_day import any_day
from cqrs_lab.show.copies import copies
from cqrs_lab.show.cut_and_merge import cut_and_merge
from cqrs_lab.show.decision_table import decision_table
from cqrs_lab.show.duel import duel
from cqrs_lab.show.fault_plan import fault_plan
from cqrs_lab.show.fronts import fronts
from cqrs_lab.show.hockey_stick import hockey_stick
from cqrs_lab.show.interleaving import interleaving
from cqrs_lab.show.lag_explorer import lag_explorer
from cqrs_lab.show.lag_over_time import lag_over_time
from cqrs_lab.show.log_and_tables import log_and_tables
from cqrs_lab.show.measured import measured_and_predicted, measured_beside_predicted
from cqrs_lab.show.one_file import one_file
from cqrs_lab.show.page import page
from cqrs_lab.show.picture import Picture
from cqrs_lab.show.policies import policies
from cqrs_lab.show.price_of_remedies import price_of_remedies
from cqrs_lab.show.process_lanes import process_lanes
from cqrs_lab.show.queues import queues
from cqrs_lab.show.race import race
from cqrs_lab.show.read_side import read_side
from cqrs_lab.show.rebuild_studio import rebuild_studio
from cqrs_lab.show.recorded_run import RecordedRun
from cqrs_lab.show.scene import scene
from cqrs_lab.show.should_you import should_you
from cqrs_lab.show.skipped_event import skipped_event
from cqrs_lab.show.staircases import staircases
from cqrs_lab.show.stale_read import stale_read
from cqrs_lab.show.tail import tail
from cqrs_lab.show.time_machine import time_machine
from cqrs_lab.show.trace_tree import trace_tree
from cqrs_lab.show.two_clerks import two_clerks
from cqrs_lab.show.two_doors import Shop, two_doors
from cqrs_lab.show.view import View
from cqrs_lab.show.who_saw_what import who_saw_what
from cqrs_lab.show.why_is_it import why_is_it

__all__ = [
    "RecordedRun",
    "page",
    "scene",
    "log_and_tables",
    "cut_and_merge",
    "why_is_it",
    "time_machine",
    "duel",
    "decision_table",
    "one_file",
    "two_clerks",
    "two_doors",
    "queues",
    "race",
    "copies",
    "any_day",
    "staircases",
    "tail",
    "stale_read",
    "hockey_stick",
    "measured_and_predicted",
    "measured_beside_predicted",
    "lag_explorer",
    "fronts",
    "lag_over_time",
    "read_side",
    "who_saw_what",
    "policies",
    "interleaving",
    "skipped_event",
    "price_of_remedies",
    "fault_plan",
    "rebuild_studio",
    "process_lanes",
    "trace_tree",
    "should_you",
    "Shop",
    "View",
    "Picture",
]
