#!/usr/bin/env bash
# anywidget 0.11 in JupyterLab 4.6: a widget whose module takes more than two seconds to come is shown, sends what the reader does,
# and never again hears what the kernel says. A good guess is that it comes late and then works, or that an error stands in its
# place. In anywidget a timer of two seconds says that the model has failed, and each message of the kernel waits for the model;
# so from then on each is dropped, and the console alone has "Failed to initialize model". A page that is busy for two seconds, because
# a notebook shows many widgets at once on a slow machine, is enough. Here the module itself waits, so that it happens each time.
set -euo pipefail
folder=$(mktemp -d)
trap 'kill "${server:-}" 2>/dev/null || true; rm -rf "$folder"' EXIT
chromium=$(command -v chromium || command -v chromium-browser || command -v google-chrome)
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install --quiet --disable-pip-version-check \
  jupyterlab==4.6.6 anywidget==0.11.0 playwright==1.65.2
mkdir "$folder/root"
"$folder/venv/bin/python" - "$folder/root/counts.ipynb" <<'PYTHON'
import json
import sys

COUNT = '''
import time
import anywidget
import traitlets

def count_after(milliseconds):
    class Count(anywidget.AnyWidget):
        _esm = f"""
        await new Promise((done) => setTimeout(done, {milliseconds}));
        export default {{ render({{ model, el }}) {{
          const show = () => {{ el.textContent = "after {milliseconds} ms: " + model.get("count"); }};
          model.on("change:count", show);
          show();
        }} }}"""
        count = traitlets.Int(0).tag(sync=True)
    return Count()

counts = [count_after(500), count_after(3000)]
'''
SOURCES = [COUNT, "counts[0]", "counts[1]", "time.sleep(6)\nfor one in counts:\n    one.count = 7\n'counted'"]
CELLS = [
    {"id": f"cell-{at}", "cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None, "source": source}
    for at, source in enumerate(SOURCES)
]
KERNEL = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
with open(sys.argv[1], "w") as file:
    json.dump({"nbformat": 4, "nbformat_minor": 5, "metadata": KERNEL, "cells": CELLS}, file)
PYTHON
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
RUN = """async () => {
  const notebook = await jupyterapp.commands.execute("docmanager:open", { path: "counts.ipynb" });
  await notebook.context.ready;
  await notebook.sessionContext.ready;
  jupyterapp.commands.execute("notebook:run-all-cells");
}"""
with sync_playwright() as playwright:
    browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
    page = browser.new_page()
    errors = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if line.type == "error" else None)
    page.goto(address)
    page.wait_for_function("window.jupyterapp?.shell")
    page.evaluate("() => jupyterapp.restored.then(() => true)")
    page.evaluate(RUN)
    page.get_by_text("'counted'", exact=True).last.wait_for(timeout=120_000)
    page.get_by_text("after 500 ms: 7", exact=True).wait_for(timeout=20_000)
    page.wait_for_timeout(3000)
    late = page.get_by_text("after 3000 ms:").inner_text()
    print(f"the widget that came at once says 7; the late one is shown, and says {late!r}")
    said = sorted({line.splitlines()[0] for line in errors if "initialize model" in line})
    print(f"the console: {said}")
    browser.close()
assert late == "after 3000 ms: 0" and said, "this has changed"
PYTHON
