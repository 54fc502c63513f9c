/** The fleet as a file that imports to the same. Customers are written one by one: memory stays flat. */

import { stringify } from "yaml";
import type { ConfigStore } from "../store/store.ts";
import { writeCustomer, writeHead } from "./write.ts";

/** Pieces of a YAML or JSON file, to be written one after another. Passwords of `notify:` are in it. */
export async function* exportFleet(config: ConfigStore, format: "yaml" | "json"): AsyncGenerator<string> {
  const head = writeHead(await config.settings(), await config.gateways());
  if (format === "yaml") yield* yamlPieces(config, stringify(head, { lineWidth: 0 }));
  else yield* jsonPieces(config, JSON.stringify(head, null, 2));
}

async function* yamlPieces(config: ConfigStore, head: string): AsyncGenerator<string> {
  let begun = false;
  for await (const customer of config.customers()) {
    if (!begun) yield `${head}customers:\n`;
    begun = true;
    yield stringify([writeCustomer(customer)], { lineWidth: 0 }).replace(/^(?=.)/gm, "  ");
  }
  if (!begun) yield `${head}customers: []\n`;
}

async function* jsonPieces(config: ConfigStore, head: string): AsyncGenerator<string> {
  yield `${head.slice(0, -2)},\n  "customers": [`;
  let separator = "\n";
  for await (const customer of config.customers()) {
    yield `${separator}    ${JSON.stringify(writeCustomer(customer))}`;
    separator = ",\n";
  }
  yield "\n  ]\n}\n";
}
