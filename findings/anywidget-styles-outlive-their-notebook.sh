#!/usr/bin/env bash
# anywidget 0.11 in JupyterLab 4.6: the `_css` of a widget stays in the page when its notebook is closed and its kernel has
# ended, and lays out what another notebook shows that has no widget at all. A good guess is that styles go with the view that
# brought them, as its elements do. anywidget puts them into the page's head, under the name of the class, and takes none back.
# What looks right after one notebook may so look wrong after a restart of the browser, and tests that open notebooks one
# after the other in a page depend on their order.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  jupyterlab==4.6.6 anywidget==0.11.0 playwright==1.65.2
mkdir "$folder/root"
cat >"$folder/root/first.ipynb" <<'JSON'
{"nbformat": 4, "nbformat_minor": 5,
 "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "cells": [{"id": "widget", "cell_type": "code", "metadata": {},
 "source": "import anywidget\nclass Row(anywidget.AnyWidget):\n    _esm = 'export default { render({ el }) { el.textContent = \"a widget\"; } }'\n    _css = '.row { display: flex }'\nRow()",
 "execution_count": null, "outputs": []}]}
JSON
cat >"$folder/root/second.ipynb" <<'JSON'
{"nbformat": 4, "nbformat_minor": 5,
 "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "cells": [{"id": "none", "cell_type": "code", "metadata": {},
 "source": "from IPython.display import HTML\nHTML('<div class=\"row\">no widget</div>')", "execution_count": null, "outputs": []}]}
JSON
cd "$folder/root"
env JUPYTER_TOKEN=here JUPYTER_CONFIG_DIR="$folder/config" "$folder/venv/bin/jupyter" lab --no-browser --allow-root \
  --ip=127.0.0.1 --port=0 --ServerApp.root_dir="$folder/root" --LabApp.expose_app_in_browser=True >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 120); do
  address=$(grep -o 'http://127.0.0.1:[0-9]*' "$folder/log" | head -1) && break
  sleep 0.5
done
"$folder/venv/bin/python" - "$chromium" "$address/lab?token=here" <<'PYTHON'
import sys

from playwright.sync_api import sync_playwright

path, address = sys.argv[1:]
OPEN = """async (path) => {
  const notebook = await jupyterapp.commands.execute("docmanager:open", { path });
  await notebook.context.ready;
  await notebook.sessionContext.ready;
  jupyterapp.commands.execute("notebook:run-all-cells");
}"""
CLOSE = """async () => {
  const notebook = jupyterapp.shell.currentWidget;
  await notebook.sessionContext.shutdown();
  notebook.dispose();
}"""


def display(page):
    page.evaluate(OPEN, "second.ipynb")
    row = page.get_by_text("no widget", exact=True)
    row.wait_for(timeout=60_000)
    shown = row.evaluate("row => getComputedStyle(row).display")
    page.evaluate(CLOSE)
    return shown


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(address)
    page.wait_for_function("window.jupyterapp?.shell")
    page.evaluate("() => jupyterapp.restored.then(() => true)")
    before = display(page)
    page.evaluate(OPEN, "first.ipynb")
    page.get_by_text("a widget", exact=True).wait_for(timeout=60_000)
    page.evaluate(CLOSE)
    widgets = page.get_by_text("a widget", exact=True).count()
    after = display(page)
    print(f"the row of a notebook without widgets: {before} before another notebook, {after} once that is closed")
    browser.close()
assert (before, widgets, after) == ("block", 0, "flex"), "this has changed"
PYTHON
