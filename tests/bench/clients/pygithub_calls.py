"""The calls of `other_clients.py` with PyGithub. Runs in the peers' environment.

PyGithub has no method that sets labels, so its requester sends that call.
"""

from __future__ import annotations

import json
import sys
from importlib import import_module

module = import_module("github")
github = module.Github(
    auth=module.Auth.Token("ghp_made-up"),
    base_url=sys.argv[1],
    per_page=100,
    seconds_between_requests=None,
    seconds_between_writes=None,
    lazy=True,
)
organization = github.get_organization("octo-org")
runners = list(organization.get_self_hosted_runners())
made = organization.create_self_hosted_runner_jitconfig("jit", 1, ["self-hosted", "gpu"])
_, labels = github.requester.requestJsonAndCheck(
    "PUT",
    f"/orgs/octo-org/actions/runners/{runners[0].id}/labels",
    input={"labels": ["gpu", "fast"]},
)
organization.delete_self_hosted_runner(runners[1].id)
print(
    json.dumps(
        {
            "names": [runner.name for runner in runners],
            "made": made.runner.name,
            "configuration": made.encoded_jit_config,
            "labels": [label["name"] for label in labels["labels"]],
        }
    )
)
