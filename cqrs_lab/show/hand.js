// Where the hand is, by mouse or by keyboard, and the moves it may make there.

// Of `things`, `foresee(event)` gives the moves that a hand in their `element` may make, the likeliest first; `near` is told
// of them. Returns a function to be called when a picture has changed under the hand.
function foreseenMoves(box, things, near) {
  let last;
  const moves = () => (last ? things : []).filter(({ element }) => element.contains(last.target)).flatMap((each) => each.foresee(last));
  const tell = () => near(moves);
  for (const kind of ["pointermove", "focusin"]) {
    box.addEventListener(kind, (event) => {
      last = event;
      tell();
    });
  }
  box.addEventListener("pointerleave", () => { last = undefined; });
  return tell;
}

// A press beside the thumb of a slider takes the thumb's middle there; one on it only takes hold of it.
const THUMB = 16; // pixels
function valuesUnder(range, x) {
  const { left, width } = range.getBoundingClientRect();
  const [least, most, pixels] = [Number(range.min), Number(range.max), width - THUMB];
  const along = (x - left - THUMB / 2) / pixels;
  const thumb = (range.valueAsNumber - least) / (most - least);
  if (Math.abs(along - thumb) * pixels <= THUMB / 2) return [];
  return [Math.round(least + Math.min(1, Math.max(0, along)) * (most - least))];
}
