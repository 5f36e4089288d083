// Draws a ballot: a number between two buttons for each choice in each vote. The kernel draws the bars.
function render({ model, el }) {
  const [question, choices, names, most] = ["question", "choices", "names", "most"].map((name) => model.get(name));
  const said = make("p", { className: "says" });
  said.setAttribute("role", "status");
  const bars = make("div");
  const kernel = patience((text) => { said.textContent = text; });
  const counters = [];

  const count = (vote, at) => model.get("votes")[vote][at];
  function set(vote, at, hands) {
    const whole = Number.isFinite(hands) ? Math.min(most, Math.max(0, Math.round(hands))) : count(vote, at);
    if (whole !== count(vote, at)) {
      model.set("votes", model.get("votes").map((each, one) => each.map((was, other) => (one === vote && other === at ? whole : was))));
      model.save_changes();
      kernel.waits();
    }
    show(true);
  }
  function counter(choice, at, vote) {
    const what = `${choice}, ${names[vote]}`;
    const button = (text, label, step) => {
      const made = make("button", { type: "button", textContent: text, ariaLabel: `${label}: ${what}` });
      made.addEventListener("click", () => set(vote, at, count(vote, at) + step));
      return made;
    };
    const field = make("input", { type: "number", min: 0, max: most, step: 1, ariaLabel: `Hands: ${what}` });
    field.addEventListener("change", () => set(vote, at, field.valueAsNumber));
    // An answer of the kernel may come while somebody types the next number: it stays.
    field.addEventListener("blur", () => show());
    counters.push((typed) => { if (typed || !field.matches(":focus")) field.value = count(vote, at); });
    const row = make("div", { className: "control" }, button("−", "One fewer", -1), field, button("+", "One more", 1));
    row.style.gridTemplateColumns = "auto auto auto 1fr";
    return make("div", {}, make("span", { textContent: choice }), row);
  }
  const ballots = names.map((name, vote) => {
    const each = choices.map((choice, at) => counter(choice, at, vote));
    return make("fieldset", {}, make("legend", { textContent: name }), ...each);
  });
  const beside = make("div", { className: "tables" }, ...ballots);
  const title = make("p", { className: "says", textContent: question });
  title.style.fontWeight = 600;
  function show(typed = false) {
    for (const each of counters) each(typed);
    bars.innerHTML = model.get("html");
  }
  const hear = () => { kernel.heard(); said.textContent = model.get("says"); show(); };
  el.classList.add("cqrs-lab");
  el.append(title, beside, said, bars);
  keepKeys(el);
  hear();
  model.on("change:html change:says", hear);
  const counted = () => show();
  model.on("change:votes", counted);
  return () => {
    model.off("change:html change:says", hear);
    model.off("change:votes", counted);
    kernel.heard();
  };
}

export default { render };
