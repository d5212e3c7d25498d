"""Chromium without a window, for tests that look at a page."""

import http.server
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))), ""
)
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 90
"""Seconds that a browser has, on a machine with other work."""
needed = pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")


def browse(path: Path, profile: Path, *options: str) -> None:
    """Let Chromium do what the options say with a page, and end; `profile` is a folder of its own."""
    command = [CHROMIUM, *FLAGS, f"--user-data-dir={profile}", *options, path.as_uri()]
    subprocess.run(command, capture_output=True, timeout=PATIENCE, check=True)


def asked(page: str, folder: Path, script: str, width: int, *options: str) -> Any:
    """What a script returns in a page once it is loaded, in a frame of that width: no window is below 500 pixels.

    The page sends its answer when it has one, so nothing rests on how long the browser takes. An error in the page or
    in the script fails the test.

    Args:
        page: HTML
        folder: an empty one
        script: the body of an async function
        width: pixels
        options: for Chromium
    """
    with http.server.HTTPServer(("127.0.0.1", 0), _Ear) as ear:
        probe = f"""<script>{{
          const send = (said) => parent.postMessage(JSON.stringify(said), "*");
          addEventListener("error", (event) => send({{ error: event.message }}));
          addEventListener("load", async () => {{
            try {{ send({{ answer: await (async () => {{ {script} }})() }}); }}
            catch (error) {{ send({{ error: `${{error}}` }}); }}
          }});
        }}</script></body>"""
        (folder / "probe.html").write_text(page.replace("</body>", probe), encoding="utf-8")
        # The frame passes the answer on, since the page's own policy lets it ask for nothing.
        frame = f"""<script>addEventListener("message", (sent) =>
          fetch("http://127.0.0.1:{ear.server_port}", {{ method: "POST", mode: "no-cors", body: sent.data }}));
        </script><iframe src="probe.html" style="width:{width}px;height:800px;border:0"></iframe>"""
        (folder / "frame.html").write_text(frame, encoding="utf-8")
        window = ("--window-size=1400,1000", "--remote-debugging-port=0")  # a port, or it ends once the page is loaded
        command = [CHROMIUM, *FLAGS, f"--user-data-dir={folder / 'profile'}", *window, *options]
        with subprocess.Popen(
            [*command, (folder / "frame.html").as_uri()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as chromium:
            try:
                said = _heard(ear)
            finally:
                chromium.terminate()
    assert said.get("error") is None, said["error"]
    return said["answer"]


class _Ear(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted."""

    def do_POST(self) -> None:
        """The name is that of the library."""
        self.server.heard = self.rfile.read(int(self.headers["Content-Length"]))  # type: ignore[attr-defined]
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Nothing."""


def _heard(ear: http.server.HTTPServer) -> dict[str, Any]:
    ear.timeout = 1
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        ear.handle_request()
        if hasattr(ear, "heard"):
            said: dict[str, Any] = json.loads(ear.heard)
            return said
    raise TimeoutError(f"The page sent no answer in {PATIENCE} s.")
