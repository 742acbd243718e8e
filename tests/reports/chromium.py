"""A headless Chromium over its debugging pipe: no port, no driver, no library.

Everything the page logs, throws or asks the network for is kept, so that a test can
demand that there was nothing of the kind.
"""

from __future__ import annotations

import base64
import fcntl
import json
import os
import select
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

__all__ = ["Chromium", "find_chromium"]

_FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--mute-audio",
    "--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-extensions",
    "--disable-dev-shm-usage", "--remote-debugging-pipe", "about:blank",
)  # fmt: skip
_PATIENCE = 60.0
"""Seconds after which an answer is no longer waited for."""


def find_chromium() -> str | None:
    """The program, ``None`` where it is not installed."""
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


class Chromium:
    """One browser with one page at a time; ended with its process group."""

    def __init__(self, program: str, profile: Path) -> None:
        theirs, self._out = os.pipe()
        self._in, back = os.pipe()
        # Above 10, so that neither is one of the two numbers Chromium expects them under.
        theirs, back = (_lifted(number) for number in (theirs, back))
        self.pid = os.posix_spawn(
            program,
            [program, f"--user-data-dir={profile}", *_FLAGS],
            {**os.environ, "HOME": str(profile)},
            file_actions=[
                (os.POSIX_SPAWN_DUP2, theirs, 3),
                (os.POSIX_SPAWN_DUP2, back, 4),
                (os.POSIX_SPAWN_OPEN, 1, os.devnull, os.O_WRONLY, 0),
                (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0),
            ],
            setpgroup=0,
        )
        os.close(theirs)
        os.close(back)
        self._last = 0
        self._pending = b""
        self._page: str | None = None
        self.session: str | None = None
        """What the messages of the page are marked with."""
        self.trouble: list[str] = []
        """Exceptions, console messages and violations of the page's policy."""
        self.requests: list[str] = []
        """Addresses that the page, or what it loads, asked for; the page itself included."""

    def close(self) -> None:
        """End the browser and everything it started."""
        os.close(self._out)
        os.close(self._in)
        os.killpg(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)

    # ------------------------------------------------------------------ what a test does

    def start(self) -> None:
        """Go on in a page of its own.

        A page can have more to say after its test has ended, such as a request that fails late.
        With a session of its own, that is never taken for trouble in the next test's page.
        """
        before, self.session = self._page, None
        self._page = self._call("Target.createTarget", url="about:blank")["targetId"]
        if before is not None:
            self._call("Target.closeTarget", targetId=before)
        attached = self._call("Target.attachToTarget", targetId=self._page, flatten=True)
        self.session = attached["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self._call(f"{domain}.enable")
        self.look()

    def open(self, path: Path) -> None:
        """Load a file and wait until its scripts have run."""
        self.trouble.clear()
        self.requests.clear()
        self._call("Page.navigate", url=path.as_uri())
        self.wait("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """The value of an expression in the page.

        Raises:
            AssertionError: It throws.
        """
        found = self._call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in found, found["exceptionDetails"]
        return found["result"].get("value")

    def wait(self, script: str) -> None:
        """Wait until an expression holds."""
        end = time.monotonic() + _PATIENCE
        while not self.run(script):
            assert time.monotonic() < end, f"never: {script}"
            time.sleep(0.02)

    def press(self, key: str) -> None:
        """Press and release one key, given as ``KeyboardEvent.key`` names it."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37, " ": 32}
        text = {"Enter": "\r"}.get(key, key if len(key) == 1 else "")
        common = {"key": key, "windowsVirtualKeyCode": codes.get(key, ord(key[0].upper()))}
        self._call("Input.dispatchKeyEvent", type="keyDown", text=text, **common)
        self._call("Input.dispatchKeyEvent", type="keyUp", **common)

    def write(self, text: str) -> None:
        """Type text into what is focused."""
        self._call("Input.insertText", text=text)

    def look(
        self, *, width: int = 1400, dark: bool = False, paper: bool = False, scripts: bool = True
    ) -> None:
        """Set the width in CSS pixels, the preferred scheme, the medium, and whether scripts run."""
        self._call(
            "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
        )
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self._call("Emulation.setEmulatedMedia", media="print" if paper else "", features=[scheme])
        self._call("Emulation.setScriptExecutionDisabled", value=not scripts)

    def picture(self, path: Path) -> None:
        """Write a picture of the whole page."""
        found = self._call("Page.captureScreenshot", format="png", captureBeyondViewport=True)
        path.write_bytes(base64.b64decode(found["data"]))

    def paper(self) -> bytes:
        """The page printed, as PDF."""
        return base64.b64decode(self._call("Page.printToPDF", preferCSSPageSize=True)["data"])

    # ------------------------------------------------------------------ the pipe

    def _call(self, method: str, **parameters: Any) -> dict[str, Any]:
        self._last += 1
        message: dict[str, Any] = {"id": self._last, "method": method, "params": parameters}
        if self.session is not None:
            message["sessionId"] = self.session
        waiting = json.dumps(message).encode() + b"\0"
        while waiting:
            waiting = waiting[os.write(self._out, waiting) :]
        answer = self._until(lambda one: one.get("id") == self._last)
        assert "error" not in answer, (method, answer["error"])
        result: dict[str, Any] = answer["result"]
        return result

    def _until(self, wanted: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        end = time.monotonic() + _PATIENCE
        while True:
            while b"\0" in self._pending:
                text, self._pending = self._pending.split(b"\0", 1)
                message = json.loads(text)
                if wanted(message):
                    return dict(message)
                self.heard(message)
            ready, _, _ = select.select([self._in], [], [], max(end - time.monotonic(), 0))
            assert ready, "Chromium does not answer"
            piece = os.read(self._in, 1 << 20)
            assert piece, "Chromium has ended"
            self._pending += piece

    def heard(self, message: dict[str, Any]) -> None:
        """Keep what the page says by itself; an earlier page is not listened to any more."""
        if message.get("sessionId") != self.session:
            return
        told = message.get("params", {})
        if message.get("method") == "Runtime.exceptionThrown":
            self.trouble.append(json.dumps(told["exceptionDetails"]))
        elif message.get("method") == "Runtime.consoleAPICalled":
            self.trouble.append(json.dumps(told["args"]))
        elif message.get("method") == "Log.entryAdded":
            self.trouble.append(told["entry"]["text"])
        elif message.get("method") == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])


def _lifted(number: int) -> int:
    lifted = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, 10)
    os.close(number)
    return lifted
