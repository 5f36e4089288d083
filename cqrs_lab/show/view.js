// Draws a View: its picture and its controls.
// The kernel draws the picture; this file asks for another one and speaks when the movement has stopped.
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
  const behind = make("div", { tabIndex: -1 }, make("div", { className: "controls" }, ...controls.map((each) => each.element)), refused, silence, picture);
  const veil = make("p", { className: "says" });
  const lift = make("button", { type: "button", textContent: "Show me" });
  const veiled = make("div", { className: "control veiled" }, veil, lift);
  lift.addEventListener("click", () => {
    model.set("veil", "");
    model.save_changes();
    behind.focus(); // the button is gone
    told = told.filter((each) => each !== model.get("says"));
    speak();
  });
  el.classList.add("cqrs-lab");
  el.append(veiled, behind, aloud);
  keepKeys(el);
  partsThatSet(model, picture);

  const kernel = patience((text) => { silence.textContent = text; });
  const waits = () => {
    say("");
    aloud.textContent = ""; // the same words are read out again only where they come anew
    kernel.waits();
  };
  const hear = () => {
    if (model.get("answered") !== model.get("asked")) return;
    kernel.heard();
    silence.textContent = "";
    speak();
  };
  let quiet;
  const cover = () => {
    veil.textContent = model.get("veil");
    veiled.hidden = !veil.textContent;
    behind.hidden = Boolean(veil.textContent);
  };
  // What is wider than the page scrolls. A new picture stays where the old one was, with its mark in sight.
  const scrollers = () => [...picture.querySelectorAll(".scrolls")];
  const reveal = () => {
    for (const mark of picture.querySelectorAll(".here")) {
      const scroller = mark.closest(".scrolls");
      const [at, seen] = [mark, scroller].map((each) => each.getBoundingClientRect());
      if (at.left < seen.left || at.right > seen.right) scroller.scrollLeft += (at.left + at.right - seen.left - seen.right) / 2;
    }
  };
  const draw = () => {
    const places = scrollers().map((each) => each.scrollLeft);
    keepPart(picture, () => { picture.innerHTML = model.get("html"); });
    scrollers().forEach((each, at) => { each.scrollLeft = places[at] ?? 0; });
    reveal();
  };
  const wider = new ResizeObserver(reveal);
  wider.observe(picture);
  const move = () => controls.forEach((each) => each.show());
  const texts = () => [model.get("says"), ...[...picture.querySelectorAll("p")].map((each) => each.textContent)];
  const speak = () => {
    clearTimeout(quiet);
    quiet = setTimeout(() => {
      if (model.get("answered") !== model.get("asked")) return;
      const [says, ...others] = texts();
      const fresh = [says, ...others.filter((each) => !says.includes(each))].filter((each) => !told.includes(each));
      told = texts();
      aloud.textContent = fresh.join(" ") || `As before: ${says}`;
    }, QUIET_MILLISECONDS);
  };
  draw();
  // What the page said last: whatever text is new since then is read out.
  let told = texts();
  cover();
  model.on("change:veil", cover);
  model.on("change:html", draw);
  model.on("change:values", move);
  model.on("change:controls", move);
  model.on("change:says", speak);
  model.on("change:html", speak);
  model.on("change:asked", waits);
  model.on("change:answered", hear);
  return () => {
    clearTimeout(quiet);
    wider.disconnect();
    kernel.heard();
    model.off("change:veil", cover);
    model.off("change:html", draw);
    model.off("change:values", move);
    model.off("change:controls", move);
    model.off("change:says", speak);
    model.off("change:html", speak);
    model.off("change:asked", waits);
    model.off("change:answered", hear);
  };
}

export default { render };
