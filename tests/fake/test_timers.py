"""Timers of a fake GitHub, which know no way back."""

from __future__ import annotations

from ghrunners.fake.state.timers import Timers


def test_time_does_not_go_back() -> None:
    """Neither for an action whose time has passed, nor for one that it sets."""
    timers, seen = Timers(), list[float]()
    timers.settle(10)
    timers.at(4, lambda: timers.after(3, lambda: seen.append(timers.now)))
    timers.at(5, lambda: seen.append(timers.now))
    timers.settle(12)
    assert seen == [10]
    timers.settle(20)
    assert seen == [10, 13]
    timers.settle(15)
    assert timers.now == 20
