/** The CDK app: `npx cdk synth`, `npx cdk deploy`. What may be set with `-c KEY=VALUE` stands in docs/aws.md. */

import { App } from "aws-cdk-lib";
import { InputError } from "../lib/model/input-error.ts";
import { ChainmailStack } from "../lib/stack/chainmail-stack.ts";
import { readContext } from "../lib/stack/context.ts";

const app = new App();
try {
  new ChainmailStack(app, readContext(app.node.getAllContext()));
  app.synth();
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  process.stderr.write(`${error.message.replace(/^/gm, "chainmail: ")}\n`);
  process.exitCode = 64;
}
