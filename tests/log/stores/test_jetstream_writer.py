"""A writer is right whatever the answer: one server and three answer in different ways."""

from tests.log.stores import jetstream_laws as laws


def test_of_two_writers_one_is_recorded_and_the_other_is_told(jetstream):
    laws.one_of_two_writers(jetstream)


def test_a_lost_acknowledgement_or_publish_doubles_nothing_and_loses_nothing(jetstream):
    laws.a_lost_acknowledgement_doubles_nothing(jetstream)


def test_a_commit_is_one_message(jetstream):
    laws.a_commit_is_one_message(jetstream)


def test_what_is_too_long_is_refused_before_it_is_sent(jetstream):
    laws.what_is_too_long_is_refused_at_once(jetstream)


def test_time_that_runs_out_is_said_to_be_unknown_and_never_to_have_failed(jetstream):
    laws.time_that_runs_out_is_no_failure(jetstream)
