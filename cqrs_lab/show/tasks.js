// The tasks of a view: each a line with a box, which the kernel ticks when the reader makes it happen.
const TICK = { duration: 320, easing: "cubic-bezier(.3,1.45,.5,1)" };
const MARKS = { open: "", done: "✓", shown: "→" };

function taskLine(model, first, pause) {
  const box = make("span", { className: "tick", ariaHidden: "true" });
  const told = make("span", { className: "told" });
  const how = make("button", { type: "button", textContent: "Show me how", ariaLabel: `Show me how: ${first.words}` });
  const element = make("li", { tabIndex: -1 }, box, told, how);
  how.addEventListener("click", () => {
    pause();
    model.set("asks_how", first.key);
    ask(model, {});
  });
  let before = first;
  // Returns what is new about it, in words.
  function show(task) {
    const text = `${task.name}: ${task.words}`;
    const news = [task.state !== before.state && text, task.remark !== before.remark && task.remark].filter(Boolean);
    element.className = `task ${task.state}`;
    box.textContent = MARKS[task.state];
    told.textContent = [text, task.remark].filter(Boolean).join(" ");
    const isHelp = task.state === "open" && model.get("asked") > 0; // a try comes first
    if (!isHelp && how.matches(":focus")) element.focus(); // the button goes
    how.style.visibility = isHelp ? "visible" : "hidden"; // and leaves its room, so that nothing jumps
    const moves = task.state !== before.state && !matchMedia("(prefers-reduced-motion: reduce)").matches;
    if (moves) box.animate([{ scale: 0.4, opacity: 0, offset: 0 }], TICK);
    before = task;
    return news;
  }
  return { element, show };
}

// `pause()` is called before the kernel moves the controls to a solution; `news()` returns what is to be read out, once.
function taskList(model, pause) {
  const element = make("ul", { className: "tasks", role: "list" }); // without its bullets it is no list to Safari
  const [lines, news] = [new Map(), []];
  const show = () => {
    for (const task of model.get("tasks")) {
      if (!lines.has(task.key)) {
        lines.set(task.key, taskLine(model, task, pause));
        element.append(lines.get(task.key).element);
      }
      news.push(...lines.get(task.key).show(task));
    }
    element.hidden = !lines.size;
  };
  show();
  return { element, show, news: () => news.splice(0) };
}

