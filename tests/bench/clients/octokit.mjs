// The calls of `other_clients.py` with Octokit: `node octokit.mjs URL`. Prints what they return.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const found = createRequire(`${process.env.MODULES}/`).resolve("@octokit/rest");
const { Octokit } = await import(pathToFileURL(found).href);

const org = "octo-org";
const octokit = new Octokit({ auth: "ghp_made-up", baseUrl: process.argv[2] });
const { actions } = octokit.rest;

const runners = await octokit.paginate(actions.listSelfHostedRunnersForOrg, { org, per_page: 100 });
const made = await actions.generateRunnerJitconfigForOrg({
  org,
  name: "jit",
  runner_group_id: 1,
  labels: ["self-hosted", "gpu"],
});
const labels = await actions.setCustomLabelsForSelfHostedRunnerForOrg({
  org,
  runner_id: runners[0].id,
  labels: ["gpu", "fast"],
});
await actions.deleteSelfHostedRunnerFromOrg({ org, runner_id: runners[1].id });
console.log(
  JSON.stringify({
    names: runners.map((runner) => runner.name),
    made: made.data.runner.name,
    configuration: made.data.encoded_jit_config,
    labels: labels.data.labels.map((label) => label.name),
  }),
);
