/** The CDK app: `npx cdk synth`, `npx cdk deploy`. What may be set with `-c KEY=VALUE` stands in docs/aws.md. */

import { App } from "aws-cdk-lib";
import { InputError } from "../lib/model/input-error.ts";
import { chainmailApp } from "../lib/stack/app.ts";
import { readContext } from "../lib/stack/context.ts";
import { estimate } from "../lib/stack/estimate.ts";

const app = new App();
try {
  const settings = readContext(app.node.getAllContext(), process.env.CDK_DEFAULT_REGION);
  chainmailApp(app, settings);
  app.synth();
  // The template itself is what `cdk synth` writes to its output.
  process.stderr.write(estimate(settings));
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message.replace(/^/gm, "chainmail: ")}\n`);
  process.exitCode = 64;
}
