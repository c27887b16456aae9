"""A whole instance whose worker, API and migrations are stand-ins: `python stand_in.py STATE PORT`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from embedded.instance import Instance, Plan
from embedded.state import State, Trouble
from embedded.supervisor import Stopped

API = """
import http.server, os
class Ready(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if "BIHUAN_OWNER_URL" not in os.environ else 500)
        self.end_headers()
http.server.HTTPServer((os.environ["BIHUAN_HOST"], int(os.environ["BIHUAN_PORT"])), Ready).serve_forever()
"""
WORKER = "import os, time; print(os.environ['TEMPORAL_ADDRESS'], flush=True); time.sleep(600)"


def say(line: str) -> None:
    print(line, flush=True)


def main(root: Path, port: int) -> int:
    state = State(root)
    plan = Plan(
        state,
        port=port,
        worker=(sys.executable, "-c", WORKER),
        api=(sys.executable, "-c", API),
        migrate=lambda url: say(f"migrated {url}"),
    )
    try:
        state.prepare()
        state.lock()
        with Instance(plan, say) as instance:
            instance.start()
            say("ready")
            instance.supervisor.run()
    except Trouble as trouble:
        say(f"错误：{trouble}")
        return 1
    except Stopped:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), int(sys.argv[2])))
