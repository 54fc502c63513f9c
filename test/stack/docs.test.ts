/** docs/aws.md tells of the stack that there is. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readContext } from "../../lib/stack/context.ts";
import { chainmail } from "../fakes/cli.ts";
import { contexts, synthesized } from "./synthesized.ts";

const text = readFileSync(join(import.meta.dirname, "../../docs/aws.md"), "utf8");

/** Names in the first cells of the table below the header `| NAME |`. */
function namesIn(header: string): readonly string[] {
  const table = text.slice(text.indexOf(`| ${header} |`)).split("\n\n")[0] ?? "";
  return [...table.matchAll(/^\| (`.*?) \|/gm)].flatMap(([, cell = ""]) =>
    [...cell.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name),
  );
}

/** As the refusal of an unknown one names them. */
function keys(): readonly string[] {
  try {
    readContext({ unknown: "" });
  } catch (error) {
    return /expected one of (.*)$/.exec(String(error))?.[1]?.split(", ") ?? [];
  }
  return [];
}

describe("docs/aws.md", () => {
  it("has every key of the context in its table, and no other", () => {
    // Those of OIDC stand with the key that asks for them.
    const told = [...namesIn("key"), "oidcIssuer", "oidcAudience"];
    expect(told.sort()).toEqual([...keys()].sort());
  });

  it("has every output in its table, but those of a second zone", () => {
    const outputs = Object.values(contexts).flatMap((context) =>
      Object.keys(synthesized(context).template.toJSON().Outputs),
    );
    expect([...namesIn("output")].sort()).toEqual([...new Set(outputs)].filter((name) => !name.endsWith("2")).sort());
  });

  it("shows the bill that the command prints", async () => {
    const { out } = await chainmail("cost", "--egress", "nat-instance");
    expect(text).toContain(`$ npx chainmail cost --egress nat-instance\n${out}`);
    for (const egress of ["none", "nat-instance", "nat-gateway"]) {
      const printed = (await chainmail("cost", "--egress", egress)).out;
      for (const [, sum = ""] of printed.matchAll(/a month +(\S+)/g)) expect(text).toContain(` ${sum} |`);
    }
  });

  it("shows the request for port 25 as it is put out, with an address in it", () => {
    const { Value } = synthesized(contexts["nat-instance"]).template.toJSON().Outputs.Port25Request;
    const parts = (Value as { readonly "Fn::Join": readonly [string, readonly unknown[]] })["Fn::Join"][1];
    expect(text).toContain(parts.map((part) => (typeof part === "string" ? part : "192.0.2.10")).join(""));
  });

  it("has a picture that shows each function, queue, table and topic, and nothing that isn't there", () => {
    const picture = readFileSync(join(import.meta.dirname, "../../docs/aws.svg"), "utf8");
    const shown = [...picture.matchAll(/class="id">(\w+)</g)].map(([, id = ""]) => id);
    const { Resources } = synthesized().template.toJSON() as { Resources: Record<string, { readonly Type: string }> };
    const all = Object.entries(Resources).map(([id, { Type }]) => ({ id: id.replace(/[0-9A-F]{8}$/, ""), Type }));
    expect(shown.filter((id) => !all.some((one) => one.id === id))).toEqual([]);
    const drawn = /^AWS::(Lambda::Function|DynamoDB::Table|SNS::Topic|SQS::Queue)$/;
    const isDrawn = ({ id, Type }: (typeof all)[number]) =>
      drawn.test(Type) && !/(Jobs|Results|Outbox)DeadLetters/.test(id);
    expect(all.filter((one) => isDrawn(one) && !shown.includes(one.id)).map(({ id }) => id)).toEqual([]);
  });
});
