"""Counts of runners in the text format of Prometheus."""

from __future__ import annotations

import re

from ghrunners.fake import FakeGitHub
from ghrunners.fleet import Fleet, prometheus_text

# The format of a sample: a metric, its labels and its value.
SAMPLE = r'[a-z_]+\{([a-z]+="([^"\\\n]|\\["\\n])*",?)+\} \d+'


def test_a_scope_that_could_not_be_read_is_no_empty_fleet(github: FakeGitHub) -> None:
    """It has no counts. One without runners has all of them, each 0."""
    github.repo().add_runner("r1", busy=True)
    client = github.client()
    busy = Fleet(client.repo("octo-org", "octo-repo")).snapshot()
    empty = Fleet(client.org("octo-org")).snapshot()
    text = prometheus_text({"octo-org/octo-repo": busy, "octo-org": empty, "lost": None})
    assert text == """\
# HELP github_runners_up Whether the runners of the scope could be read.
# TYPE github_runners_up gauge
github_runners_up{scope="octo-org/octo-repo"} 1
github_runners_up{scope="octo-org"} 1
github_runners_up{scope="lost"} 0
# HELP github_runners Runners of the scope by state, each counted once.
# TYPE github_runners gauge
github_runners{scope="octo-org/octo-repo",state="busy"} 1
github_runners{scope="octo-org/octo-repo",state="idle"} 0
github_runners{scope="octo-org/octo-repo",state="offline"} 0
github_runners{scope="octo-org",state="busy"} 0
github_runners{scope="octo-org",state="idle"} 0
github_runners{scope="octo-org",state="offline"} 0
"""


def test_names_are_escaped() -> None:
    """A quote, a backslash or the end of a line in a name adds no label and no line."""
    lines = prometheus_text({'a"b': None, "c\\": None, "d\ne": None}).splitlines()
    samples = [line for line in lines if not line.startswith("#")]
    assert len(samples) == 3
    assert all(re.fullmatch(SAMPLE, one) for one in samples)
    assert samples == [
        r'github_runners_up{scope="a\"b"} 0',
        r'github_runners_up{scope="c\\"} 0',
        r'github_runners_up{scope="d\ne"} 0',
    ]
