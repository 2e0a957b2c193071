# The calls of `other_clients.py` with gh: `bash gh.sh URL`. Prints what they return, as JSON.
set -euo pipefail
runners=$1/orgs/octo-org/actions/runners

# A line for each runner, from all pages.
listed=$("$GH" api --paginate "$runners?per_page=100" --jq '.runners[] | [.id, .name] | @json')
id() { sed -n "$1s/^\[\([0-9]*\),.*/\1/p" <<<"$listed"; }

made=$("$GH" api "$runners/generate-jitconfig" --input - \
    --jq '{made: .runner.name, configuration: .encoded_jit_config}' \
    <<<'{"name": "jit", "runner_group_id": 1, "labels": ["self-hosted", "gpu"]}')
labels=$("$GH" api --method PUT "$runners/$(id 1)/labels" --input - --jq '[.labels[].name]' \
    <<<'{"labels": ["gpu", "fast"]}')
"$GH" api --method DELETE "$runners/$(id 2)"
names=$(sed 's/^\[[0-9]*,\(.*\)\]$/\1/' <<<"$listed" | paste -sd,)
echo "{\"names\": [$names], \"labels\": $labels, ${made#?}"
