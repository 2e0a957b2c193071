"""Behaviour of the endpoints: what each does with the state, written once for all scopes."""
