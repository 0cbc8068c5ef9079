"""Clients that ask over kept connections and note how long each answer took.

They run in a process of their own and use bare sockets: what is measured is the server.
"""

import json
import socket
import sys
import threading
import time
from dataclasses import dataclass

BUFFER = 65536


@dataclass(frozen=True)
class Plan:
    """What each client asks, how often, and how long it rests between two requests."""

    host: str
    port: int
    requests: tuple[bytes, ...]
    each: int
    rest_s: float = 0.0


def ask(connection: socket.socket, request: bytes) -> int:
    """Send a request, read the whole answer and return its status."""
    connection.sendall(request)
    answer = connection.recv(BUFFER)
    while b"\r\n\r\n" not in answer:
        answer += connection.recv(BUFFER)
    head, _, body = answer.partition(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
    left = length - len(body)
    while left > 0:
        left -= len(connection.recv(min(BUFFER, left)))
    return int(head.split(b" ", 2)[1])


def client(plan: Plan, request: bytes, delay_s: float, times: list[float]) -> None:
    """Ask one after another; anything but success ends the measurement."""
    with socket.create_connection((plan.host, plan.port), timeout=60) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        time.sleep(delay_s)
        for _ in range(plan.each):
            began = time.perf_counter()
            status = ask(connection, request)
            times.append((time.perf_counter() - began) * 1000)
            if status >= 300:
                raise SystemExit(f"answered {status}")
            time.sleep(plan.rest_s)


def run(plan: Plan) -> list[float]:
    """Let all clients ask at once and return the times in milliseconds."""
    times: list[list[float]] = [[] for _ in plan.requests]
    spread = plan.rest_s / len(plan.requests)
    threads = [
        threading.Thread(target=client, args=(plan, request, number * spread, times[number]))
        for number, request in enumerate(plan.requests)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [one for each in times for one in each]


if __name__ == "__main__":
    given = json.load(sys.stdin)
    plan = Plan(
        given["host"],
        given["port"],
        tuple(request.encode("latin-1") for request in given["requests"]),
        given["each"],
        given["rest_s"],
    )
    json.dump(run(plan), sys.stdout)
