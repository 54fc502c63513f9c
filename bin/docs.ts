/** Writes the documents that are made from code: `npm run docs`. Tests compare them with what stands there. */

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { cliJsonSchemas } from "../lib/cli/schemas.ts";
import { customersJsonSchema } from "../lib/customers/schema.ts";
import { findingsDocument } from "../lib/judge/findings.ts";
import { statusJsonSchemas } from "../lib/status/json/schemas.ts";
import { eventJsonSchemas } from "../lib/steps/words/event-schema.ts";
import { incidentsDocument } from "../test/simulation/document.ts";

const docs = join(import.meta.dirname, "../docs");
const schemas = {
  ...statusJsonSchemas(),
  ...cliJsonSchemas(),
  ...eventJsonSchemas(),
  "customers.json": customersJsonSchema(),
};

writeFileSync(join(docs, "findings.md"), findingsDocument());
writeFileSync(join(docs, "incidents.md"), await incidentsDocument());
for (const [file, schema] of Object.entries(schemas))
  writeFileSync(join(docs, "schema", file), `${JSON.stringify(schema, null, 2)}\n`);
