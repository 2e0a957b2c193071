"""Templates of packs: their environment, outputs and checks."""
