# Nanoseconds of processor time per operation with python's gevent, in the very words of vocabulary.cjs:
# python3 gevent_rival.py join | yield | bounded | channel | timeout | event | consumers <how many>

import json
import sys
import time

import gevent
from gevent.event import Event
from gevent.queue import Channel, Queue

COUNT = 10_000
SAMPLES = 15


def nothing():
    pass


def join():
    for _ in range(COUNT):
        gevent.spawn(nothing).join()


def take_turns():
    for _ in range(COUNT // 2):
        gevent.sleep(0)


def take_turns_with_another():
    other = gevent.spawn(take_turns)
    take_turns()
    other.join()


def hand_over(queue):
    def put():
        for item in range(COUNT):
            queue.put(item)

    putter = gevent.spawn(put)
    for _ in range(COUNT):
        queue.get()
    putter.join()


def timeout():
    for _ in range(COUNT):
        gevent.Timeout.start_new(1).close()


def event():
    event = Event()

    def wait():
        for _ in range(COUNT):
            event.wait()
            event.clear()

    waiter = gevent.spawn(wait)
    while not waiter.ready():
        event.set()
        gevent.sleep(0)


class Consumers:
    def __init__(self, count):
        self.queue = Queue()
        self.consumed = 0
        for _ in range(count):
            gevent.spawn(self.consume)
        gevent.sleep(0)

    def consume(self):
        while True:
            self.queue.get()
            self.consumed += 1
            gevent.sleep(0)

    def __call__(self):
        end = self.consumed + COUNT
        for item in range(COUNT):
            self.queue.put(item)
        while self.consumed < end:
            gevent.sleep(0)


DRIVERS = {
    "join": join,
    "yield": take_turns_with_another,
    "bounded": lambda: hand_over(Queue(1)),
    "channel": lambda: hand_over(Channel()),
    "timeout": timeout,
    "event": event,
}


def measure():
    name = sys.argv[1]
    driver = Consumers(int(sys.argv[2])) if name == "consumers" else DRIVERS[name]
    best = float("inf")
    for _ in range(SAMPLES):
        started = time.process_time_ns()
        driver()
        best = min(best, (time.process_time_ns() - started) / COUNT)
    return best


print(json.dumps({"value": gevent.spawn(measure).get()}))
