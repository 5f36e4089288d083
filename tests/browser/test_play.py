"""A control is played, paused and taken in hand; whatever was shown without the kernel, the kernel has in the end."""

import pandas as pd
import pytest

from cqrs_lab.show import Picture, View
from cqrs_lab.show.view import MOST_AHEAD, Control

from .test_motion import SEEN

pytestmark = pytest.mark.browser

STEP = 1500  # milliseconds, at the normal speed
QUIET = 1000  # longer than a view waits for the movement to stop


def stepping(most, value):
    def draw(step, page):
        return Picture(f'<p data-key="p">step {step}</p>', f"step {step}", pd.DataFrame({"step": [step]}))

    return View(draw, [Control("step", "Step", 0, most, value, plays=True), Control("page", "Page", 0, 9, 0)])


class Kernel:
    """A view whose page answers when the test lets it."""

    def __init__(self, show, view):
        self.view, self.page = view, show(view)
        self.page.evaluate(SEEN)
        self.page.clock.pause_at(self.page.evaluate("Date.now() / 1000 + 10"))  # now time passes by `run_for` alone

    def answer(self):
        """Answer all that the page has sent so far."""
        state, messages = self.page.evaluate("[window.saved ?? null, sent.splice(0)]")
        told = []
        self.view.send = told.append
        if state is not None:
            self.view.set_state({name: state[name] for name in ("values", "asked")})
        for message in messages:
            self.view._handle_custom_msg(message, [])
        self.page.evaluate("told => told.forEach(hear)", told)
        shown = {name: getattr(self.view, name) for name in ("values", "controls", "html", "says", "answered")}
        self.page.evaluate("shown => answer(shown)", shown)
        return told

    def shown(self):
        return self.page.locator(".stage > :first-child").inner_html()

    def aloud(self):
        return self.page.locator(".only-read-out").first.evaluate("each => each.textContent")

    def is_on_a_par(self):
        """Whether the kernel's values, picture and numbers are those of the picture on the page."""
        view, slider = self.view, self.page.get_by_role("slider").first.input_value()
        step = view.values["step"] == int(slider) == view.frame().at[0, "step"]
        return step and self.shown() == view.picture.html == view.html


@pytest.fixture
def kernel(show):
    return lambda most=5, value=2: Kernel(show, stepping(most, value))


def button(page, name):
    return page.get_by_role("button", name=name, exact=True)


def play(kernel, key="Space"):
    button(kernel.page, "Play: Step").press(key)
    return kernel.answer()


def steps(kernel, count=1):
    for _ in range(count):
        kernel.page.clock.run_for(STEP)


@pytest.mark.parametrize("key", ["Space", "Enter"])
def test_a_short_run_plays_to_its_end_without_the_kernel_which_is_told_in_the_end(kernel, key):
    short = kernel()
    [message] = play(short, key)
    assert [state["values"]["step"] for state in message["states"]] == [3, 4, 5]
    assert "step 3" in short.shown() and button(short.page, "Pause: Step").is_visible()
    steps(short)
    assert "step 4" in short.shown() and short.view.values["step"] == 2
    assert short.aloud() == ""
    steps(short)
    assert "step 5" in short.shown() and button(short.page, "Play: Step").is_visible()
    short.answer()
    steps(short, 9)
    assert short.is_on_a_par() and "step 5" in short.shown()
    assert short.aloud() == "step 5"
    assert button(short.page, "Play: Step").evaluate("each => each === document.activeElement")


def test_from_its_end_it_plays_from_its_beginning(kernel):
    at_its_end = kernel(value=5)
    play(at_its_end)
    assert "step 0" in at_its_end.shown()
    steps(at_its_end)
    assert "step 1" in at_its_end.shown()


def test_pause_leaves_kernel_and_page_where_they_are_and_says_so_once(kernel):
    paused = kernel()
    play(paused)
    steps(paused)
    button(paused.page, "Pause: Step").press("Enter")
    paused.answer()
    paused.page.clock.run_for(QUIET)
    assert paused.aloud() == "step 4"
    steps(paused, 9)
    assert paused.is_on_a_par() and "step 4" in paused.shown()


