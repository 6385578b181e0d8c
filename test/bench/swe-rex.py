"""Round trips of SWE-ReX's own session, for the replay rows: a JSON list of milliseconds, best case first in order of time.

Run with swe-rex (MIT, from PyPI) importable. `ignore`: what SWE-agent sends its state commands with; no exit code fetched.
"""

import asyncio
import json
import sys
import time

from swerex.runtime.abstract import BashAction, CreateBashSessionRequest
from swerex.runtime.local import LocalRuntime


async def main(times: int) -> None:
    runtime = LocalRuntime()
    await runtime.create_session(CreateBashSessionRequest())
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        await runtime.run_in_session(BashAction(command="true", check="ignore", timeout=30))
        taken.append((time.perf_counter() - began) * 1000)
    await runtime.close()
    print(json.dumps(taken))


asyncio.run(main(int(sys.argv[1])))
