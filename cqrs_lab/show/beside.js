// The picture that a reader asks for next, here before it is asked for: one step further in the direction of the last move,
// and the way back. The kernel draws it while somebody looks; the step is then painted at once, and the kernel's answer follows.
const LOOKS_MILLISECONDS = 400; // who moves on sooner would have to wait for a picture that nobody wants
const DEAR_MILLISECONDS = 400; // a kernel that needs longer for a picture is left in peace

// `draw()` is called for a picture that is here; `seen()` says whether anybody looks.
function picturesBeside(model, draw, seen) {
  const controls = () => model.get("controls");
  const place = (values) => controls().map(({ name }) => values[name]).join();
  const now = () => ({ values: model.get("values"), html: model.get("html"), says: model.get("says") });
  let [here, shown, last, began, timer] = [new Map(), undefined, now(), 0, undefined];

  function asked() {
    clearTimeout(timer);
    began = performance.now();
    shown = here.get(place(model.get("values")));
    if (shown) draw();
  }
  function heard(plays) {
    const before = last;
    [shown, last, here] = [undefined, now(), new Map([[place(before.values), before]])];
    draw();
    const isDear = performance.now() - began > DEAR_MILLISECONDS;
    if (!plays && !isDear) timer = setTimeout(() => further(before.values, last.values), LOOKS_MILLISECONDS);
  }
  function further(before, values) {
    const moved = controls().filter(({ name }) => before[name] !== values[name]);
    if (moved.length !== 1 || !seen()) return;
    const [{ name, least, most }] = moved;
    const next = values[name] + Math.sign(values[name] - before[name]);
    if (least <= next && next <= most) model.send({ values, beside: { [name]: next } });
  }
  function take({ beside, html, says }) {
    if (beside) here.set(place(beside), { html, says });
  }
  return { asked, heard, take, shows: (what) => shown?.[what], end: () => clearTimeout(timer) };
}
