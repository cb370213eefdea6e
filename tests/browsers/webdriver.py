"""A small client of the WebDriver protocol, and the two browsers that it drives: Firefox ESR and WebKitGTK.

Both take the same commands with the same parameters. Firefox has them from a socket of its own (Marionette),
WebKit from a server beside it (WebKitWebDriver). See https://www.w3.org/TR/webdriver2/.
"""

import base64
import io
import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

from PIL import Image

WHO_NEEDS_WHAT = {
    "firefox-esr": "Firefox ESR",
    "WebKitWebDriver": "the driver of WebKitGTK (webkit2gtk-driver)",
    "Xvfb": "a screen that WebKit may draw on (xvfb)",
    "pdftotext": "a reader of what Firefox prints (poppler-utils)",
}
PATIENCE = 60  # seconds: how long anything may take before it fails
DESKTOP, NARROW = (1280, 900), (390, 844)  # as narrow as they become: 450 or so


def missing() -> list[str]:
    """What is to be installed before these tests can run."""
    return [
        f"{what}: {command} is not on the PATH"
        for command, what in WHO_NEEDS_WHAT.items()
        if not shutil.which(command)
    ]


class Refused(Exception):
    """The browser's answer to a command that it could not carry out."""


class Browser:
    """One browser, at a window of its own; a page is looked at by scripts, used by pointer and keys."""

    name: str

    def command(self, name: str, **parameters: Any) -> Any:
        """Send a command of the protocol, by its name in Marionette; give what it returns."""
        raise NotImplementedError

    def complaints(self) -> list[str]:
        """What the console has said since this was asked last: errors and warnings."""
        raise NotImplementedError

    # ---- pages ----

    def open(self, address: str) -> None:
        """Go to a page, and wait until its widgets stand there."""
        self.command("Navigate", url=address)
        self.settled()

    def settled(self) -> None:
        """Wait until each widget of the page is mounted or given up, and a frame has been drawn."""
        self.wait_for("document.readyState === 'complete'")
        self.wait_for(
            "!document.querySelector('script[src*=live_widgets]')"
            "|| performance.getEntriesByName('widgets-ready').length > 0"
        )
        self.next_frame()

    def resize(self, size: tuple[int, int]) -> None:
        """Give the window a size."""
        self.command("SetWindowRect", width=size[0], height=size[1])

    # ---- looking ----

    def run(self, script: str, *arguments: Any) -> Any:
        """What an expression comes to on the page; ``a`` and ``b`` in it are the arguments."""
        return self.command(
            "ExecuteScript", script=f"const [a, b] = arguments; return {script};", args=list(arguments)
        )

    def wait_for(self, condition: str, *arguments: Any) -> None:
        """Wait until the expression is true on the page."""
        script = f"""const [a, b] = arguments, done = arguments[arguments.length - 1];
            const look = () => ({condition}) ? done(true) : setTimeout(look, 20); look();"""
        try:
            self.command("ExecuteAsyncScript", script=script, args=[*arguments, None][:2])
        except Refused as refused:
            raise AssertionError(f"{self.name} waited in vain for {condition} {arguments}") from refused

    def next_frame(self) -> None:
        """Wait until what has changed is drawn."""
        script = "const done = arguments[0]; requestAnimationFrame(() => setTimeout(done));"
        self.command("ExecuteAsyncScript", script=script, args=[])

    def picture(self, selector: str) -> Image.Image:
        """An element as it looks, in the window's pixels."""
        box = self.box(selector)
        shot = Image.open(io.BytesIO(base64.b64decode(self.command("TakeScreenshot", full=False)))).convert(
            "RGB"
        )
        return shot.crop(tuple(round(side) for side in box))

    def box(self, selector: str) -> tuple[float, float, float, float]:
        """Where an element stands in the window, once it is scrolled to: left, top, right, bottom."""
        self.run("document.querySelector(a).scrollIntoView({block: 'center', behavior: 'instant'})", selector)
        self.next_frame()
        box = self.run("document.querySelector(a).getBoundingClientRect().toJSON()", selector)
        return box["left"], box["top"], box["right"], box["bottom"]

    # ---- using ----

    def press(self, *keys: str) -> None:
        """Press keys one after the other where the focus is."""
        strokes = [{"type": kind, "value": key} for key in keys for kind in ("keyDown", "keyUp")]
        self._perform({"type": "key", "id": "keyboard", "actions": strokes})

    def click(self, selector: str) -> None:
        """Click the middle of an element."""
        left, top, right, bottom = self.box(selector)
        self.drag([((left + right) / 2, (top + bottom) / 2)])

    def drag(self, places: list[tuple[float, float]]) -> None:
        """Press the mouse at the first place of the window, and let it go at the last."""
        moves = [{"type": "pointerMove", "x": round(x), "y": round(y), "duration": 0} for x, y in places]
        down, up = ({"type": kind, "button": 0} for kind in ("pointerDown", "pointerUp"))
        self._perform(
            {
                "type": "pointer",
                "id": "mouse",
                "parameters": {"pointerType": "mouse"},
                "actions": [moves[0], down, *moves[1:], up],
            }
        )

    def _perform(self, source: dict[str, Any]) -> None:
        self.command("PerformActions", actions=[source])
        self.next_frame()


