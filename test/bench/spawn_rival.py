# Nanoseconds of processor time per greenlet with python's gevent: python3 spawn_rival.py join | join-all | raw

import json
import sys
import time

import gevent

GREENLETS = 30_000
BATCH = 100


def nothing():
    pass


def join():
    for _ in range(GREENLETS):
        gevent.spawn(nothing).join()


def join_all():
    for _ in range(GREENLETS // BATCH):
        gevent.joinall([gevent.spawn(nothing) for _ in range(BATCH)])


def raw():
    for _ in range(GREENLETS):
        gevent.spawn_raw(nothing)
        gevent.sleep(0)


def measure():
    run = {"join": join, "join-all": join_all, "raw": raw}[sys.argv[1]]
    best = float("inf")
    for _ in range(9):
        started = time.process_time_ns()
        run()
        best = min(best, (time.process_time_ns() - started) / GREENLETS)
    return best


print(json.dumps({"value": gevent.spawn(measure).get()}))
