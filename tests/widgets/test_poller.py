"""When the widget looks again, and that its thread ends."""

from __future__ import annotations

import gc
import threading

from jupyter_runs.widgets.poller import Pace, Poller


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def pace(interval=10.0):
    clock = Clock()
    return Pace(interval, clock), clock


def test_looks_every_interval_and_eases_to_half_as_much_more():
    p, clock = pace()
    waits = []
    for _ in range(12):
        start = clock.now
        while not p.due(pulse=False):
            clock.now += 0.1
        waits.append(round(clock.now - start))
        p.looked(changed=False, cost=0.01)
    assert waits[0] == 10
    assert waits[-1] == 15
    assert waits == sorted(waits)
    p.looked(changed=True, cost=0.01)
    clock.now += 10
    assert p.due(pulse=False)


def test_own_logging_shows_within_a_second_unless_looking_is_dear():
    p, clock = pace()
    p.looked(changed=True, cost=0.01)
    clock.now += 0.3
    assert not p.due(pulse=True)
    clock.now += 0.4
    assert p.due(pulse=True)
    assert not p.due(pulse=False)
    p.looked(changed=True, cost=0.5)
    clock.now += 2
    assert not p.due(pulse=True)  # half a second of looking may come every six seconds
    clock.now += 5
    assert p.due(pulse=True)


def test_a_short_interval_is_kept_however_dear():
    p, clock = pace(0.5)
    p.looked(changed=True, cost=3)
    clock.now += 0.6
    assert p.due(pulse=True)


class Target:
    def __init__(self, answers):
        self.answers = list(answers)
        self.done = threading.Event()

    def tick(self):
        answer = self.answers.pop(0) if self.answers else None
        if answer is None:
            self.done.set()
        return answer


def test_ends_when_the_target_says_so():
    target = Target([0.01, 0.01])
    poller = Poller(target)
    poller.start()
    assert target.done.wait(10)
    poller.join(10)
    assert not poller.running


def test_ends_when_nobody_holds_the_target():
    target = Target([0.01] * 100_000)
    poller = Poller(target)
    poller.start()
    thread = poller._thread
    del target
    gc.collect()
    thread.join(10)
    assert not thread.is_alive()


def test_stop_and_start_again():
    target = Target([0.01] * 100_000)
    poller = Poller(target)
    poller.start()
    first = poller._thread
    poller.start()
    assert poller._thread is first
    poller.stop()
    poller.join(10)
    assert not poller.running
    poller.start()
    assert poller.running
    poller.stop()
    poller.join(10)
