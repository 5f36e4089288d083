// Stands in for the kernel of a View: the page script asks this model for a setting, and it answers with the nearest one
// that was drawn ahead.

function drawnStates({ pieces, names, states }) {
  const markup = (runs) => {
    let html = "";
    for (let at = 0; at < runs.length; at += 2) html += pieces.slice(runs[at], runs[at] + runs[at + 1]).join("");
    return html;
  };
  const named = (numbers) => Object.fromEntries(names.map((name, at) => [name, numbers[at]]));
  return states.map(([values, ends, runs, says, happens]) => ({ values: named(values), ends: named(ends), says, happens, html: () => markup(runs) }));
}

// The drawn state that answers a move from `state` to `wanted`. Where not every setting is drawn, a slider goes on to the
// next one in its direction, and the controls that were not moved stay as near as they can to where they were.
function nearest(states, controls, state, wanted) {
  const { values: before, ends } = state;
  // How far some go depends on others: one that stood at its end stays at its end.
  const bound = new Set(controls.map(({ name }) => name).filter((name) => states.some((each) => each.ends[name] !== ends[name])));
  const moved = controls.filter(({ name }) => wanted[name] !== before[name]);
  const kept = controls.filter(({ name }) => wanted[name] === before[name]);
  const far = (each, { name, least, most }) => {
    const stays = wanted[name] === before[name] && bound.has(name) && before[name] === ends[name];
    return Math.abs(each.values[name] - (stays ? each.ends[name] : wanted[name])) / Math.max(1, most - least);
  };
  const sum = (each, some) => some.reduce((total, one) => total + far(each, one), 0);
  const isOnTheWay = (each) => {
    if (moved.length !== 1) return true;
    const [{ name, choices }] = moved;
    if (choices) return each.values[name] === wanted[name];
    return Math.sign(each.values[name] - before[name]) === Math.sign(wanted[name] - before[name]);
  };
  const [free, followers] = [kept.filter(({ name }) => !bound.has(name)), kept.filter(({ name }) => bound.has(name))];
  const order = moved.length === 1 ? [free, moved, followers] : [moved, free, followers];
  const cost = (each) => order.map((some) => sum(each, some));
  const less = (one, other) => {
    const at = one.findIndex((value, place) => Math.abs(value - other[place]) > 1e-9);
    return at >= 0 && one[at] < other[at];
  };
  let [best, least] = [state, undefined];
  for (const each of states.filter(isOnTheWay)) {
    const costs = cost(each);
    if (!least || less(costs, least)) [best, least] = [each, costs];
  }
  const jumped = free.filter(({ name }) => best.values[name] !== before[name]);
  return { state: best, jumped };
}

// A model as the page script knows it: `get`, `set`, `on`, `off`, `save_changes`, `send`. `tell` hears what has jumped.
function frozenModel(view, tell) {
  const states = drawnStates(view);
  let [state] = states;
  const traits = { ...view, html: state.html(), says: state.says, asked: 0, answered: 0, plays: false, asks_how: "" };
  const listeners = [];
  const emit = (event, ...what) => {
    for (const [names, listener] of [...listeners]) if (names.split(" ").includes(event)) listener(...what);
  };
  function set(name, value) {
    if (JSON.stringify(traits[name]) === JSON.stringify(value)) return;
    traits[name] = value;
    emit(`change:${name}`);
  }
  function settle(key, to) {
    const settled = (task) => (task.key === key && task.state === "open" ? { ...task, state: to, name: view.named[to] } : task);
    set("tasks", traits.tasks.map(settled));
  }
  function show(found) {
    state = found.state;
    tell(found.jumped);
    set("controls", view.controls.map((each) => ({ ...each, most: state.ends[each.name] })));
    set("values", state.values);
    set("html", state.html());
    set("says", state.says);
  }
  function answer() {
    const how = traits.asks_how;
    if (how) settle(how, "shown");
    show(nearest(states, view.controls, state, how ? view.solutions[how] : traits.values));
    traits.asks_how = "";
    if (!traits.plays) state.happens.forEach((key) => settle(key, "done"));
    set("answered", traits.asked);
  }
  return {
    get: (name) => traits[name],
    set,
    on: (names, listener) => { listeners.push([names, listener]); },
    off: (names, listener) => { listeners.splice(listeners.findIndex(([one, other]) => one === names && other === listener), 1); },
    save_changes: () => { if (traits.answered !== traits.asked) answer(); },
    // Nothing is to be sent ahead, of a play or of a step: every state is here.
    send: ({ ahead = traits.asked }) => { set("asked", ahead); set("answered", ahead); },
  };
}

// Each view stands in the page as its still picture, which is what remains without this script.
window.showFrozenView = (id, view) => {
  const still = document.getElementById(id);
  const [el, note] = [make("div"), still.parentNode.querySelector(".nearest")];
  const tell = (jumped) => {
    const labels = jumped.map(({ label }) => label).join(", ");
    note.textContent = labels && `This combination is not drawn here. The nearest one is shown, and these have moved: ${labels}.`;
  };
  render({ model: frozenModel(view, tell), el });
  still.replaceWith(el);
  el.id = id;
};

// The states of a view may be megabytes: they come when its reader comes near.
const near = new IntersectionObserver((entries) => {
  for (const { isIntersecting, target } of entries) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    document.head.append(make("script", { src: target.dataset.states }));
  }
}, { rootMargin: "100% 0px" });
document.querySelectorAll("[data-states]").forEach((each) => near.observe(each));

// Pictures that do not move scroll by keyboard, too.
document.querySelectorAll(".shown").forEach(scrolling);
