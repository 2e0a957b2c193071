"""Clock of the fault tests, by which a client and its servers live."""

from __future__ import annotations

from client.runtime_api import FakeClock


class Clock(FakeClock):
    """A clock that a server can advance, and whose date can be wrong by `skew` seconds."""

    def __init__(self) -> None:
        super().__init__(1_800_000_000.7)  # `Date` has no fractions
        self.skew = 0.0

    def wall(self) -> float:
        return self.true() + self.skew

    def true(self) -> float:
        """Return the time of the server's clock."""
        return super().wall()

    def advance(self, seconds: float) -> None:
        """Advance without a wait."""
        with self._mutex:
            self.passed += seconds
