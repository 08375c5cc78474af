# Nanoseconds per item with python's gevent: python3 queue_rival.py unblocked | unbounded | bounded | channel

import json
import sys
import time

import gevent
from gevent.queue import Channel, Queue

ITEMS = 2_000


def hand_over(queue):
    def put():
        for item in range(ITEMS):
            queue.put(item)

    def get():
        for item in range(ITEMS):
            queue.get()

    gevent.joinall([gevent.spawn(put), gevent.spawn(get)])


def unblocked():
    queue = Queue()
    for item in range(ITEMS):
        queue.put(item)
        queue.get()


DRIVERS = {
    "unblocked": unblocked,
    "unbounded": lambda: hand_over(Queue()),
    "bounded": lambda: hand_over(Queue(1)),
    "channel": lambda: hand_over(Channel()),
}

best = float("inf")
for _ in range(100):
    started = time.perf_counter_ns()
    DRIVERS[sys.argv[1]]()
    best = min(best, (time.perf_counter_ns() - started) / ITEMS)
print(json.dumps({"value": best}))
