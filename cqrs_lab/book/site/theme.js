// The theme: what the reader has chosen here before, or what their system prefers.
const CHOSEN = "cqrs-lab-theme";
const prefersDark = matchMedia("(prefers-color-scheme: dark)");

// A browser that keeps nothing for pages from disk says so by an error.
function chosenTheme(theme) {
  try {
    if (theme) localStorage.setItem(CHOSEN, theme);
    return localStorage.getItem(CHOSEN);
  } catch {
    return theme ?? null;
  }
}

function showTheme(chosen) {
  const isDark = chosen ? chosen === "dark" : prefersDark.matches;
  document.documentElement.dataset.jpThemeLight = String(!isDark);
}

showTheme(chosenTheme());
prefersDark.addEventListener("change", () => showTheme(chosenTheme()));

// Paper is light: what is written for the dark could not be read on it.
addEventListener("beforeprint", () => showTheme("light"));
addEventListener("afterprint", () => showTheme(chosenTheme()));
