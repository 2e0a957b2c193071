"""The calls of `other_clients.py` with githubkit. Runs in the peers' environment."""

from __future__ import annotations

import json
import sys
from importlib import import_module
from typing import Any


def items(response: Any) -> Any:
    """Return the runners of a page."""
    return response.parsed_data.runners


github = import_module("githubkit").GitHub("ghp_made-up", base_url=sys.argv[1], http_cache=False)
actions = github.rest.actions
runners = list(
    github.paginate(
        actions.list_self_hosted_runners_for_org,
        map_func=items,
        org="octo-org",
        per_page=100,
    )
)
made = actions.generate_runner_jitconfig_for_org(
    "octo-org", name="jit", runner_group_id=1, labels=["self-hosted", "gpu"]
).parsed_data
labels = actions.set_custom_labels_for_self_hosted_runner_for_org(
    "octo-org", runners[0].id, labels=["gpu", "fast"]
).parsed_data.labels
actions.delete_self_hosted_runner_from_org("octo-org", runners[1].id)
print(
    json.dumps(
        {
            "names": [runner.name for runner in runners],
            "made": made.runner.name,
            "configuration": made.encoded_jit_config,
            "labels": [label.name for label in labels],
        }
    )
)
