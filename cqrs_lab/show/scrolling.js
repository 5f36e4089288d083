// What is wider than the page scrolls, by keyboard too. A new picture stays where the old one was, its mark in sight.

function scrolling(picture) {
  const all = () => [...picture.querySelectorAll(".scrolls")];
  const settle = () => {
    for (const each of all()) reach(each);
    for (const mark of picture.querySelectorAll(".here")) {
      const scroller = mark.closest(".scrolls");
      const [at, seen] = [mark, scroller].map((each) => each.getBoundingClientRect());
      if (at.left < seen.left || at.right > seen.right) scroller.scrollLeft += (at.left + at.right - seen.left - seen.right) / 2;
    }
  };
  const keep = (draw) => {
    const [places, held] = [all().map((each) => each.scrollLeft), all().indexOf(picture.getRootNode().activeElement)];
    draw();
    all().forEach((each, at) => { each.scrollLeft = places[at] ?? 0; });
    settle();
    all()[held]?.focus({ preventScroll: true });
  };
  const wider = new ResizeObserver(settle);
  wider.observe(picture);
  return { keep, end: () => wider.disconnect() };
}

// One stop for the Tab key where something is out of sight, unless it has one within already; the arrow keys then scroll.
function reach(scroller) {
  const needed = scroller.scrollWidth > scroller.clientWidth && !scroller.querySelector("[tabindex]");
  const name = scroller.querySelector("caption")?.textContent ?? "A wide picture";
  for (const [attribute, value] of [["tabindex", "0"], ["role", "group"], ["aria-label", `${name}, which scrolls`]]) {
    if (needed) scroller.setAttribute(attribute, value);
    else scroller.removeAttribute(attribute);
  }
}
