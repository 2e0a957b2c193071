"""Output folder: formatting, writing, lock file and fingerprint."""
