import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { describeDiff } from "../../lib/customers/diff.ts";
import { exportFleet } from "../../lib/customers/export.ts";
import { importFleet, removeFromFleet } from "../../lib/customers/import.ts";
import { parseFleet } from "../../lib/customers/parse.ts";
import type { Fleet } from "../../lib/model/customer.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import type { ConfigStore } from "../../lib/store/store.ts";

let embedded: EmbeddedStore;
let config: ConfigStore;
beforeEach(async () => {
  embedded = await openEmbedded(null);
  config = embedded.store.config;
});
afterEach(() => embedded.close());

const plainly = { dryRun: false, yes: false, partial: false };

function fleet(text: string, format: "yaml" | "json" = "yaml"): Fleet {
  const parsed = parseFleet(text, { file: "customers", format });
  expect(parsed.errors).toEqual([]);
  return parsed.fleet;
}

/** `count` customers, c0 and on. */
function many(count: number): Fleet {
  return fleet(`customers: [${Array.from({ length: count }, (_, at) => `c${at}.example`).join(", ")}]`);
}

async function ids(): Promise<string[]> {
  const all: string[] = [];
  for await (const { id } of config.customers()) all.push(id);
  return all.sort();
}

const rich = `gateways:
  - { id: g, hosts: [mx1.g.example, mx2.g.example] }
  - { id: lab, hosts: [mx.lab.example], port: 2525 }
vantages: [{ id: inside, sourceAddress: 127.0.0.2 }, outside, { id: eu2, sees: internet }]
tlsMode: { createdBefore: 2018-01-01, mode: disabled, otherwise: enforced }
policy: { cleanFor: 90s, silentFor: 1h, remindAfter: 2d, acknowledgedFor: 3d, flapsPerHour: 5 }
notify:
  smtp: { host: 127.0.0.1, port: 2525, from: a@a.example, to: [b@a.example, c@a.example], tls: off }
  webhook: [{ url: "https://hooks.example/", token: t, secret: s }, "https://hooks.example/2"]
  slack: ["https://hooks.slack.com/services/x"]
  teams: ["https://prod.westeurope.logic.azure.com/workflows/x"]
  pagerduty: [R0, { routingKey: R1, url: "https://events.eu.pagerduty.com/v2/enqueue" }]
  escalate: { after: 45m, to: [boss@a.example, d@a.example], webhook: ["https://hooks.example/3"], pagerduty: [R2] }
  heartbeat: https://checker.example/ping/1
  weekly: sunday 20:30 Europe/Berlin
customers:
  - id: acme
    created: 2015-03-01
    gateway: g
    domains: [{ name: acme.example, tlsMode: enabled }, acme.test]
    downstream: [{ host: 192.0.2.1, name: mail.acme.example }, mail2.acme.example:465, "[2001:db8::1]:25"]
    require: { gateway: tls, downstream: { level: verified, floor: { protocol: TLSv1.3, forwardSecrecy: true } } }
    vantage: { downstream: inside }
    allowPrivate: true
    contacts: [{ email: it@acme.example, sms: "+4915112345678" }, x@acme.example, { email: boss@acme.example, after: 1h }]
  - "yes.example"
  - { id: "1e3", domains: [num.example] }
`;

