// The switch of the theme, the search, and the list of lessons, which is folded where there is no room.
(() => {
  const button = document.getElementById("theme");
  const name = () => { button.textContent = document.documentElement.dataset.jpThemeLight === "true" ? "Dark" : "Light"; };
  button.addEventListener("click", () => {
    const theme = button.textContent.toLowerCase();
    chosenTheme(theme);
    showTheme(theme);
  });
  new MutationObserver(name).observe(document.documentElement, { attributeFilter: ["data-jp-theme-light"] });
  name();

  const lessons = document.querySelector("nav details");
  const wide = matchMedia("(min-width: 62rem)");
  const fold = () => { lessons.open = wide.matches; };
  wide.addEventListener("change", fold);
  fold();

  // ---- search ----
  const MOST_FOUND = 12;
  const AROUND = 60; // characters before and after a word that was found
  const [field, found] = [document.getElementById("search"), document.getElementById("found")];
  const [status, list] = found.children;
  let places; // where, page, heading, text; they come when somebody begins to search

  window.wordsOfTheBook = (all) => {
    places = all.map(([where, page, heading, text]) => ({ where, page, heading, text, low: `${page} ${heading} ${text}`.toLowerCase() }));
    show();
  };
  field.addEventListener("focus", () => {
    document.head.append(Object.assign(document.createElement("script"), { src: "words.js" }));
  }, { once: true });

  // Every word has to be there; those that have them in a heading come first.
  function matches(words) {
    const rank = ({ heading, page }) => words.filter((word) => `${heading} ${page}`.toLowerCase().includes(word)).length;
    const those = places.filter(({ low }) => words.every((word) => low.includes(word)));
    return those.map((place) => [rank(place), place]).sort(([one], [other]) => other - one).map(([, place]) => place);
  }
  function excerpt({ text }, words) {
    const at = Math.max(0, ...words.map((word) => text.toLowerCase().indexOf(word)));
    const [from, to] = [Math.max(0, at - AROUND), at + AROUND];
    return `${from ? "…" : ""}${text.slice(from, to)}${to < text.length ? "…" : ""}`;
  }
  function show() {
    const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
    found.hidden = !words.length || !places;
    if (found.hidden) return;
    const all = matches(words);
    const more = all.length > MOST_FOUND ? `, the first ${MOST_FOUND} are shown` : "";
    status.textContent = all.length ? `${all.length} ${all.length === 1 ? "place" : "places"}${more}` : "Nothing found";
    list.replaceChildren(...all.slice(0, MOST_FOUND).map((place) => {
      const link = Object.assign(document.createElement("a"), { href: place.where, textContent: place.heading });
      const [page, text] = [document.createElement("span"), document.createElement("small")];
      page.textContent = place.page === place.heading ? "" : place.page;
      text.textContent = excerpt(place, words);
      const item = document.createElement("li");
      item.append(link, page, text);
      return item;
    }));
  }
  field.addEventListener("input", show);
  // Arrows go from the field to the links and between them, Escape goes back.
  document.querySelector("search").addEventListener("keydown", (event) => {
    const stops = [field, ...list.querySelectorAll("a")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (event.key === "Escape") {
      field.value = "";
      show();
      field.focus();
    } else if (step && !found.hidden) {
      stops[stops.indexOf(document.activeElement) + step]?.focus();
      event.preventDefault();
    }
  });
  list.addEventListener("click", () => { found.hidden = true; });
})();
