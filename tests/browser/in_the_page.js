// Questions the tests ask inside JupyterLab's page. Loaded before JupyterLab; `jupyterapp` is JupyterLab itself.
window.inThePage = (() => {
  const OUTPUT = ".jp-Notebook .jp-OutputArea-output";
  const KINDS = "[role=slider], button, [role=button], [role=switch], select, input:not([type=hidden]), textarea";
  const OWN = `${KINDS}, label, .widget-readout`; // a control, its label and its read-out: no evidence of a change

  const panel = () => jupyterapp.shell.currentWidget;
  const kernel = () => panel().sessionContext.session.kernel;
  const nextFrame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  const pause = (ms) => new Promise((done) => setTimeout(done, ms));

  const cells = () => [...panel().node.querySelectorAll(".jp-Notebook .jp-Cell")];
  const cellOf = (element) => cells().indexOf(element.closest(".jp-Cell"));

  // ---- what can be seen ----
  function words(root) {
    const found = [], walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let text = walker.nextNode(); text; text = walker.nextNode()) {
      const parent = text.parentElement;
      if (!parent.closest(`svg, style, script, ${OWN}`) && parent.checkVisibility()) found.push(text.data);
    }
    return found;
  }

  function drawing(picture) {
    if (picture.matches("img")) return picture.src + picture.alt;
    if (picture.matches("canvas")) return picture.toDataURL();
    const copy = picture.cloneNode(true);
    copy.querySelectorAll(OWN).forEach((element) => element.remove());
    return copy.outerHTML;
  }

  function view(cell) {
    const seen = [];
    for (const area of cells()[cell].querySelectorAll(".jp-OutputArea-output")) {
      const pictures = [...area.querySelectorAll("img, canvas, svg")].filter((p) => !p.closest(OWN) && p.checkVisibility());
      seen.push(...words(area), ...pictures.map(drawing));
    }
    return seen.join("\n");
  }

  // ---- waiting ----
  // A function that says whether the element may look different since it was asked last. To look costs more than to be
  // told; who draws on a canvas tells nobody.
  function watch(element) {
    let stirred = true;
    const observer = new MutationObserver(() => { stirred = true; });
    observer.observe(element, { subtree: true, childList: true, attributes: true, characterData: true });
    const asked = () => {
      const was = stirred || element.querySelector("canvas") !== null;
      stirred = false;
      return was;
    };
    return [asked, () => observer.disconnect()];
  }

  // True as soon as the cell's view differs from `before`; false when nothing came while the kernel was idle for `patience`.
  // A kernel that is gone never says that it is idle.
  const MOST_PATIENCE = 120000;
  async function changes(cell, before, patience) {
    const [stirred, leave] = watch(cells()[cell]);
    const start = performance.now();
    let since = start, changed = false;
    while (!changed && performance.now() - since < patience) {
      if (performance.now() - start > MOST_PATIENCE) throw new Error(`after two minutes the kernel is still ${kernel().status}`);
      changed = stirred() && view(cell) !== before;
      if (kernel().status !== "idle") since = performance.now();
      await pause(20);
    }
    leave();
    return changed || view(cell) !== before;
  }

  // True when `look()` gave the same answer for `still` ms with an idle kernel; false when it was still moving after `limit` ms.
  async function settles(element, look, still, limit) {
    const [stirred, leave] = watch(element);
    const start = performance.now();
    let last = look(), since = start, moving = false;
    while (performance.now() - since < still && !moving) {
      moving = performance.now() - start > limit;
      await pause(30);
      const now = stirred() ? look() : last;
      if (now !== last || kernel().status !== "idle") since = performance.now();
      last = now;
    }
    leave();
    return !moving;
  }

  // ---- running ----
  async function opened(path) {
    const { context, sessionContext } = await jupyterapp.commands.execute("docmanager:open", { path });
    await context.ready;
    await sessionContext.ready;
  }

  // Nobody is asked whether to save it. anywidget leaves the styles of a notebook's views, and the next one may have none.
  async function closed() {
    await panel().sessionContext.shutdown();
    panel().dispose();
    document.querySelectorAll("style[id^='cqrs_lab.']").forEach((style) => style.remove());
  }

  async function run() {
    await jupyterapp.commands.execute("notebook:run-all-cells");
    // A cell that raises ends the command early, also an announced one; the kernel answers this when it has run the others.
    await kernel().requestKernelInfo();
    const all = panel().content.node;
    await settles(all, () => all.innerHTML, 400, 10000);
  }

  // From now on, keep the errors and warnings that a control's callback causes: JupyterLab hides them in its log.
  let told = [];
  function listen() {
    told = [];
    kernel().iopubMessage.connect((_, message) => {
      const { evalue, ename, name, text } = message.content;
      if (message.header.msg_type === "error") told.push(`${ename}: ${evalue}`);
      if (message.header.msg_type === "stream" && name === "stderr") told.push(text);
    });
  }

  // ---- looks ----
  async function theme(name) {
    await jupyterapp.commands.execute("apputils:change-theme", { theme: name });
    while (document.body.dataset.jpThemeName !== name || document.getElementById("jupyterlab-splash")) await pause(20);
    await nextFrame();
  }

  async function showSidebar(shown) {
    if (jupyterapp.shell.leftCollapsed === shown) await jupyterapp.commands.execute("application:toggle-left-area");
    await nextFrame();
  }

  // The rows of controls that have fallen apart: what belongs to a label no longer stands side by side, is cut, or has
  // its words one below the other. In a narrow output the slider may have a row to itself.
  const NARROW = 450;
  function torn() {
    const middle = (element) => { const box = element.getBoundingClientRect(); return (box.top + box.bottom) / 2; };
    return [...panel().node.querySelectorAll(".cqrs-lab .control")].filter((row) => row.checkVisibility()).filter((row) => {
      const apart = row.clientWidth < NARROW ? "label, [type=range]" : "label";
      const middles = [...row.querySelectorAll(`:scope > :not(${apart})`)].map(middle);
      const twoLines = (button) => button.clientHeight >= 2 * parseFloat(getComputedStyle(button).lineHeight);
      const broken = [...row.querySelectorAll("button")].some(twoLines);
      return Math.max(...middles) - Math.min(...middles) > 4 || row.scrollWidth > row.clientWidth || broken;
    }).map((row) => `cell ${cellOf(row) + 1}: ${row.firstElementChild.textContent}`);
  }

  // The texts of a drawing that lie one on the other or reach beyond it, the cells of a table that are cut, and views that
  // are higher than their output. What fades out, and what is read out alone, is nothing to look at.
  const TOUCH = 2; // pixels: boxes have room above and below the letters
  function crowded() {
    const seen = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true }) && !element.closest(".leaving");
    const views = [...panel().node.querySelectorAll(".cqrs-lab")].filter((view) => !view.parentElement.closest(".cqrs-lab"));
    const found = [];
    for (const view of views) {
      const note = (fault, ...elements) => {
        found.push(`cell ${cellOf(view) + 1}: ${fault}: ${elements.map((one) => one.textContent.trim().slice(0, 40)).join(" / ")}`);
      };
      for (const drawing of view.querySelectorAll("svg:not(svg svg)")) {
        const frame = drawing.getBoundingClientRect();
        const texts = [...drawing.querySelectorAll("text")].filter((text) => text.textContent.trim() && seen(text));
        const boxes = texts.map((text) => text.getBoundingClientRect());
        boxes.forEach((one, at) => {
          const beyond = Math.max(frame.left - one.left, one.right - frame.right, frame.top - one.top, one.bottom - frame.bottom);
          if (beyond > TOUCH) note("cut", texts[at]);
          for (let other = at + 1; other < boxes.length; other += 1) {
            const wide = Math.min(one.right, boxes[other].right) - Math.max(one.left, boxes[other].left);
            const high = Math.min(one.bottom, boxes[other].bottom) - Math.max(one.top, boxes[other].top);
            if (wide > TOUCH && high > TOUCH * 2) note("one on the other", texts[at], texts[other]);
          }
        });
      }
      const box = view.closest(".jp-OutputArea-output");
      if (box.scrollHeight > box.clientHeight) note("has a scrollbar for nothing", view.querySelector("p, label, text") ?? view);
      for (const cell of [...view.querySelectorAll("td, th, li, p, figcaption")].filter(seen)) {
        const hides = ["hidden", "clip"].includes(getComputedStyle(cell).overflowX);
        if (hides && cell.scrollWidth > cell.clientWidth + TOUCH && !cell.matches(".only-read-out")) note("cut", cell);
      }
    }
    return [...found, ...brokenWords()];
  }

  // The words of what cells print that begin on one line and end on the next, though a line has room for them.
  const PRINTS = ["application/vnd.jupyter.stdout", "text/plain"].map((type) => `.jp-RenderedText[data-mime-type="${type}"] pre`);
  function brokenWords() {
    const found = [], range = new Range();
    for (const print of panel().node.querySelectorAll(PRINTS)) {
      const letters = print.clientWidth / (parseFloat(getComputedStyle(print).fontSize) * 0.65);
      const walker = document.createTreeWalker(print, NodeFilter.SHOW_TEXT);
      for (let text = walker.nextNode(); text; text = walker.nextNode()) {
        for (const { 0: word, index } of text.data.matchAll(/[A-Za-z]+/g)) {
          if (word.length > letters) continue;
          range.setStart(text, index);
          range.setEnd(text, index + word.length);
          const tops = [...range.getClientRects()].filter((box) => box.width > 1).map((box) => Math.round(box.top));
          if (new Set(tops).size > 1) found.push(`cell ${cellOf(print) + 1}: broken: ${word}`);
        }
      }
    }
    return found;
  }

  const height = () => panel().node.querySelector(".jp-WindowedPanel-outer").scrollHeight;

  // Scroll the notebook to the given screenful; false when there is none.
  async function scroll(screenful) {
    const scroller = panel().node.querySelector(".jp-WindowedPanel-outer");
    const height = scroller.clientHeight, top = Math.round(screenful * height * 0.95); // a little of the last one stays
    if (screenful && top + height * 0.05 >= scroller.scrollHeight) return false;
    scroller.scrollTop = top;
    await nextFrame();
    return true;
  }

  // ---- controls ----
  function kindOf(element) {
    const role = element.getAttribute("role");
    if (role) return role === "slider" ? "slider" : "button";
    if (!element.matches("input")) return { SELECT: "list", TEXTAREA: "text" }[element.tagName] ?? "button";
    const kinds = { range: "slider", number: "number", date: "date", checkbox: "checkbox", radio: "radio", button: "button", submit: "button" };
    return kinds[element.type] ?? "text";
  }

  const ICON_GLYPHS = /[\ue000-\uf8ff]/g; // of a font: no name

  // ipywidgets draws a slider's description beside it without tying the two together; a name is read there too.
  const besideSlider = (element) => element.closest(".widget-slider")?.querySelector(":scope > label");

  // Radio buttons of one name: Tab stops at the chosen one, arrows lead on. Without a name (ipywidgets): Tab stops at each.
  function nothingToPress(element) {
    if (element.matches(".widget-toggle-buttons .mod-active")) return true;
    if (element.type !== "radio" || !element.name) return element.type === "radio" && element.checked;
    return !element.checked && Boolean(document.querySelector(`[type=radio][name="${CSS.escape(element.name)}"]:checked`));
  }

  function describe(element, place, cell) {
    const off = element.closest("[disabled], :disabled, [aria-disabled=true]") || element.tabIndex < 0;
    const visible = element.checkVisibility({ visibilityProperty: true });
    const label = besideSlider(element);
    const beside = label?.checkVisibility() ? label.innerText.trim() : "";
    const part = element.parentElement.closest(`[role=img], ${KINDS}`); // such as the icon of a button
    return {
      place,
      cell,
      kind: kindOf(element),
      chosen: element.type === "radio" && element.checked,
      name: element.computedName.replace(ICON_GLYPHS, "").trim() || beside,
      ready: visible && !off && !nothingToPress(element),
      silent: !visible || Boolean(part || element.closest("[aria-hidden=true]")),
      markup: element.outerHTML.slice(0, 120),
    };
  }

  // Of one cell, or of the page: to look through the whole page takes long, and is done after each move of a control.
  const all = (selector, cell) => [...(cell === null ? document : cells()[cell]).querySelectorAll(selector)];
  const within = (selector) => `${OUTPUT} :is(${selector})`;
  return {
    CONTROLS: within(KINDS),
    PICTURES: within("img, canvas, svg:not(svg svg)"),
    describeAll: (selector, cell) => {
      const numbers = new Map(cells().map((one, number) => [one, number]));
      return all(selector, cell).map((element, place) => describe(element, place, numbers.get(element.closest(".jp-Cell"))));
    },
    focus: (cell, place) => all(within(KINDS), cell)[place].focus(),
    notebook: () => panel().content.model.toJSON(),
    rested: (cell) => settles(cells()[cell], () => view(cell), 150, 3000),
    errors: () => told,
    opened, closed, run, listen, theme, view, changes, scroll, showSidebar, torn, crowded, height, nextFrame,
  };
})();
