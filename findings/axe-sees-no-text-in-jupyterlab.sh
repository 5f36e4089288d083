#!/usr/bin/env bash
# axe-core 4.12 in JupyterLab 4.6: text whose contrast is far too low is neither a violation, nor passed, nor incomplete: the
# rule color-contrast looks at none of it and the report is clean. A good guess is that axe judges what a person sees. JupyterLab's
# body is 0 pixels high with `overflow: hidden` (all of it is positioned), and axe takes what lies outside such a box for
# hidden, although a browser applies the body's overflow to the window. With the body as high as the window, the text is found.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  jupyterlab==4.6.6 playwright==1.65.2 axe-playwright-python==0.1.8
mkdir "$folder/root"
cat >"$folder/root/pale.ipynb" <<'JSON'
{"nbformat": 4, "nbformat_minor": 5,
 "metadata": {"kernelspec": {"name": "python3", "display_name": "Python 3"}}, "cells": [{"id": "pale", "cell_type": "code", "metadata": {},
 "source": "", "execution_count": null, "outputs": [{"output_type": "stream", "name": "stdout", "text": "pale words"}]}]}
JSON
cd "$folder/root"
env JUPYTER_TOKEN=here JUPYTER_CONFIG_DIR="$folder/config" "$folder/venv/bin/jupyter" lab --no-browser --allow-root \
  --ip=127.0.0.1 --port=0 --ServerApp.root_dir="$folder/root" >"$folder/log" 2>&1 &
server=$!
for _ in $(seq 120); do
  address=$(grep -o 'http://127.0.0.1:[0-9]*' "$folder/log" | head -1) && break
  sleep 0.5
done
"$folder/venv/bin/python" - "$chromium" "$address/lab/tree/pale.ipynb?token=here" <<'PYTHON'
import sys

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

path, address = sys.argv[1:]
PALE = ".jp-OutputArea-output pre"


def found(page):
    told = Axe().run(page, {"include": [[PALE]]}, {"runOnly": ["color-contrast"]}).response
    return {kind: sum(len(one["nodes"]) for one in told[kind]) for kind in ("violations", "passes", "incomplete")}


with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    page = browser.new_page()
    page.goto(address)
    page.locator(PALE).wait_for(state="visible", timeout=60_000)
    page.add_style_tag(content=f"{PALE} {{ color: #ccc !important; background: #fff !important }}")
    height = page.evaluate("document.body.getBoundingClientRect().height")
    before = found(page)
    page.evaluate("document.body.style.height = '100vh'")
    after = found(page)
    version = page.evaluate("axe.version")
    print(f"axe-core {version}: body {height} px high: {before}; as high as the window: {after}")
    browser.close()
nothing = {"violations": 0, "passes": 0, "incomplete": 0}
assert (height, before, after) == (0, nothing, nothing | {"violations": 1}), "this has changed"
PYTHON
