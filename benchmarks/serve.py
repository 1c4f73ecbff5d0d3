"""How many single rows a second the service predicts for, and how long a request takes.

    python benchmarks/serve.py MODEL [--seconds 5] [--connections 200]

Starts `paribus serve`, keeps so many connections busy, then sends half as many requests a second as were
answered, evenly. Clients share the machine's cores with the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from urllib.request import urlopen

import numpy as np
import psutil

from paribus.deliver.model import load
from paribus.track.study_run import example

PORT = 8771


def request(model: Path) -> bytes:
    """One row as a request."""
    row = {name: values[0] for name, values in example(load(model).schema).items()}
    body = json.dumps({"rows": [{n: v if isinstance(v, str) else float(v) for n, v in row.items()}]}).encode()
    head = f"POST /predict HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\nContent-Type: application/json\r\n"
    head += f"Content-Length: {len(body)}"
    return head.encode() + b"\r\n\r\n" + body


async def ask(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, asked: bytes) -> int:
    """Send one request; the answer's status."""
    writer.write(asked)
    head = await reader.readuntil(b"\r\n\r\n")
    length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
    await reader.readexactly(length)
    return int(head.split(b" ")[1])


async def busy(asked: bytes, until: float, taken: list[float], wrong: list[int], pause: float = 0.0) -> None:
    """One connection that asks again and again; with a pause, at its own times."""
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    due = perf_counter() + pause * np.random.default_rng().random()
    while perf_counter() < until:
        if pause:
            await asyncio.sleep(max(0.0, due - perf_counter()))
            due += pause
        start = perf_counter()
        status = await ask(reader, writer, asked)
        taken.append(perf_counter() - start)
        wrong += [status] * (status != 200)
    writer.close()


async def measure(
    asked: bytes, connections: int, seconds: float, pause: float = 0.0
) -> tuple[float, list[float], int]:
    """(answers a second, seconds each took, answers that weren't 200)."""
    taken: list[float] = []
    wrong: list[int] = []
    until = perf_counter() + seconds
    await asyncio.gather(*(busy(asked, until, taken, wrong, pause) for _ in range(connections)))
    return len(taken) / seconds, taken, len(wrong)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--connections", type=int, default=200)
    given = parser.parse_args()
    asked = request(given.model)
    command = [sys.executable, "-m", "paribus", "serve", str(given.model), "--port", str(PORT)]
    server = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert server.stdout is not None
        server.stdout.readline()
        for _ in range(100):
            try:
                urlopen(f"http://127.0.0.1:{PORT}/health").read()
                break
            except OSError:
                asyncio.run(asyncio.sleep(0.1))
        asyncio.run(measure(asked, 20, 1.0))
        print("| load | connections | requests/s | p50 ms | p99 ms | not 200 | server CPU ms a request |")
        print("|---|---|---|---|---|---|---|")
        before = spent(server.pid)
        rate, taken, wrong = asyncio.run(measure(asked, given.connections, given.seconds))
        _row("full", given.connections, rate, taken, wrong, spent(server.pid) - before)
        few, before = 50, spent(server.pid)
        rate, taken, wrong = asyncio.run(measure(asked, few, given.seconds, 2 * few / rate))
        _row("half", few, rate, taken, wrong, spent(server.pid) - before)
    finally:
        server.terminate()
        server.wait()


def spent(process: int) -> float:
    """Seconds of processor time that a process has used."""
    times = psutil.Process(process).cpu_times()
    return float(times.user + times.system)


def _row(load: str, connections: int, rate: float, taken: list[float], wrong: int, cpu: float) -> None:
    p50, p99 = 1000 * np.quantile(taken, [0.5, 0.99])
    each = 1000 * cpu / len(taken)
    print(f"| {load} | {connections} | {rate:,.0f} | {p50:.1f} | {p99:.1f} | {wrong} | {each:.2f} |")


if __name__ == "__main__":
    main()
