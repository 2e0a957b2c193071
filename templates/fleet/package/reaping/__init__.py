"""Rules of the reaper: the history of runners, their selection, and the report of a run."""
