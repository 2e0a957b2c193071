"""Runtime of a generated client, the same for every API. Imports nothing generated.

Rooms, the lowest first: the modules here, request, response, call, auth and http, client. Each
imports only rooms before it. auth and http do not import each other.
"""
