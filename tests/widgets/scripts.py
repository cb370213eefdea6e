"""Scripts of the widgets run without a page, by the tool that checks them."""

import json
import subprocess
from typing import Any

from deno import find_deno_bin

from seglosses.widgets.kit.bundle import module


def javascript(file: str, program: str, data: Any) -> Any:
    """Run ``program``, a function body with ``data`` and all that ``file`` declares; give what it returns.

    JSON has neither infinity nor NaN: they come back as "inf" and "nan".
    """
    source = f"""
        {module(file)}
        import {{ readFileSync }} from "node:fs";
        const run = (data) => {{ {program} }};
        const safe = (_, x) => x === Infinity ? "inf" : Number.isNaN(x) ? "nan" : x;
        console.log(JSON.stringify(run(JSON.parse(readFileSync(0, "utf-8"))), safe));
    """
    command = [find_deno_bin(), "eval", "--no-config", "--no-remote", "--no-npm", source]
    done = subprocess.run(command, input=json.dumps(data), text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