# ---- Firefox ----------------------------------------------------------------------------------------------


class Firefox(Browser):
    """Firefox by Marionette: a socket on which each message goes behind its length and a colon."""

    name = "firefox"

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=2 * PATIENCE)
        self._lines = self._socket.makefile("rb")
        self._sent = 0
        self._receive()  # its greeting
        self.command("NewSession")

    def close(self) -> None:
        """Hang up."""
        self._lines.close()
        self._socket.close()

    def command(self, name: str, **parameters: Any) -> Any:
        """Send a command; those that are not WebDriver's are Marionette's own."""
        self._sent += 1
        full = name if ":" in name else f"WebDriver:{name}"
        message = json.dumps([0, self._sent, full, parameters]).encode()
        self._socket.sendall(b"%d:%s" % (len(message), message))
        _, _, error, result = self._receive()
        if error:
            raise Refused(f"{name}: {error['message']}")
        return result.get("value") if isinstance(result, dict) else result

    def _receive(self) -> Any:
        length = b""
        while (sign := self._lines.read(1)) != b":":
            length += sign
        return json.loads(self._lines.read(int(length)))

    def open(self, address: str) -> None:
        """Go to a page, through an empty one: Marionette awaits none that has the fragment of the last."""
        if "#" in address:
            self.command("Navigate", url="about:blank")
        super().open(address)

    def complaints(self) -> list[str]:
        """Errors of scripts from the browser's list of them, and what the page wrote, from the page's own."""
        self.command("Marionette:SetContext", value="chrome")
        errors = self.command("ExecuteScript", script=ERRORS, args=[])
        self.command("Marionette:SetContext", value="content")
        return errors + self.command("ExecuteScript", script=WRITTEN, args=[], sandbox="system")

    def dark(self, on: bool) -> None:
        """Have pages ask for their dark theme."""
        self.command("Marionette:SetContext", value="chrome")
        script = "Services.prefs.setIntPref('layout.css.prefers-color-scheme.content-override', arguments[0])"
        self.command("ExecuteScript", script=script, args=[0 if on else 1])
        self.command("Marionette:SetContext", value="content")

    def words_on_paper(self) -> str:
        """The page as it prints on A4: each word with its box, in XHTML."""
        pdf = base64.b64decode(self.command("Print", page={"width": 21.0, "height": 29.7}))
        done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
        return done.stdout.decode()


# Of pages alone: the browser's own parts complain as well.
ERRORS = """
// Not its own warnings, nor what it says of a formula that has come half; what a page writes itself is below.
const { warningFlag, infoFlag } = Ci.nsIScriptError;
const found = Services.console.getMessageArray().filter((one) => one instanceof Ci.nsIScriptError)
  .filter((one) => /^(http|file|blob)/.test(one.sourceName) && !(one.flags & (warningFlag | infoFlag)))
  .filter((one) => !/MathML/.test(one.category))
  .map((one) => `${one.errorMessage} (${one.sourceName}:${one.lineNumber})`);
Services.console.reset();
return found;"""
WRITTEN = """
const storage = Cc["@mozilla.org/consoleAPI-storage;1"].getService(Ci.nsIConsoleAPIStorage);
const found = storage.getEvents().filter((one) => /^(error|warn|assert)/.test(one.level))
  .map((one) => one.arguments.map(String).join(" "));
storage.clearEvents();
return found;"""


@contextmanager
def firefox(proxy: int) -> Iterator[Firefox]:
    """A headless Firefox with a fresh profile, which asks the proxy for every other host."""
    with tempfile.TemporaryDirectory() as profile:
        preferences = {
            "marionette.port": 0,  # any that is free
            "network.proxy.type": 1,
            **{f"network.proxy.{kind}": "127.0.0.1" for kind in ("http", "ssl")},
            **{f"network.proxy.{kind}_port": proxy for kind in ("http", "ssl")},
            "network.captive-portal-service.enabled": False,
            "network.connectivity-service.enabled": False,
            "media.gmp-manager.updateEnabled": False,
            "layout.css.prefers-color-scheme.content-override": 1,  # light
        }
        lines = [
            f"user_pref({json.dumps(name)}, {json.dumps(value)});" for name, value in preferences.items()
        ]
        Path(profile, "user.js").write_text("\n".join(lines), "utf-8")
        # It lets a script of the tests, never of a page, read the browser's console.
        options = ["--headless", "--marionette", "--remote-allow-system-access", "--profile", profile]
        quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL, "text": True}
        with subprocess.Popen(["firefox-esr", *options], **quiet) as process:
            port = next(
                int(line.rpartition(" ")[2]) for line in process.stdout if "Listening on port" in line
            )
            # A pipe that nobody empties would hold the browser up.
            drain = threading.Thread(target=process.stdout.read, daemon=True)
            drain.start()
            browser = Firefox(port)
            browser.command("SetTimeouts", script=1000 * PATIENCE, pageLoad=1000 * PATIENCE)
            yield browser
            browser.close()
            process.terminate()
            drain.join()


