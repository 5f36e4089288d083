"""The lag of real processes: what is measured is laws of order, never how long anything takes."""

import os
import re
import signal
import subprocess
import sys
import time
from contextlib import ExitStack, closing

import numpy as np
import psutil
import pytest

from cqrs_lab import MemoryEventStore, Projector, open_event_store
from cqrs_lab.errors import InvalidArgument
from cqrs_lab.simulation import Exponential, Fixed, LagModel, Poisson, simulate_lag
from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.measure import MeasuredLag, measure_lag, polling
from cqrs_lab.simulation.measuring.processes import MeasurementFailed, check_clock, parts
from cqrs_lab.simulation.measuring.read_model import NAME, Counts, Handled
from tests.log.stores import nats_servers
from tests.log.stores.conftest import a_server

RATE, EVENTS, SEED = 200, 60, 3
WORK = Exponential(mean=0.001)


@pytest.fixture(scope="module")
def one_by_one():
    return measure_lag(rate=RATE, events=EVENTS, handling=WORK, seed=SEED)


@pytest.fixture(scope="module")
def log_of_20(tmp_path_factory):
    url = f"sqlite:///{tmp_path_factory.mktemp('log') / 'log.db'}"
    measure_lag(url, rate=2_000, events=20, handling=WORK, poll=0.001, batch=4, seed=SEED)
    return url


@pytest.fixture(scope="module")
def in_batches(log_of_20):
    url = log_of_20  # events of another run stand in the log
    return measure_lag(url, rate=2_000, events=EVENTS, poll=0.001, batch=4, seed=SEED)


@pytest.fixture(params=["one_by_one", "in_batches"])
def measured(request):
    return request.getfixturevalue(request.param)


def children():
    return [one for one in psutil.Process().children() if "cqrs_lab.simulation.measuring.worker" in one.cmdline()]


def test_a_measurement_has_the_frame_of_a_simulation(measured):
    simulated = simulate_lag(LagModel(Poisson(RATE), WORK), events=EVENTS, seed=SEED)
    assert measured.events.dtypes.to_dict() == simulated.events.dtypes.to_dict()
    assert list(measured.events) == list(simulated.events)
    assert measured.events["position"].tolist() == list(range(1, EVENTS + 1))
    assert list(measured.summary().index) == list(simulated.summary().index)


def test_the_same_seed_has_the_moments_that_the_simulator_has(one_by_one):
    simulated = simulate_lag(LagModel(Poisson(RATE), Fixed(1)), events=EVENTS, seed=SEED)
    assert np.allclose(one_by_one.steps["due_at"], simulated.committed_at, rtol=0, atol=1e-12)


def test_each_step_comes_after_the_one_that_it_needs(measured):
    steps = measured.steps
    assert (steps["late_seconds"] >= 0).all()
    assert (steps["committed_at"] > steps["due_at"] + steps["late_seconds"]).all()
    assert (steps["visible_at"] > steps["begun_at"]).all()
    assert steps["visible_at"].is_monotonic_increasing and steps["position"].is_monotonic_increasing
    # An event is seen by others a moment before its append returns.
    assert (steps["visible_at"] > steps["due_at"] + steps["late_seconds"]).all()


def test_the_work_of_each_event_is_done_by_the_projection():
    """Counted in processor time of this thread, so other work on the machine takes nothing away from it."""
    store = MemoryEventStore()
    store.append("work", [Handled(0.05), Handled(0.1)], expected=0)
    projector, before = Projector(store, Counts()), time.thread_time()
    projector.catch_up()
    assert time.thread_time() - before >= 0.15
    assert projector.table.at["handled", "events"] == 2


def test_the_writer_gives_each_event_the_work_that_the_simulator_draws(log_of_20):
    drawn = Draws(LagModel(Poisson(2_000), WORK), 20, SEED).work(replica=0).handling
    with open_event_store(log_of_20, events={NAME: Handled}) as store:
        assert [one.event.work_seconds for one in store.read_all(limit=20)] == drawn.tolist()


def test_the_reader_sees_what_the_projector_said_it_saw_on_one_clock(measured):
    """A witness in a third process: if the clocks differed, or a commit were half visible, it would contradict."""
    steps, reads = measured.steps, measured.reads
    assert len(reads) > 10
    for asked, answered, position in reads.itertuples(index=False):
        must = steps.loc[steps["visible_at"] <= asked, "position"].max()
        may = steps.loc[steps["begun_at"] <= answered, "position"].max()
        assert np.isnan(must) or position >= must
        assert (position == 0 or position < steps["position"].min()) if np.isnan(may) else position <= may
    assert 0 <= measured.missed_reads() <= 1


def test_a_batch_becomes_visible_together_and_holds_no_more_than_its_limit(in_batches):
    sizes = in_batches.steps.groupby("visible_at").size()
    assert sizes.max() <= 4 and sizes.sum() == EVENTS
    assert in_batches.steps.groupby("visible_at")[["begun_at", "handling_seconds"]].nunique().eq(1).all(axis=None)


def test_without_a_limit_each_event_becomes_visible_alone(one_by_one):
    assert one_by_one.steps["visible_at"].is_unique