describe("importing a fleet", () => {
  it("makes the file's customers the ones that are watched, and says what changed", async () => {
    const result = await importFleet(config, fleet(rich), plainly);
    expect(result).toMatchObject({ kind: "imported", diff: { added: ["acme", "yes.example", "1e3"], removed: [] } });
    expect(await ids()).toEqual(["1e3", "acme", "yes.example"]);
    expect((await config.settings()).policy.cleanFor).toBe(90_000);
    expect((await config.gateways()).map(({ id }) => id)).toEqual(["g", "lab"]);
  });

  it("a second time changes nothing and bumps no revision", async () => {
    await importFleet(config, fleet(rich), plainly);
    const revision = await config.revision();
    expect(await importFleet(config, fleet(rich), plainly)).toMatchObject({ kind: "unchanged" });
    expect(await config.revision()).toBe(revision);
  });

  it("raises the revision when anything changed", async () => {
    await importFleet(config, fleet(rich), plainly);
    const before = await config.revision();
    await importFleet(config, fleet(rich.replace("cleanFor: 90s", "cleanFor: 91s")), plainly);
    expect(await config.revision()).toBeGreaterThan(before);
  });

  it("tells a dry run in words and changes nothing", async () => {
    await importFleet(config, fleet(rich), plainly);
    const revision = await config.revision();
    const next = rich.replace("gateway: g\n", "gateway: lab\n").replace('- "yes.example"', "- new.example");
    const result = await importFleet(config, fleet(next.replace("2018-01-01", "2019-01-01")), {
      ...plainly,
      dryRun: true,
    });
    expect([...describeDiff(result.diff)]).toEqual([
      "~ tlsMode",
      "- yes.example",
      '~ acme: gateway: "g" → "lab"',
      "+ new.example",
      "1 added, 1 changed, 1 removed",
    ]);
    expect(result).toMatchObject({ kind: "dry-run", refusal: expect.stringContaining("1 of 3") });
    expect(await ids()).toEqual(["1e3", "acme", "yes.example"]);
    expect(await config.revision()).toBe(revision);
  });

  it("refuses to remove more than a twentieth, unless told so", async () => {
    await importFleet(config, many(40), plainly);
    expect(await importFleet(config, many(38), plainly)).toMatchObject({
      kind: "imported",
      diff: { removed: { length: 2 } },
    });
    const refused = await importFleet(config, many(36), plainly);
    expect(refused).toMatchObject({
      kind: "refused",
      refusal: "it removes 2 of 38 customers, more than 5 %: only with --yes",
    });
    expect(await ids()).toHaveLength(38);
    expect(await importFleet(config, many(3), { ...plainly, yes: true })).toMatchObject({ kind: "imported" });
    expect(await ids()).toHaveLength(3);
  });

  it("removes nobody when the file had errors: whoever is missing may be among them", async () => {
    await importFleet(config, many(3), plainly);
    const result = await importFleet(config, many(1), { ...plainly, partial: true });
    expect(result).toMatchObject({ kind: "unchanged", diff: { removed: [] } });
    expect(await ids()).toHaveLength(3);
  });

  it("goes on where an import was cut off: the rosters are built again although nothing is left to write", async () => {
    await importFleet(config, many(3), plainly);
    const cutOff = await config.bumpRevision();
    await importFleet(config, many(3), plainly);
    expect(await config.revision()).toBe(cutOff + 1);
    await importFleet(config, many(3), plainly);
    expect(await config.revision()).toBe(cutOff + 1);
  });
});

describe("removing customers", () => {
  it("answers ids that aren't there, and then removes none", async () => {
    await importFleet(config, many(3), plainly);
    const revision = await config.revision();
    expect(await removeFromFleet(config, ["c0.example", "c9.example"])).toEqual(["c9.example"]);
    expect(await ids()).toHaveLength(3);
    expect(await removeFromFleet(config, ["c0.example", "c1.example"])).toEqual([]);
    expect(await ids()).toEqual(["c2.example"]);
    expect(await config.revision()).toBe(revision + 2);
  });
});

describe.each(["yaml", "json"] as const)("export as %s", (format) => {
  async function exported(): Promise<string> {
    let text = "";
    for await (const piece of exportFleet(config, format)) text += piece;
    return text;
  }

  it("imports to the same", async () => {
    await importFleet(config, fleet(rich), plainly);
    const text = await exported();
    expect(await importFleet(config, fleet(text, format), plainly)).toMatchObject({ kind: "unchanged" });
  });

  it("of nobody is a file too", async () => {
    expect(fleet(await exported(), format).customers).toEqual([]);
  });
});
