"""README's pictures, taken from the book: ``python -m tests.browser.readme_pictures build/book docs/pictures``."""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from .conftest import FLAGS, NOWHERE, chromium

# The name of a picture, its page, its view, and the setting: what is typed into each number field.
PICTURES = {
    "order": ("00_start_here", "view-1", {"Step": "6"}),
    "queues": ("07_the_lag", "view-3", {"Time": "270"}),
}
LOOKS = ("light", "dark")
SCREEN = {"width": 1400, "height": 900}


def take(book: Path, folder: Path) -> None:
    """Take each picture in both looks."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS, proxy=NOWHERE)
        for look in LOOKS:
            context = browser.new_context(viewport=SCREEN, color_scheme=look, offline=True, reduced_motion="reduce")
            page = context.new_page()
            for name, (lesson, view, setting) in PICTURES.items():
                page.goto((book / f"{lesson}.html").resolve().as_uri())
                shown = page.locator(f"#{view}")
                shown.scroll_into_view_if_needed()
                for label, value in setting.items():
                    field = shown.get_by_role("spinbutton", name=label)
                    field.fill(value)
                    field.press("Enter")
                page.evaluate("document.activeElement.blur()")
                page.locator(f"#{view} .stage svg[role=img]").first.screenshot(path=folder / f"{name}-{look}.png")
        browser.close()


if __name__ == "__main__":
    take(*map(Path, sys.argv[1:]))
