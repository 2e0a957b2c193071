"""Output folder: formatting, writing, lock file, fingerprint, record of the last run."""
