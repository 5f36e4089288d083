// Parts of a picture that set controls: a cell with data-set='{"row": 3}' is a move of these controls at once.
// They are one stop for the Tab key, the one with tabindex 0; the arrow keys go from one to the next, Enter sets.

function partsThatSet(model, picture) {
  const set = (part) => ask(model, JSON.parse(part.dataset.set));
  picture.addEventListener("click", ({ target }) => {
    const part = target.closest("[data-set]");
    if (part) set(part);
  });
  picture.addEventListener("keydown", (event) => {
    const part = event.target.closest("[data-set]");
    const { key, shiftKey, ctrlKey, metaKey, altKey } = event;
    if (!part || shiftKey || ctrlKey || metaKey || altKey) return;
    const parts = [...picture.querySelectorAll("[data-set]")];
    const beside = { ArrowLeft: -1, ArrowRight: 1 }, below = { ArrowUp: -1, ArrowDown: 1 };
    const next = (step) => parts[parts.indexOf(part) + step];
    if (key in beside) next(beside[key])?.focus();
    else if (key in below) (part.closest("tr") ? inAnotherRow(part, below[key]) : next(below[key]))?.focus();
    else if (key === "Enter" || key === " ") set(part);
    else return;
    event.preventDefault();
  });
  const foresee = ({ target }) => [target.closest("[data-set]")].filter(Boolean).map((part) => JSON.parse(part.dataset.set));
  return { element: picture, foresee };
}

// Rows may have cells that set nothing: then the last one that is not further to the right, or the first.
function inAnotherRow(part, step) {
  const row = part.closest("tr");
  const rows = [...(row?.closest("table").querySelectorAll("tr") ?? [])].filter((one) => one.querySelector("[data-set]"));
  const there = [...(rows[rows.indexOf(row) + step]?.querySelectorAll("[data-set]") ?? [])];
  return there.findLast((one) => one.cellIndex <= part.cellIndex) ?? there[0];
}

// A new picture has new elements: the focus goes to the part that sets the same, or, where what a part sets changes with
// the picture, to the one with the same data-part.
function keepPart(picture, draw) {
  const held = picture.getRootNode().activeElement?.closest("[data-set]");
  const name = (part) => part.dataset.part ?? part.dataset.set;
  const wanted = picture.contains(held) ? name(held) : null;
  draw();
  const same = wanted && [...picture.querySelectorAll("[data-set]")].find((part) => name(part) === wanted);
  if (same) same.focus({ preventScroll: true });
}