HANDS = {
    "the slider itself": lambda page: page.get_by_role("slider").first.press("ArrowLeft"),
    "another control": lambda page: page.get_by_role("slider").last.press("ArrowRight"),
    "a step back": lambda page: page.get_by_role("button", name="Back: Step").click(),
    "a step forward": lambda page: page.get_by_role("button", name="Next: Step").press("Space"),
}


@pytest.mark.parametrize("hand", HANDS)
def test_a_hand_on_any_control_pauses(kernel, hand):
    held = kernel()
    play(held)
    HANDS[hand](held.page)
    held.answer()
    step, page = (int(held.page.get_by_role("slider").nth(at).input_value()) for at in (0, 1))
    after = {"the slider itself": (2, 0), "another control": (3, 1), "a step back": (2, 0), "a step forward": (4, 0)}
    assert (step, page) == after[hand]
    steps(held, 9)
    assert button(held.page, "Play: Step").is_visible()
    assert held.is_on_a_par() and held.view.values == {"step": step, "page": page}


def test_what_somebody_else_moves_pauses_it_and_is_not_taken_back(kernel):
    moved = kernel()
    play(moved)
    moved.view.move(page=7)
    moved.page.evaluate("shown => answer(shown)", {"values": {"step": 3, "page": 7}})
    moved.answer()
    steps(moved, 9)
    assert button(moved.page, "Play: Step").is_visible() and moved.view.values == {"step": 3, "page": 7}


def test_a_long_run_is_asked_for_step_by_step(kernel):
    long = kernel(most=MOST_AHEAD + 9, value=2)
    assert play(long)[0]["states"] == []
    for step in (3, 4):
        assert f"step {step - 1}" in long.shown()
        steps(long, 9)
        assert f"step {step - 1}" in long.shown(), "nothing is asked for before the answer is there"
        long.answer()
        assert long.is_on_a_par() and f"step {step}" in long.shown()
        steps(long)
    button(long.page, "Pause: Step").click()
    long.answer()
    steps(long, 9)
    assert long.is_on_a_par()


def test_a_very_long_run_is_played_several_steps_at_a_time_and_ends_at_its_end(kernel):
    long = kernel(most=1000, value=973)
    pace = long.page.locator(".player > span")
    assert pace.inner_text() == "5 steps at a time", "40 seconds for the run, five pictures a second"
    play(long)
    for step in (978, 983, 988, 993, 998, 1000):
        long.answer()
        assert long.is_on_a_par() and f"step {step}" in long.shown()
        long.page.clock.run_for(200)
    assert button(long.page, "Play: Step").is_visible()


@pytest.mark.parametrize(("most", "glides"), [(190, True), (1000, False)])
def test_between_leaps_nothing_glides_for_nobody_has_seen_the_way(show, most, glides):
    def draw(step):
        markup = f'<p data-key="p" style="margin-left: {step % 40}px">step {step}</p>'
        return Picture(markup, f"step {step}", pd.DataFrame({"step": [step]}))

    far = Kernel(show, View(draw, [Control("step", "Step", 0, most, 2, plays=True)]))
    play(far)
    far.answer()
    assert (far.page.evaluate("document.getAnimations().length") > 0) is glides
    button(far.page, "Pause: Step").click()
    far.answer()
    button(far.page, "Next: Step").click()
    far.answer()
    assert far.page.evaluate("document.getAnimations().length") > 0, "a step by hand glides"


def test_what_was_sent_ahead_for_an_earlier_play_is_not_shown(kernel):
    late = kernel()
    [early] = play(late)
    button(late.page, "Pause: Step").click()
    late.page.evaluate("early => hear(early)", early)
    late.page.get_by_role("slider").last.press("ArrowRight")
    late.answer()
    button(late.page, "Play: Step").click()
    late.page.evaluate("early => hear(early)", {**early, "states": [{**early["states"][1], "html": "too late"}]})
    late.page.evaluate("answer({ answered: state.asked })")
    assert "step 3" in late.shown() and late.page.evaluate("state.values") == {"step": 4, "page": 1}


