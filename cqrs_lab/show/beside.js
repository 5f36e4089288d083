// The pictures that a reader asks for next, here before they are asked for: what the hand is about to set, one step further in
// the direction of the last move, and the way back. Such a move is painted at once, and the kernel's answer follows.
const LOOKS_MILLISECONDS = 400; // who moves on sooner would have to wait for a picture that nobody wants
const RESTS_MILLISECONDS = 50; // a hand that only passes by asks for nothing
const DEAR_MILLISECONDS = 400; // a kernel that needs longer for a picture is left in peace

// `draw()` is called for a picture that is here; `isLookedAt()` says whether it would be of use.
function picturesBeside(model, draw, isLookedAt) {
  const controls = () => model.get("controls");
  const place = (values) => controls().map(({ name }) => values[name]).join();
  const now = () => ({ values: model.get("values"), html: model.get("html"), says: model.get("says") });
  const isAnswered = () => model.get("answered") === model.get("asked");
  let [here, shown, last, looks, rests] = [new Map(), undefined, now(), undefined, undefined];
  let [wanted, awaited, began, isDear] = [[], undefined, 0, false]; // moves; and from where one was asked for

  function leave() {
    [looks, rests].forEach(clearTimeout);
    wanted = [];
  }
  function asked() {
    leave();
    began = performance.now();
    uncover();
  }
  function uncover() {
    shown = here.get(place(model.get("values")));
    if (shown) draw();
  }
  function heard() {
    const before = last;
    [shown, last, here] = [undefined, now(), new Map([[place(before.values), before]])];
    draw();
    weigh();
    looks = setTimeout(() => want([...wanted, ...further(before.values, last.values)]), LOOKS_MILLISECONDS);
  }
  function weigh() {
    isDear = performance.now() - began > DEAR_MILLISECONDS;
  }
  function further(before, values) {
    const moved = controls().filter(({ name }) => before[name] !== values[name]);
    const onward = ({ name }) => ({ [name]: values[name] + Math.sign(values[name] - before[name]) });
    return moved.length === 1 ? moved.map(onward) : [];
  }
  // When the hand rests: `foreseen()` gives the moves it may make where it is, the likeliest first.
  function near(foreseen) {
    clearTimeout(rests);
    rests = setTimeout(() => want(foreseen()), RESTS_MILLISECONDS);
  }
  function want(moves) {
    wanted = moves;
    ask();
  }
  // One at a time: a move waits for one of them at most.
  function ask() {
    const { values } = last;
    const isPlace = (moved) => controls().every(({ name, least, most }) => !(moved[name] < least || moved[name] > most));
    const isNew = (moved) => { const there = place({ ...values, ...moved }); return there !== place(values) && !here.has(there); };
    const beside = wanted.find((moved) => isPlace(moved) && isNew(moved));
    if (!beside || awaited !== undefined || isDear || !isAnswered() || !isLookedAt()) return;
    [awaited, began] = [place(values), performance.now()];
    model.send({ values, beside });
  }
  function take({ beside, html, says }) {
    if (!beside) return;
    if (awaited === place(last.values)) here.set(place(beside), { html, says });
    awaited = undefined;
    if (!isAnswered()) return uncover();
    weigh();
    ask();
  }
  return { asked, heard, near, take, shows: (what) => shown?.[what], end: leave };
}
