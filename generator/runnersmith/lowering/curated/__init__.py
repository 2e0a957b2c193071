"""Lowering of documents that have the `x-runnersmith` extension."""
