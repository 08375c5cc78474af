# Nanoseconds of processor time with python's greenlet: python3 greenlet_rival.py switch | create

import json
import sys
import time

from greenlet import getcurrent, greenlet


def switch(count):
    main = getcurrent()

    def body():
        while True:
            main.switch()

    partner = greenlet(body)
    for _ in range(count // 2):
        partner.switch()


def create(count):
    for _ in range(count):
        greenlet(lambda: None).switch()


def best_of(run, count):
    best = float("inf")
    for _ in range(7):
        started = time.process_time_ns()
        run(count)
        best = min(best, (time.process_time_ns() - started) / count)
    return best


print(json.dumps({"value": best_of({"switch": switch, "create": create}[sys.argv[1]], 30_000)}))
