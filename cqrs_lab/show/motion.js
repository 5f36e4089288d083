// A picture that is drawn again: what has a key glides from its old place, what is new comes in from where it was made, and
// what is gone leaves.
// The picture itself is at once the markup of the kernel; the movement only lies over it.
const GLIDE = { duration: 480, easing: "cubic-bezier(.22,.8,.3,1)" };
const SHOW = { duration: 180 };

// Whether somebody can see `el`; `lost` is called when nobody can any more.
function sight(el, lost) {
  let onScreen = false;
  const holds = () => onScreen && !document.hidden;
  const check = () => { if (!holds()) lost(); };
  const observer = new IntersectionObserver((entries) => {
    onScreen = entries.at(-1).isIntersecting;
    check();
  });
  observer.observe(el);
  document.addEventListener("visibilitychange", check);
  const end = () => {
    observer.disconnect();
    document.removeEventListener("visibilitychange", check);
  };
  return { holds, end };
}

// Moves what is in `picture`, as long as `seen()` says that it can be followed and the reader wants movement.
function motion(picture, seen) {
  const leaving = make("div", { className: "leaving", ariaHidden: "true", inert: true });
  const unwanted = matchMedia("(prefers-reduced-motion: reduce)");
  const keyed = () => new Map([...picture.querySelectorAll("[data-key]")].map((each) => [each.dataset.key, each]));
  const look = (each) => ({ box: each.getBoundingClientRect(), opacity: getComputedStyle(each).opacity });

  // What is new comes from the thing it names, in its own size; or it comes in where it stands.
  function origin(each, box, looks, places) {
    const start = (looks.get(each.dataset.from) ?? places.get(each.dataset.from))?.box;
    if (!start) return box;
    return new DOMRect(start.x + (start.width - box.width) / 2, start.y + (start.height - box.height) / 2, box.width, box.height);
  }

  function rest() {
    for (const each of [picture, leaving]) each.getAnimations({ subtree: true }).forEach((one) => one.cancel());
    leaving.replaceChildren();
  }
  // Draws the picture again by `draw()`; what is under way goes on from where it is now.
  function move(draw) {
    if (!seen() || unwanted.matches) {
      rest();
      draw();
      return;
    }
    const [olds, markedBefore, nodes] = [keyed(), marked(picture), [...picture.childNodes]];
    const looks = new Map([...olds].map(([key, each]) => [key, look(each)]));
    draw();
    const news = keyed();
    const places = new Map([...news].map(([key, each]) => [key, look(each)]));
    // All places are read before the first animation begins: each one between two of them would lay the page out again.
    const ways = [...news].map(([key, each]) => {
      const [before, now] = [looks.get(key), places.get(key)];
      const from = way(each, before ? before.box : origin(each, now.box, looks, places), now.box);
      return [each, from, before?.opacity !== now.opacity && (before?.opacity ?? 0)];
    });
    for (const [each, from, opacity] of ways) {
      if (from) each.animate([{ ...from, offset: 0 }], GLIDE);
      if (opacity !== false) each.animate([{ opacity, offset: 0 }], SHOW);
    }
    for (const [cell, each] of marked(picture)) if (!markedBefore.has(cell)) each.animate([READ_COLOUR], GLIDE);
    leave(nodes, [...olds].filter(([key]) => !news.has(key)), looks);
  }
  // The old picture lies over the new one, of which only what is gone can be seen.
  function leave(nodes, gone, looks) {
    leaving.replaceChildren(...(gone.length ? nodes : []));
    const scrolled = [...picture.querySelectorAll(".scrolls")];
    leaving.querySelectorAll(".scrolls").forEach((each, at) => { each.scrollLeft = scrolled[at]?.scrollLeft ?? 0; });
    for (const [key, each] of gone) {
      each.style.visibility = "visible";
      const fade = each.animate([{ opacity: looks.get(key).opacity }, { opacity: 0 }], { ...SHOW, fill: "forwards" });
      fade.onfinish = () => leaving.replaceChildren();
    }
  }
  unwanted.addEventListener("change", rest);
  window.addEventListener("beforeprint", rest);
  const end = () => {
    unwanted.removeEventListener("change", rest);
    window.removeEventListener("beforeprint", rest);
  };
  return { leaving, move, rest, end };
}

// The cells that stand out because they have just changed, by their row and what they say.
const READ_COLOUR = { backgroundColor: "color-mix(in srgb, var(--read) 60%, transparent)", offset: 0 };
function marked(picture) {
  const cells = [...picture.querySelectorAll("[data-key] > td.changed")];
  return new Map(cells.map((each) => [[each.parentNode.dataset.key, each.cellIndex, each.textContent].join("\n"), each]));
}

// The way from an element's new box back to its old one, or nothing. A shape takes its old size too; text would be torn.
const NEARLY_NONE = 0.5; // pixels
function way(each, before, now) {
  const ratio = (old, fresh) => (old > 0 && fresh > 0 && !each.textContent.trim() ? old / fresh : 1);
  const [wide, high] = [ratio(before.width, now.width), ratio(before.height, now.height)];
  const middle = (box) => new DOMPoint(box.x + box.width / 2, box.y + box.height / 2);
  let [from, to] = [middle(before), middle(now)];
  const moved = [before.x - now.x, before.y - now.y, before.right - now.right, before.bottom - now.bottom];
  if (moved.every((by) => Math.abs(by) < NEARLY_NONE)) return undefined;
  if (each instanceof SVGElement) {
    // Units of the drawing; and it grows from the drawing's corner, not from its own middle.
    const units = each.parentNode.getScreenCTM().inverse();
    [from, to] = [from.matrixTransform(units), to.matrixTransform(units)];
    [to.x, to.y] = [to.x * wide, to.y * high];
  }
  return { translate: `${from.x - to.x}px ${from.y - to.y}px`, scale: `${wide} ${high}` };
}