def test_the_model_is_calibrated_by_the_handling_times_that_were_measured(measured):
    assert measured.model.handling.seconds == tuple(measured.steps["handling_seconds"])
    assert measured.model.arrivals.rate_per_second in (RATE, 2_000)
    assert len(simulate_lag(measured.model, events=100, seed=1).events) == 100


def test_a_rate_that_the_machine_cannot_keep_is_said():
    measured = measure_lag(rate=1e9, events=40, seed=1)
    assert measured.kept_rate < 0.1 and (measured.steps["late_seconds"].iloc[1:] > 0).all()
    assert "did not keep the rate: asked for 1e+09 per second" in repr(measured)


def test_a_store_that_cannot_be_reached_is_said_and_leaves_no_process():
    with pytest.raises(MeasurementFailed, match=r"the writer of the measurement: StoreUnavailable: .*nothing was mea"):
        measure_lag("sqlite:////no/such/folder/log.db", rate=10, events=20)
    assert children() == []


def test_a_process_that_dies_is_said_with_its_last_words_and_the_others_end():
    words = "the projector of the measurement: ended with exit code 1; KeyError"
    plans = {
        "writer": {"url": "memory://", "work_seconds": [], "folder": "/nowhere"},
        "projector": {"folder": "/nowhere"},
    }
    with pytest.raises(MeasurementFailed, match=words), parts(plans):
        pass
    assert children() == []


class Elsewhere:
    """A process whose clock is a second ahead."""

    role = "reader"

    def tell(self, what):
        self.asked = what

    def answer(self, wanted):
        return time.monotonic_ns() + 1_000_000_000


def test_a_clock_that_is_not_ours_is_found():
    with pytest.raises(MeasurementFailed, match=r"the reader's clock is \+1.0"):
        check_clock(Elsewhere())


# Who starts something in the background may have it ignore interrupts.
LONG = """
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)
from cqrs_lab.simulation.draws import Draws
from cqrs_lab.simulation.measure import measure_lag
print("begins", flush=True)
measure_lag(rate=1, events=1000)
"""


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGKILL])
def test_a_measurement_that_is_stopped_leaves_neither_process_nor_folder(tmp_path, stop):
    environment = os.environ | {"TMPDIR": str(tmp_path)}
    run = subprocess.Popen(
        [sys.executable, "-c", LONG], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    with closing(run.stdout), closing(run.stderr), ExitStack() as whatever_happens:
        whatever_happens.callback(run.kill)
        run.stdout.readline()
        caller = psutil.Process(run.pid)
        while len(working := caller.children()) < 3:
            assert run.poll() is None
            time.sleep(0.02)  # to look at all processes of the machine is dear
        run.send_signal(stop)
        assert psutil.wait_procs(working, timeout=60)[1] == []
        assert run.wait() != 0
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"rate": 0, "events": 50}, "rate=0"),
        ({"rate": 10}, "give one of the two, such as events=500"),
        ({"rate": 10, "events": 50, "seconds": 5}, "give one of the two, such as events=500"),
        ({"rate": 10, "events": 2}, "events=2"),
        ({"rate": 10, "seconds": -1}, "seconds=-1"),
        ({"rate": 10, "events": 50, "handling": 0.5}, "handling=0.5: give a duration"),
        ({"rate": 10, "events": 50, "poll": 0}, "poll=0"),
        ({"rate": 10, "events": 50, "batch": 0}, "batch=0"),
        ({"rate": 10, "events": 50, "seed": -1}, "seed=-1"),
        ({"url": "memory://", "rate": 10, "events": 50}, "a log that processes share"),
        ({"url": "redis://ada:secret@here", "rate": 10, "events": 50}, "'redis://here'"),
    ],
)
def test_an_argument_without_a_meaning_is_refused(arguments, message):
    with pytest.raises(InvalidArgument, match=re.escape(message)):
        measure_lag(**arguments)


def test_the_polls_are_those_of_the_simulator():
    assert polling(0.01, None).mode == "drain"
    assert (polling(0.01, 5).mode, polling(0.01, 5).commit, polling(0.01, 5).batch_limit) == ("sleep_after", "batch", 5)


@pytest.fixture
def postgres():
    yield from a_server()


@pytest.fixture
def jetstream(tmp_path):
    if nats_servers.BINARY is None:
        pytest.fail(nats_servers.MISSING) if "CI" in os.environ else pytest.skip(nats_servers.MISSING)
    servers = nats_servers.one(tmp_path)
    yield nats_servers.url(servers, "MEASURED")
    servers[0].kill()


def test_it_measures_on_postgresql(postgres):
    test_the_reader_sees_what_the_projector_said_it_saw_on_one_clock(
        measure_lag(postgres.url, rate=RATE, events=EVENTS)
    )


def test_it_measures_on_jetstream(jetstream):
    test_the_reader_sees_what_the_projector_said_it_saw_on_one_clock(measure_lag(jetstream, rate=RATE, events=EVENTS))


def test_a_measurement_says_what_it_is(one_by_one):
    assert isinstance(one_by_one, MeasuredLag)
    assert repr(one_by_one).startswith("60 events: mean lag ")
