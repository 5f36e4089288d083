"""Starts JupyterLab for the tests: on loopback, token on, with nothing of this machine's own Jupyter settings."""

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
import time
import urllib.parse
import urllib.request
from pathlib import Path

START_SECONDS = 90
ADDRESS = re.compile(r"http://127\.0\.0\.1:(\d+)/")
OF_THIS_MACHINE = ("JUPYTER", "IPYTHON", "MPL", "PYTEST", "COV")  # variables the server must not inherit
SETTINGS = {
    "@jupyterlab/notebook-extension/tracker": {"windowingMode": "none"},  # all cells are in the page
    "@jupyterlab/apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}
OPTIONS = [
    "--no-browser",
    "--allow-root",
    "--ip=127.0.0.1",
    "--port=0",  # the system picks a free one
    "--LabApp.news_url=",
    "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    "--LabApp.extension_manager=readonly",
    "--LabApp.expose_app_in_browser=True",  # the tests ask JupyterLab itself when a notebook has run
]


class LabServer:
    """A running JupyterLab that serves copies of notebooks, without outputs, from a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.home, self.root = folder / "home", folder / "root"
        self.token, self.port = secrets.token_hex(16), 0
        self.root.mkdir(parents=True)
        _write_settings(self.home)
        _write_kernelspec(self.home)
        self._log = self.home / "lab.log"
        command = [sys.executable, "-m", "jupyterlab", *OPTIONS, f"--ServerApp.root_dir={self.root}"]
        environment = _environment(self.home) | {"JUPYTER_TOKEN": self.token}
        with self._log.open("w") as log:
            self._process = subprocess.Popen(command, env=environment, cwd=self.root, stdout=log, stderr=log)

    @property
    def pid(self) -> int:
        """The server's process."""
        return self._process.pid

    def wait_until_up(self) -> None:
        """Wait until the server answers, and make sure that its 'python3' is the Python that runs these tests."""
        deadline = time.monotonic() + START_SECONDS
        while not self._answers():
            if time.monotonic() > deadline or self._process.poll() is not None:
                raise RuntimeError(f"JupyterLab did not start; its log ends:\n{self._log.read_text()[-2000:]}")
            time.sleep(0.05)
        python = self.api("kernelspecs")["kernelspecs"]["python3"]["spec"]["argv"][0]
        if python != sys.executable:
            raise RuntimeError(f"the kernel 'python3' is {python}, expected {sys.executable}")

    def _answers(self) -> bool:
        """Look for the address the server writes to its log; it writes it before it listens, so try it too."""
        if found := ADDRESS.search(self._log.read_text()):
            self.port = int(found[1])
        try:
            return self.port > 0 and bool(self.api("status"))
        except OSError:
            return False

    def api(self, what: str) -> dict:
        """Ask the server's REST API."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api/{what}", headers={"Authorization": f"token {self.token}"}
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def serve(self, folder: Path) -> None:
        """Copy a folder of notebooks, and what lies beside them, to where the server finds it; outputs stay behind."""
        copy = self.root / folder.name
        shutil.copytree(folder, copy, ignore=shutil.ignore_patterns(".*", "solutions"))
        for path in copy.rglob("*.ipynb"):
            path.write_text(json.dumps(_without_outputs(json.loads(path.read_text("utf-8")))), "utf-8")

    def address(self, path: str) -> str:
        """Return where the browser finds a served notebook."""
        return f"http://127.0.0.1:{self.port}/lab/tree/{urllib.parse.quote(path)}?reset&token={self.token}"

    def stop(self) -> None:
        """End the server and its kernels."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OF_THIS_MACHINE)}
    return kept | {
        "HOME": str(home),
        "JUPYTER_PATH": str(home / "share"),  # looked at first: our kernelspec wins
        "JUPYTER_CONFIG_DIR": str(home / "config"),
        "JUPYTER_DATA_DIR": str(home / "data"),
        "JUPYTER_RUNTIME_DIR": str(home / "runtime"),
        "JUPYTERLAB_SETTINGS_DIR": str(home / "settings"),
        "JUPYTERLAB_WORKSPACES_DIR": str(home / "workspaces"),
        "IPYTHONDIR": str(home / "ipython"),
        "MPLCONFIGDIR": str(home / "matplotlib"),
        "CQRS_LAB_PROGRESS": "memory",
    }


def _write_settings(home: Path) -> None:
    for name, values in SETTINGS.items():
        path = home / "settings" / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(values))


def _write_kernelspec(home: Path) -> None:
    folder = home / "share" / "kernels" / "python3"
    folder.mkdir(parents=True)
    argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
    (folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": "Python 3", "language": "python"}))


def _without_outputs(notebook: dict) -> dict:
    for cell in notebook["cells"]:
        if cell["cell_type"] == "code":
            cell.update(outputs=[], execution_count=None)
    notebook["metadata"].pop("widgets", None)
    return notebook
