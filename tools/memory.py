"""How much memory one student needs: a kernel that runs a chapter, and the JupyterLab server beside it.

    python tools/memory.py [book/numerics.ipynb ...]      these chapters, or all (Linux)

It writes book/data/memory.json, which the page on running a class reads; chapters that were not named keep
their figures. A figure is the most that a process ever held (VmHWM of /proc), in MiB.
"""

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import date
from importlib.metadata import version
from pathlib import Path
from typing import Any

import nbformat
from nbclient import NotebookClient
from numerals import ROOT, chapters

RECORD = ROOT / "book/data/memory.json"
PATIENCE = 120  # seconds for the server to answer


def peak(process: int) -> int:
    """The most memory that a process has held so far, in MiB."""
    status = Path(f"/proc/{process}/status")
    if not status.exists():
        sys.exit("Memory is read from /proc, which only Linux has. Hint: run this in a container.")
    line = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
    return int(line.split()[1]) // 1024


def of_kernel(path: Path) -> int:
    """The peak of a kernel that runs a notebook from its first cell to its last, in MiB."""
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell("import os; print(os.getpid())"))
    client = NotebookClient(
        notebook, timeout=1800, kernel_name="python3", resources={"metadata": {"path": str(path.parent)}}
    )
    with client.setup_kernel():
        for number, cell in enumerate(notebook.cells):
            client.execute_cell(cell, number)
        return peak(int(notebook.cells[-1].outputs[0].text))


def of_server() -> int:
    """The peak of a JupyterLab server that has sent its page and every chapter, in MiB."""
    with tempfile.TemporaryDirectory() as folder:
        options = [
            "--no-browser",
            "--port=0",
            "--ServerApp.token=",
            "--allow-root",
            f"--ServerApp.root_dir={ROOT}",
        ]
        command = [sys.executable, "-m", "jupyterlab", *options]
        server = subprocess.Popen(
            command,
            env={**os.environ, "JUPYTER_RUNTIME_DIR": folder},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = address_of(Path(folder))
            for place in ["lab", *(f"api/contents/{path.relative_to(ROOT)}" for path in chapters())]:
                urllib.request.urlopen(address + place).read()
            return peak(server.pid)
        finally:
            server.terminate()
            server.wait()


def address_of(folder: Path) -> str:
    """Where the server listens, once it says so in its runtime folder."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        for file in folder.glob("jpserver-*.json"):
            address: str = json.loads(file.read_text())["url"]
            return address
        time.sleep(0.2)
    sys.exit(f"JupyterLab did not start within {PATIENCE} seconds.")


def main() -> None:
    """Measure the chapters named on the command line, or all, and the server; write the record."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("notebooks", nargs="*", type=Path, default=chapters())
    record: dict[str, Any] = json.loads(RECORD.read_text("utf-8")) if RECORD.exists() else {"kernels": {}}
    record["date"] = str(date.today())
    record["system"] = f"{platform.system()} {platform.machine()}, Python {platform.python_version()}"
    record["versions"] = {name: version(name) for name in ("torch", "jupyterlab", "ipykernel")}
    for path in parser.parse_args().notebooks:
        record["kernels"][path.stem] = of_kernel(path.resolve())
        print(f"{path.stem:20} {record['kernels'][path.stem]:6} MiB", flush=True)
        RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")
    record["server"] = of_server()
    print(f"{'JupyterLab':20} {record['server']:6} MiB")
    RECORD.write_text(json.dumps(record, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()
