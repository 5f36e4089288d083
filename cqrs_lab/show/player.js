// Plays a control: one step after the other, until its end, or until somebody takes it in hand.
// The kernel sends the pictures of a short run ahead, in one message; those of a long run are asked for one by one.
const SECONDS_A_STEP = { slow: 3, normal: 1.5, fast: 0.6 };
const SECONDS_A_RUN = 40; // a long run is played faster, at the normal speed in this time
const SECONDS_A_PICTURE = 0.2; // nobody sees more of them; a very long run is played several steps at a time

// `box` has all controls of the view: a hand on any of them pauses. `draw()` is called for a picture that was sent ahead.
function player(model, { name, label, least }, box, draw) {
  const speeds = Object.keys(SECONDS_A_STEP).map((text) => make("option", { textContent: text, selected: text === "normal" }));
  const [button, speed, pace] = [make("button", { type: "button" }), make("select", { ariaLabel: "Speed" }, ...speeds), make("span")];
  const value = () => model.get("values")[name];
  const most = () => model.get("controls").find((each) => each.name === name).most;
  const isAnswered = () => model.get("answered") === model.get("asked");
  const seconds = () => {
    const [step, normal] = [SECONDS_A_STEP[speed.value], SECONDS_A_STEP.normal];
    return Math.min(step, (SECONDS_A_RUN / Math.max(1, most() - least)) * (step / normal));
  };
  const stride = () => Math.ceil(SECONDS_A_PICTURE / seconds());
  let [plays, stepping, begins, stood, timer] = [false, false, 0, undefined, undefined];
  let ahead = new Map(); // what the kernel would send, by the value of the control
  let shown; // of these, what the page shows; as soon as the kernel has answered, it is what the kernel says

  function show() {
    const [sign, word] = plays ? ["❚❚", "Pause"] : ["▶", "Play"];
    button.replaceChildren(sign, make("span", { textContent: ` ${word}` }));
    button.ariaLabel = `${word}: ${label}`;
    pace.textContent = stride() > 1 ? `${stride()} steps at a time` : `${Number(seconds().toPrecision(2))} s a step`;
  }
  function play() {
    plays = true;
    ahead = new Map();
    show();
    begins = model.get("asked") + 1;
    model.set("asked", begins);
    model.send({ ahead: begins, along: name, values: model.get("values") });
  }
  // The kernel hears where it has stopped: its values are those of the picture that is shown.
  function pause() {
    if (!plays) return;
    plays = false;
    clearTimeout(timer);
    show();
    ask(model, {});
  }
  function step() {
    const next = value() < most() ? Math.min(value() + stride(), most()) : least;
    [stepping, stood] = [true, value()];
    if (ahead.has(next)) {
      shown = ahead.get(next);
      model.set("values", shown.values);
      draw();
      wait();
    } else {
      ask(model, { [name]: next }, true);
    }
    stepping = false;
  }
  function wait() {
    if (value() >= most()) pause();
    else timer = setTimeout(step, 1000 * seconds() * stride());
  }
  // The kernel has answered: to Play, or to a step.
  function heard() {
    shown = undefined;
    draw();
    if (!plays) return;
    clearTimeout(timer);
    if (model.get("asked") === begins) step();
    else if (value() === stood) pause(); // a book has not drawn every setting
    else wait();
  }
  function take(message) {
    if (plays && message.ahead === begins) ahead = new Map(message.states.map((each) => [each.values[name], each]));
  }
  // Somebody else has moved it.
  function moved() {
    show();
    if (!stepping && isAnswered()) pause();
  }
  const element = make("div", { className: "control player" }, button, speed, pace);
  button.addEventListener("click", () => (plays ? pause() : play()));
  speed.addEventListener("change", show);
  for (const kind of ["input", "change", "click"]) {
    box.addEventListener(kind, ({ target }) => { if (!element.contains(target)) pause(); }, { capture: true });
  }
  show();
  return { element, pause, heard, moved, take, plays: () => plays, leaps: () => plays && stride() > 1, shows: (what) => shown?.[what] };
}

