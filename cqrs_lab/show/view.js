// Draws a View: its picture and its controls.
// The kernel draws the picture; this file asks for another one and speaks when the movement has stopped. How a picture
// moves is in motion.js, how a control is played in player.js, what the reader is to make happen in tasks.js.
const QUIET_MILLISECONDS = 400;

function render({ model, el }) {
  const id = `cqrs-lab-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const picture = make("div");
  const aloud = make("div", { className: "only-read-out" });
  const silence = make("p", { className: "silence" });
  const refused = make("p", { className: "refused" });
  for (const each of [aloud, silence, refused]) each.setAttribute("role", "status");
  const say = (text) => { refused.textContent = text; };
  const controls = model.get("controls").map((each, at) => (each.choices ? list : slider)(model, each, `${id}-${at}`, say));
  const box = make("div", { className: "controls" }, ...controls.map((each) => each.element));
  const played = Math.max(0, model.get("controls").findIndex((each) => each.plays));
  const play = controls.length === 0 ? undefined : player(model, model.get("controls")[played], box, () => draw());
  const shown = (what) => play?.shows(what) ?? beside.shows(what) ?? model.get(what);
  if (play) controls[played].element.after(play.element);
  const seen = sight(el, () => { play?.pause(); moving.rest(); });
  const moving = motion(picture, () => seen.holds() && !play?.leaps());
  const beside = picturesBeside(model, () => draw(), () => seen.holds() && !play?.plays());
  const scrolls = scrolling(picture);
  const stage = make("div", { className: "stage" }, picture, moving.leaving);
  const tasks = taskList(model, () => play?.pause());
  const behind = make("div", { tabIndex: -1 }, tasks.element, box, refused, silence, stage);
  const veil = make("p", { className: "says" });
  const lift = make("button", { type: "button", textContent: "Show me" });
  const veiled = make("div", { className: "control veiled" }, veil, lift);
  lift.addEventListener("click", () => {
    model.set("veil", "");
    model.save_changes();
    behind.focus(); // the button is gone
    told = told.filter((each) => each !== shown("says"));
    speak();
  });
  el.classList.add("cqrs-lab");
  el.append(veiled, behind, aloud);
  keepKeys(el);
  const foresee = foreseenMoves(behind, [...controls, partsThatSet(model, picture)], beside.near);

  const kernel = patience((text) => { silence.textContent = text; });
  const waits = () => {
    say("");
    aloud.textContent = ""; // the same words are read out again only where they come again
    kernel.waits();
  };
  const hear = () => {
    if (model.get("answered") !== model.get("asked")) return;
    kernel.heard();
    silence.textContent = "";
    play?.heard();
    beside.heard();
    foresee();
    speak();
  };
  let quiet;
  const cover = () => {
    veil.textContent = model.get("veil");
    veiled.hidden = !veil.textContent;
    behind.hidden = Boolean(veil.textContent);
  };
  let drawn;
  const draw = () => {
    if (drawn !== shown("html")) moving.move(redraw);
  };
  const redraw = () => {
    drawn = shown("html");
    scrolls.keep(() => keepPart(picture, () => { picture.innerHTML = drawn; }));
  };
  const move = () => {
    controls.forEach((each) => each.show());
    play?.moved();
  };
  const texts = () => [shown("says"), ...[...picture.querySelectorAll("p")].map((each) => each.textContent)];
  const speak = () => {
    clearTimeout(quiet);
    if (play?.plays()) return;
    quiet = setTimeout(() => {
      if (model.get("answered") !== model.get("asked")) return;
      const [says, ...others] = texts();
      const fresh = [says, ...others.filter((each) => !says.includes(each))].filter((each) => !told.includes(each));
      told = texts();
      aloud.textContent = [fresh.join(" ") || `As before: ${says}`, ...tasks.news()].join(" ");
    }, QUIET_MILLISECONDS);
  };
  draw();
  // What the page said last: whatever text is new since then is read out.
  let told = texts();
  cover();
  const listeners = [
    ["change:veil", cover],
    ["change:html", draw],
    ["change:values", move],
    ["change:controls", move],
    ["change:says", speak],
    ["change:html", speak],
    ["change:tasks change:asked", tasks.show],
    ["change:asked", waits],
    ["change:asked", beside.asked],
    ["change:answered", hear],
    ["msg:custom", (message) => { play?.take(message); beside.take(message); }],
  ];
  for (const [name, listener] of listeners) model.on(name, listener);
  return () => {
    play?.pause();
    beside.end();
    for (const [name, listener] of listeners) model.off(name, listener);
    clearTimeout(quiet);
    kernel.heard();
    scrolls.end();
    seen.end();
    moving.end();
  };
}

export default { render };
