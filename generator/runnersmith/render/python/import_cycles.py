"""Which nodes of a graph lead to each other. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set


def circles(graph: Mapping[str, Set[str]]) -> dict[str, int]:
    """Number the nodes so that those that lead to each other, and no others, have one number.

    Tarjan's algorithm, without recursion: each node and each edge is looked at once.
    """
    found: dict[str, int] = {}
    met: dict[str, int] = {}
    lowest: dict[str, int] = {}
    trail: list[str] = []
    for start in graph:
        if start in met:
            continue
        waiting = [(start, iter(sorted(graph[start])))]
        met[start] = lowest[start] = len(met)
        trail.append(start)
        while waiting:
            node, steps = waiting[-1]
            following = next(steps, None)
            if following is None:
                waiting.pop()
                if waiting:
                    above = waiting[-1][0]
                    lowest[above] = min(lowest[above], lowest[node])
                if lowest[node] == met[node]:
                    while trail:
                        member = trail.pop()
                        found[member] = met[node]
                        if member == node:
                            break
            elif following not in met:
                met[following] = lowest[following] = len(met)
                trail.append(following)
                waiting.append((following, iter(sorted(graph[following]))))
            elif following not in found:
                lowest[node] = min(lowest[node], met[following])
    return found
