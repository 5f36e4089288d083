// A page without Jupyter: it sends what moves to the process that shows the view, and tells the view what comes back.
const { token, name, state, following } = JSON.parse(document.getElementById("given").textContent);
const stage = document.getElementById("view");
const listeners = [];
const waiting = [];
let sends = false;

const tell = (name, ...said) => {
  for (const [names, listener] of [...listeners]) if (names.includes(name)) listener(...said);
};

function take(values) {
  const news = Object.keys(values).filter((name) => JSON.stringify(state[name]) !== JSON.stringify(values[name]));
  Object.assign(state, values);
  for (const name of news) tell(`change:${name}`);
}

// One message at a time, so that they arrive in order; while one is under way, moves add up and the last place counts.
async function deliver() {
  if (sends) return;
  sends = true;
  try {
    while (waiting.length) {
      const answer = await fetch(`/message?token=${token}`, { method: "POST", body: JSON.stringify(waiting.shift()) });
      for (const each of await answer.json()) {
        if (each.method === "update") take(each.state);
        else tell("msg:custom", each.content);
      }
    }
  } catch {
    waiting.length = 0;
    document.getElementById("ended").textContent = `This demo no longer runs. Start it again: cqrs-lab demo ${name}`;
  }
  sends = false;
}

const moved = {};
const model = {
  get: (name) => state[name],
  set: (name, value) => { moved[name] = value; take({ [name]: value }); },
  save_changes: () => {
    const last = waiting.at(-1);
    if (last?.method === "update") Object.assign(last.state, moved);
    else waiting.push({ method: "update", state: { ...moved } });
    for (const name in moved) delete moved[name];
    deliver();
  },
  send: (content) => { waiting.push({ method: "custom", content }); deliver(); },
  on: (names, listener) => listeners.push([names.split(" "), listener]),
  off: (names, listener) => listeners.splice(listeners.findIndex((each) => each[1] === listener), 1),
};

// A view is drawn 960 px wide, with type of 13.25 px and more. On a page as wide as a projector's it is 20 px and more, and
// larger where that leaves the whole view in sight. On a smaller page it is 1.6 % of the height and more: on a wall,
// that is nearly as large. Its controls stand above the picture or beside it, whichever leaves more room.
const WIDTHS = { above: 960, beside: 1240 }, MARGINS = 40;
const least = () => (innerWidth >= 1500 ? 20 : 0.016 * innerHeight) / 13.25;
function room(place) {
  stage.className = `cqrs-lab ${place}`;
  stage.style.zoom = 1;
  const wide = (document.documentElement.clientWidth - MARGINS) / WIDTHS[place];
  return { place, wide, high: (innerHeight - stage.offsetTop - MARGINS / 2) / stage.offsetHeight };
}
function fit() {
  const fits = ({ wide, high }) => Math.min(wide, high);
  const [above, beside] = [room("above"), room("beside")];
  const best = beside.wide >= least() && fits(beside) > fits(above) ? beside : above;
  stage.className = `cqrs-lab ${best.place}`;
  stage.style.zoom = Math.min(best.wide, Math.max(least(), best.high));
}

const fullScreen = () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen());
function dark() {
  const now = document.body.dataset.jpThemeLight === "true";
  document.body.dataset.jpThemeLight = String(!now);
}
function onward() {
  location.href = following + (document.body.dataset.jpThemeLight === "true" ? "" : "#dark");
}
const KEYS = { f: fullScreen, d: dark, ...(following && { n: onward }) };
document.getElementById("next").hidden = !following;
document.getElementById("next").addEventListener("click", onward);
document.getElementById("full").addEventListener("click", fullScreen);
document.getElementById("dark").addEventListener("click", dark);
// On its way down: a view keeps keys for itself on their way up.
addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.matches?.("select, input:not([type=range])")) return;
  KEYS[event.key.toLowerCase()]?.();
}, { capture: true });

if (location.hash === "#dark") dark();

const { default: widget } = await import(`/view.js?token=${token}`);
widget.render({ model, el: stage });
fit();
addEventListener("resize", fit);
// The keyboard is at once where it is needed: at the button that uncovers the view, at its time, or at its first control.
const controls = model.get("controls");
const first = controls.find((each) => each.plays) ?? controls[0];
const labelled = [...stage.querySelectorAll("label")].find((each) => each.textContent.startsWith(first.label));
(model.get("veil") ? stage.querySelector(".veiled button") : labelled.control).focus();
// After the view has shown what the veil covered, and has moved the focus there.
model.on("change:veil", () => requestAnimationFrame(() => { fit(); labelled.control.focus(); }));