# ---- WebKit -----------------------------------------------------------------------------------------------

# The commands that are used here, as WebKitWebDriver has them.
PATHS = {
    "Navigate": ("POST", "url"),
    "Back": ("POST", "back"),
    "Refresh": ("POST", "refresh"),
    "ExecuteScript": ("POST", "execute/sync"),
    "ExecuteAsyncScript": ("POST", "execute/async"),
    "SetWindowRect": ("POST", "window/rect"),
    "SetTimeouts": ("POST", "timeouts"),
    "TakeScreenshot": ("GET", "screenshot"),
    "PerformActions": ("POST", "actions"),
    "DeleteSession": ("DELETE", ""),
}


class WebKit(Browser):
    """WebKitGTK's MiniBrowser by its driver: each command a request."""

    name = "webkit"

    def __init__(self, port: int, options: list[str]) -> None:
        self._port = port
        wanted = {"webkitgtk:browserOptions": {"binary": minibrowser(), "args": options}}
        session = self._ask("POST", "/session", {"capabilities": {"alwaysMatch": wanted}})
        self._session = f"/session/{session['sessionId']}"

    def command(self, name: str, **parameters: Any) -> Any:
        """Send a command."""
        method, path = PATHS[name]
        return self._ask(
            method, f"{self._session}/{path}".rstrip("/"), parameters if method == "POST" else None
        )

    def _ask(self, method: str, path: str, parameters: dict[str, Any] | None) -> Any:
        connection = HTTPConnection("127.0.0.1", self._port, timeout=2 * PATIENCE)
        body = None if parameters is None else json.dumps(parameters)
        connection.request(method, path, body, {"Content-Type": "application/json"})
        response = connection.getresponse()
        value = json.loads(response.read())["value"]
        connection.close()
        if response.status != 200:
            raise Refused(f"{path}: {value['message']}")
        return value

    def complaints(self) -> list[str]:
        """What ``RECORDER`` has noted in the page: under automation MiniBrowser writes no console."""
        if self.run("location.protocol") != "http:":  # nothing is open yet
            return []
        said = self.run("sessionStorage.getItem('complaints')")
        self.run("sessionStorage.removeItem('complaints')")
        return json.loads(said or "[]")


# What each page opens with here.
RECORDER = b"""<script>{
  const note = (text) => {
    const said = JSON.parse(sessionStorage.complaints ?? "[]");
    sessionStorage.complaints = JSON.stringify([...said, String(text)]);
  };
  for (const kind of ["error", "warn", "assert"]) {
    const say = console[kind];
    console[kind] = (...words) => { note(words.join(" ")); say.apply(console, words); };
  }
  addEventListener("error", (event) => note(event.message ?? `not loaded: ${event.target.src}`), true);
  addEventListener("unhandledrejection", (event) => note(event.reason));
}</script>"""


def minibrowser() -> str:
    """The path of MiniBrowser, which no PATH holds."""
    return str(next(Path("/usr/lib").glob("*/webkit2gtk-4.1/MiniBrowser")))


@contextmanager
def webkit(proxy: int) -> Iterator[WebKit]:
    """MiniBrowser on a screen of its own, which asks the proxy for every other host."""
    with tempfile.TemporaryDirectory() as folder, screen() as display:
        port = free_port()
        environment = {**os.environ, "DISPLAY": display, "HOME": folder, "XDG_DATA_HOME": folder}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        with subprocess.Popen(["WebKitWebDriver", f"--port={port}"], env=environment, **quiet) as server:
            until_it_listens(port, server)
            options = ["--automation", f"--proxy=http://127.0.0.1:{proxy}", "--ignore-host=127.0.0.1"]
            browser = WebKit(port, options)
            browser.command("SetTimeouts", script=1000 * PATIENCE, pageLoad=1000 * PATIENCE)
            yield browser
            browser.command("DeleteSession")
            server.terminate()


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as attempt:
        attempt.bind(("127.0.0.1", 0))
        return attempt.getsockname()[1]


@contextmanager
def screen() -> Iterator[str]:
    """A screen in memory; gives its name."""
    read, write = os.pipe()
    options = ["-displayfd", str(write), "-screen", "0", "1400x1000x24", "-nolisten", "tcp"]
    with subprocess.Popen(["Xvfb", *options], pass_fds=[write], stderr=subprocess.DEVNULL) as server:
        os.close(write)
        with os.fdopen(read) as told:
            yield f":{told.readline().strip()}"
        server.terminate()


def until_it_listens(port: int, server: subprocess.Popen) -> None:
    """Wait until something answers at a port of this machine, or the server has ended."""
    while server.poll() is None:
        with socket.socket() as attempt:
            if attempt.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise AssertionError(f"{server.args[0]} ended before it could be asked anything")