def test_a_kernel_that_is_gone_is_told_at_play_and_after_a_run_without_it(kernel):
    gone = kernel()
    silence = gone.page.locator(".silence")
    button(gone.page, "Play: Step").click()
    gone.page.clock.run_for(5000)
    assert "No answer from the kernel yet" in silence.inner_text()
    gone.answer()
    assert silence.inner_text() == "" and "step 3" in gone.shown()
    steps(gone, 9)
    assert "step 5" in gone.shown() and "No answer from the kernel yet" in silence.inner_text()


def test_three_speeds_and_each_says_how_fast_it_is(kernel):
    fast = kernel()
    speed = fast.page.get_by_role("combobox", name="Speed")
    said = {}
    for name in speed.locator("option").all_inner_texts():
        speed.select_option(name)
        said[name] = fast.page.locator(".player > span").inner_text()
    assert said == {"slow": "3 s a step", "normal": "1.5 s a step", "fast": "0.6 s a step"}
    play(fast)
    fast.page.clock.run_for(600)
    assert "step 4" in fast.shown()


LOST = {
    "off screen": "document.body.style.marginTop = '9000px'",
    "hidden": "Object.defineProperty(document, 'hidden', { value: true });"
    "document.dispatchEvent(new Event('visibilitychange'))",
}


@pytest.mark.parametrize("lost", LOST)
def test_it_pauses_where_nobody_sees_it_and_does_not_go_on_by_itself(kernel, lost):
    alone = kernel()
    play(alone)
    alone.page.evaluate(LOST[lost])
    alone.page.evaluate(SEEN)
    alone.page.evaluate("document.body.style.marginTop = ''")
    alone.page.evaluate(SEEN)
    alone.answer()
    steps(alone, 9)
    assert alone.is_on_a_par() and "step 3" in alone.shown()


def test_with_less_motion_it_jumps_from_step_to_step(kernel):
    still = kernel()
    still.page.emulate_media(reduced_motion="reduce")
    play(still)
    steps(still)
    assert "step 4" in still.shown() and still.page.evaluate("document.getAnimations().length") == 0


def test_nothing_plays_by_itself_and_where_there_is_nothing_to_move_nothing_can_be_played(kernel, show):
    idle = kernel()
    steps(idle, 9)
    assert "step 2" in idle.shown() and idle.page.evaluate("sent") == []
    still = show(View(lambda: Picture("", "", pd.DataFrame()), []))
    assert still.get_by_role("button", name="Play").count() == 1, "that of the first view"


@pytest.mark.parametrize("way", [Control.among("way", "Way", ["bus", "train", "boat"]), Control("way", "Way", 0, 2, 0)])
def test_a_view_without_a_time_plays_along_its_first_control(show, way):
    def draw(way, page):
        return Picture(f"<p>way {way}</p>", f"way {way}", pd.DataFrame({"step": [way]}))

    kernel = Kernel(show, View(draw, [way, Control("page", "Page", 0, 9, 0)]))
    button(kernel.page, "Play: Way").press("Enter")
    [message] = kernel.answer()
    assert [state["values"]["way"] for state in message["states"]] == [1, 2]
    assert "way 1" in kernel.shown()
    steps(kernel)
    assert "way 2" in kernel.shown() and button(kernel.page, "Play: Way").is_visible()
    kernel.answer()
    assert "way 2" in kernel.view.html


def test_a_play_that_gets_no_further_pauses(show):
    """As in a book, where not every setting is drawn."""
    kernel = Kernel(show, stepping(400, 2))
    button(kernel.page, "Play: Step").press("Enter")
    kernel.answer()
    kernel.page.evaluate("() => answer({ values: { ...state.values, step: 2 }, answered: state.asked })")
    assert button(kernel.page, "Play: Step").is_visible()
