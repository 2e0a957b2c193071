"""Prometheus exporter: serves how many runners are busy, idle and offline.

python exporter.py acme acme/website --port 9400  # http://127.0.0.1:9400/metrics
"""

import argparse
import os
import sys
from collections import Counter
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from githubkit import GitHub
from githubkit.exception import GitHubException


def path_of(name):
    """Return the path of a scope."""
    if name.startswith("enterprises/"):
        return f"/{name}"
    return f"/repos/{name}" if "/" in name else f"/orgs/{name}"


def runners(github, name):
    """Return the runners of a scope, each once. The list is read again if it has moved."""
    for _ in range(3):
        found, seen, page, total = {}, 0, 1, 1
        while seen < total:
            query = {"per_page": 100, "page": page}
            path = f"{path_of(name)}/actions/runners"
            data = github.request("GET", path, params=query).json()
            if not data["runners"]:
                break
            found.update({it["id"]: it for it in data["runners"]})
            seen, total, page = seen + len(data["runners"]), data["total_count"], page + 1
        if len(found) == seen == total:
            break
    return list(found.values())


def sample(metric, value, **labels):
    """Return a line of the text format."""
    text = ",".join(f'{name}="{it}"' for name, it in labels.items())
    return f"{metric}{{{text}}} {value}"


def metrics(github, names):
    """Return the metrics of scopes in Prometheus' text format."""
    up, counts = ["# TYPE github_runners_up gauge"], ["# TYPE github_runners gauge"]
    for name in names:
        try:
            fleet = runners(github, name)
        except GitHubException as error:
            print(f"{name}: {error}", file=sys.stderr)
            up.append(sample("github_runners_up", 0, scope=name))
            continue
        up.append(sample("github_runners_up", 1, scope=name))
        found = Counter("busy" if it["busy"] else it["status"] for it in fleet)
        for state, status in (("busy", "busy"), ("idle", "online"), ("offline", "offline")):
            counts.append(sample("github_runners", found[status], scope=name, state=state))
    return "\n".join([*up, *counts, ""])


def server(github, names, port):
    """Return a server that counts the runners anew for each request."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; version=0.0.4")
            self.end_headers()
            self.wfile.write(metrics(github, names).encode())

    return ThreadingHTTPServer(("127.0.0.1", port), Handler)


def port(text):
    """Return the number of a port. Raises ValueError if it is none."""
    if not 0 <= int(text) < 2**16:
        raise ValueError(text)
    return int(text)


def main():
    """Serve the metrics of the scopes on the command line until Ctrl-C."""
    parser = argparse.ArgumentParser(description="Serve counts of runners to Prometheus.")
    parser.add_argument("scope", nargs="+", help="acme, acme/website or enterprises/acme-corp")
    parser.add_argument("--port", type=port, default=9400)
    arguments = parser.parse_args()
    try:
        github = GitHub(os.environ.get("GITHUB_TOKEN"), base_url=os.environ.get("GITHUB_API_URL"))
        with suppress(KeyboardInterrupt):
            server(github, arguments.scope, arguments.port).serve_forever()
    except GitHubException as error:
        sys.exit(f"error: {error}")
    except OSError as error:
        sys.exit(f"error: port {arguments.port}: {error.strerror}")


if __name__ == "__main__":
    main()
