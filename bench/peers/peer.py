"""A peer of `throughline bench peers`, one engine per process, a line of JSON for each answer.

    peer.py ENGINE PARTS WORK THREADS

The first line says which tables there are, or why there are none. Then each line of the input,
`{"table": ..., "report": ...}`, is answered with the seconds that the engine took and its rows.
"""

import importlib
import json
import sys
import time

MODULES = {"clickhouse": "clickhouse", "duckdb": "duck"}


def main():
    engine, parts, work, threads = sys.argv[1:]
    try:
        began = time.perf_counter()
        peer = importlib.import_module(MODULES[engine]).Engine(parts, work, int(threads))
        peer.load()
    except Exception as error:  # Whatever it is, the bench goes on without this peer.
        return say({"absent": f"{engine} could not load the events: {first_line(error)}"})
    say({"version": peer.version, "tables": peer.tables, "load_seconds": time.perf_counter() - began})
    for line in sys.stdin:
        wanted = json.loads(line)
        try:
            run, told = peer.ask(wanted["table"], wanted["report"])
            began = time.perf_counter()
            rows = run()
            seconds = time.perf_counter() - began
            say({"seconds": seconds, "rows": told(rows)})
        except Exception as error:  # A question that an engine fails at is a result, too.
            say({"failed": first_line(error)})


def first_line(error):
    text = str(error).strip() or type(error).__name__
    return text.splitlines()[0][:300]


def say(answer):
    print(json.dumps(answer), flush=True)


main()
