"""Each law of the log on JetStream is broken by a variant that looks right: the tests see it."""

import pytest

from cqrs_lab.log.stores import jetstream_client
from tests.log.stores import jetstream_laws as laws
from tests.log.stores import planted_jetstream as planted

# A variant, the servers on which it shows, and the law that it breaks.
CAUGHT = [
    (planted.the_subject_expectation_alone, "on_three", laws.one_of_two_writers),
    (planted.a_random_message_id, "on_three", laws.one_of_two_writers),
    (planted.a_duplicate_taken_for_success, "on_one", laws.one_of_two_writers),
    (planted.whoever_stands_there_taken_for_mine, "on_one", laws.one_of_two_writers),
    (planted.a_retry_without_looking, "on_one", laws.a_lost_acknowledgement_doubles_nothing),
    (planted.a_retry_without_looking, "on_three", laws.a_lost_acknowledgement_doubles_nothing),
    (planted.ids_known_by_the_server_alone, "on_one", laws.a_command_is_found_again_whatever_came_after_it),
    (planted.names_not_encoded, "on_one", laws.streams_keep_apart_whatever_their_names),
    (planted.a_lost_consumer_read_as_an_empty_log, "on_one", laws.a_lost_consumer_is_no_empty_log),
    (planted.one_message_an_event, "on_one", laws.a_commit_is_one_message),
    (planted.sizes_unchecked, "on_one", laws.what_is_too_long_is_refused_at_once),
    (planted.sizes_of_payloads_alone, "on_one", laws.what_is_too_long_is_refused_at_once),
    (planted.deleting_allowed, "on_one", laws.nothing_can_be_deleted),
    (planted.settings_unchecked, "on_one", laws.settings_that_lose_events_are_refused),
    (planted.no_stream_taken_for_a_new_one, "on_one", laws.a_log_that_is_gone_is_no_new_one),
    (planted.another_log_of_the_same_name, "on_one", laws.a_log_that_is_gone_is_no_new_one),
    (planted.time_out_said_to_be_a_failure, "on_one", laws.time_that_runs_out_is_no_failure),
    (planted.versions_from_any_replica, "on_three", laws.versions_come_from_the_leader),
]


PARAMETERS = [pytest.param(plant, law, where, id=f"{plant.__name__} {where}") for plant, where, law in CAUGHT]


@pytest.mark.parametrize(("plant", "law", "jetstream"), PARAMETERS, indirect=["jetstream"])
def test_a_planted_fault_is_caught(plant, law, jetstream, monkeypatch):
    monkeypatch.setattr(jetstream_client, "PATIENCE_SECONDS", 0.4)
    monkeypatch.setattr(jetstream_client, "ANSWER_SECONDS", 0.4)
    with monkeypatch.context() as patch:
        plant(patch)
        with pytest.raises(Exception):  # noqa: B017, PT011 - a faulty store may also break down
            law(jetstream)
