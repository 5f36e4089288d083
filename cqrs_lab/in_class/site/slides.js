// One slide at a time, moved by keys; each is drawn as large as it fits. Without this script they stand one below the other.
const all = [...document.querySelectorAll(".slide")];
const aloud = document.querySelector(".aloud");
const MOST = 1.35, LEAST = 0.4, STEP = 0.05;
const WAYS = { ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1, Home: -Infinity, End: Infinity };
let shown = 0;

function show(number) {
  shown = Math.min(Math.max(number, 0), all.length - 1);
  all.forEach((slide, at) => {
    slide.classList.toggle("is-shown", at === shown);
    slide.inert = at !== shown;
  });
  aloud.textContent = `Slide ${all[shown].getAttribute("aria-label")}`;
  history.replaceState(null, "", `#${shown + 1}`);
}

const overflows = (inside) => inside.scrollHeight > inside.clientHeight || inside.scrollWidth > inside.clientWidth;

// All at once, since each change of a size lays the page out again.
function fitAll() {
  let left = all.map((slide) => slide.querySelector(".inside"));
  for (let size = MOST; size >= LEAST && left.length; size -= STEP) {
    left.forEach((inside) => inside.style.setProperty("--fit", size.toFixed(2)));
    left = left.filter(overflows);
  }
}

fitAll();
document.body.classList.add("one-by-one");
show((Number(location.hash.slice(1)) || 1) - 1);
addEventListener("hashchange", () => show((Number(location.hash.slice(1)) || 1) - 1));
addEventListener("keydown", (event) => {
  const way = WAYS[event.key];
  const typed = event.target.closest("summary, button") && event.key === " ";
  if (way === undefined || typed || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  show(shown + way);
});
document.querySelector("nav").addEventListener("click", (event) => {
  const button = event.target.closest("button");
  if (button) show(shown + Number(button.dataset.go));
});
// The slides that are not shown are inert, and would not be printed.
addEventListener("beforeprint", () => all.forEach((slide) => { slide.inert = false; }));
addEventListener("afterprint", () => show(shown));
