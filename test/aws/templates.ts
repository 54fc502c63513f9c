/** `node templates.ts FOLDER`: writes the templates of the five contexts, without the functions' code. */

import { join } from "node:path";
import { App } from "aws-cdk-lib";
import { chainmailApp } from "../../lib/stack/app.ts";
import { readContext } from "../../lib/stack/context.ts";
import { contexts } from "../stack/contexts.ts";

const [, , folder = ""] = process.argv;
for (const [name, context] of Object.entries(contexts)) {
  const outdir = join(folder, name.replaceAll(" ", "-"));
  // CDK's own switch for "bundle nothing".
  const app = new App({ outdir, context: { "aws:cdk:bundling-stacks": [] } });
  chainmailApp(app, readContext(context));
  app.synth();
}
