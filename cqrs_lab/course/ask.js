// Draws questions: choices or a number, a button that gives the answer, and what was said to it.
function question(model, { key, text, choices, least, most }, id) {
  const give = make("button", { type: "button", textContent: "Keep this answer", ariaLabel: `Keep this answer: ${text}`, disabled: true });
  const told = make("p", { className: "says", tabIndex: -1 });
  told.setAttribute("role", "status");
  let picked;
  const pick = (value) => {
    picked = value;
    give.disabled = false;
    told.textContent = `Your answer: ${value}. The button keeps it.`;
  };
  const inputs = [];
  const fields = choices
    ? choices.map((choice) => {
        const radio = make("input", { type: "radio", name: id });
        radio.addEventListener("change", () => pick(choice));
        inputs.push(radio);
        return make("label", { className: "choice" }, radio, ` ${choice}`);
      })
    : [];
  if (!choices) {
    const number = make("input", { type: "number", min: least, max: most, step: "any", ariaLabel: text });
    const range = least == null ? "" : ` from ${least} to ${most}`;
    number.addEventListener("input", () => {
      if (number.checkValidity() && number.value) return pick(number.valueAsNumber);
      give.disabled = true; // otherwise it would keep a number that is no longer there
      told.textContent = `Give a number${range}.`;
    });
    inputs.push(number);
    fields.push(number);
  }
  const kernel = patience((text) => { told.textContent = text; });
  give.addEventListener("click", () => {
    model.set("given", { ...model.get("given"), [key]: picked });
    model.save_changes();
    kernel.waits();
  });
  const show = () => {
    const answer = model.get("told")[key];
    const refused = model.get("refused")[key];
    if (answer === undefined) {
      if (refused) { kernel.heard(); told.textContent = refused; }
      return;
    }
    kernel.heard();
    told.textContent = answer;
    if (element.matches(":focus-within")) told.focus(); // nothing can be pressed any more
    for (const each of inputs) each.disabled = true;
    give.hidden = true; // a guess is kept once
    inputs.forEach((input, at) => { if (choices && choices[at] === model.get("given")[key]) input.checked = true; });
  };
  const element = make("fieldset", {}, make("legend", { textContent: text }), ...fields, give, told);
  show();
  return { show, kernel, element };
}

function render({ model, el }) {
  const id = `cqrs-lab-${crypto.getRandomValues(new Uint32Array(1))[0]}`;
  const questions = model.get("questions").map((each, at) => question(model, each, `${id}-${at}`));
  el.classList.add("cqrs-lab");
  el.append(...questions.map((each) => each.element));
  keepKeys(el);
  const show = () => questions.forEach((each) => each.show());
  model.on("change:told change:refused", show);
  return () => {
    model.off("change:told change:refused", show);
    questions.forEach((each) => each.kernel.heard());
  };
}

export default { render };
