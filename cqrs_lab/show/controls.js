// The controls of a view: a slider with two buttons and a field for a number or a date, or a list to pick from.

// Asks for the picture at another setting; the number says which request an answer belongs to. What is asked for by
// playing ticks no task: the reader has not stopped there.
function ask(model, moved, plays = false) {
  model.set("plays", plays);
  model.set("values", { ...model.get("values"), ...moved });
  model.set("asked", model.get("asked") + 1);
  model.save_changes();
}

function list(model, { name, label, choices }, id) {
  const select = make("select", { id }, ...choices.map((text, at) => make("option", { value: at, textContent: text })));
  const show = () => { select.value = model.get("values")[name]; };
  select.addEventListener("change", () => ask(model, { [name]: Number(select.value) }));
  show();
  const foresee = () => choices.map((_, at) => ({ [name]: at }));
  return { show, foresee, element: make("div", { className: "control" }, make("label", { htmlFor: id, textContent: label }), select) };
}

const NEARLY = 1e-6; // of a step: as far as the fractions of a computer are off
// A field for the number that a slider stands at, as the quantity it stands for, without the digits that only a
// computer's fractions have.
function numberField(label, least, scale) {
  const [unit, step, first] = scale;
  const quantity = (value, from = first) => Number((from + value * step).toPrecision(12));
  const field = make("input", { type: "number", ariaLabel: `${label}: number`, min: quantity(least), step: quantity(1, 0) });
  // A browser that writes fractions with a point leaves a comma out, without an input event: 1,5 is 15 to it.
  let lostComma = false;
  field.addEventListener("beforeinput", ({ data }) => { lostComma ||= data === ","; });
  field.addEventListener("input", ({ data }) => { lostComma &&= data !== ","; });
  const wanted = () => (field.valueAsNumber - first) / step;
  const whyNot = (value, most) => {
    if (!field.value) return "This is not a number";
    if (lostComma) return "The comma is left out; write a point";
    if (wanted() > most) return `${field.value} is more than ${quantity(most)}`;
    if (wanted() < least) return `${field.value} is less than ${quantity(least)}`;
    return Math.abs(wanted() - value) > NEARLY ? `${field.value} is between two steps` : "";
  };
  return {
    field,
    wanted,
    text: (value) => `${quantity(value)} ${unit}`.trim(),
    show: (value, most) => { field.max = quantity(most); field.value = quantity(value); lostComma = false; },
    refusal: (value, most) => {
      const why = whyNot(value, most);
      return why && `${why}: ${quantity(value)} is shown.`;
    },
  };
}

// A field for the date that a slider stands at. In UTC every day has the same length.
const DAY_MILLISECONDS = 86400000;
const inWords = (date) => date.toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
function dateField(label, least, firstDay) {
  const first = Date.parse(firstDay);
  const date = (value) => new Date(first + (value - least) * DAY_MILLISECONDS);
  const iso = (value) => date(value).toISOString().slice(0, 10);
  const field = make("input", { type: "date", ariaLabel: `${label}: date`, min: firstDay });
  return {
    field,
    wanted: () => (field.valueAsNumber - first) / DAY_MILLISECONDS + least,
    text: iso,
    show: (value, most) => { field.max = iso(most); field.value = iso(value); },
    refusal: (value, most) => {
      const ends = `${inWords(date(least))} to ${inWords(date(most))}`;
      const why = field.value ? `${inWords(field.valueAsDate)} is outside ${ends}` : "This is not a full date";
      return `${why}: ${inWords(date(value))} is shown.`;
    },
  };
}

function slider(model, { name, label: what, least, scale, first_day: firstDay }, id, say) {
  const label = scale[0] ? `${what}, ${scale[0]}` : what;
  const range = make("input", { type: "range", id, min: least, step: 1 });
  const typed = firstDay ? dateField(label, least, firstDay) : numberField(label, least, scale);
  const back = make("button", { type: "button", ariaLabel: `Back: ${label}` }, "◀", make("span", { textContent: " Back" }));
  const next = make("button", { type: "button", ariaLabel: `Next: ${label}` }, make("span", { textContent: "Next " }), "▶");

  const value = () => model.get("values")[name];
  // How far it goes may depend on what the others are set to.
  const most = () => model.get("controls").find((each) => each.name === name).most;
  function set(wanted) {
    const whole = Number.isFinite(wanted) ? Math.round(wanted) : value();
    ask(model, { [name]: Math.min(most(), Math.max(least, whole)) });
    show();
  }
  function show() {
    range.max = most();
    range.value = value();
    range.setAttribute("aria-valuetext", typed.text(value()));
    // As long as somebody types, the field is theirs.
    if (!typed.field.matches(":focus")) typed.show(value(), most());
    // A button that is disabled loses the focus, and the person who pressed it is nowhere.
    back.ariaDisabled = value() <= least;
    next.ariaDisabled = value() >= most();
  }
  // A date is a date from its first digit on, of the year 2: within the ends it moves the picture, outside it waits.
  const isPlace = (wanted) => least <= wanted && wanted <= most();
  function type() {
    say("");
    if (isPlace(typed.wanted())) ask(model, { [name]: typed.wanted() });
  }
  function leave() {
    if (!isPlace(typed.wanted())) say(typed.refusal(value(), most()));
    typed.show(value(), most());
  }
  range.addEventListener("input", () => set(range.valueAsNumber));
  if (firstDay) {
    typed.field.addEventListener("input", type);
    typed.field.addEventListener("blur", leave);
    typed.field.addEventListener("keydown", (event) => { if (event.key === "Enter") leave(); });
  } else {
    typed.field.addEventListener("change", () => {
      set(typed.wanted());
      say(typed.refusal(value(), most()));
      typed.show(value(), most());
    });
  }
  back.addEventListener("click", () => set(value() - 1));
  next.addEventListener("click", () => set(value() + 1));
  function foresee({ target, clientX }) {
    const [before, after] = [value() - 1, value() + 1];
    const places = () => {
      if (target === range) return clientX === undefined ? [after, before] : valuesUnder(range, clientX);
      return back.contains(target) ? [before] : next.contains(target) ? [after] : [];
    };
    return places().map((place) => ({ [name]: place }));
  }
  show();
  return { show, foresee, element: make("div", { className: "control" }, make("label", { htmlFor: id, textContent: label }), back, range, next, typed.field) };
}

