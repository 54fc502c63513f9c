import { describe, expect, it } from "vitest";
import { judgeCustomer } from "../../lib/judge/chain.ts";
import { seedTlsModeRule } from "../../lib/model/customer.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import { statusJson } from "../../lib/status/json/customer.ts";
import { openIncidentJson } from "../../lib/status/json/incident.ts";
import { hopSection } from "../../lib/status/pages/hop.ts";
import { context, openCause } from "../fakes/causes.ts";
import { encrypted, every, look, now } from "../judge/build.ts";
import { customer } from "./seed.ts";

const lost: Outcome = { kind: "starttls-absent", how: "absent" };

describe("what several vantages see", () => {
  it("stands side by side in the API, the bad look in front, and only what its own vantage saw last beside it", () => {
    const slot = { slice: 1, slot: 0, vantage: "eu2" };
    const beside = [
      { vantage: "eu2", answer: "good", lines: ["250 STARTTLS again"] },
      { vantage: "here", answer: "good", lines: ["250 STARTTLS"] },
    ] as const;
    const open = openCause([], { context: { ...context, slot, beside }, form: "partial" });
    const incident = open.incident;
    if (incident === null) throw new Error("it is open");
    const json = openIncidentJson(open, incident, { sent: [], cover: null });
    expect(json.sightings).toEqual([
      { vantage: "eu2", answer: "bad", lines: context.lines },
      { vantage: "here", answer: "good", lines: ["250 STARTTLS"] },
    ]);
  });

  it("of one vantage alone nothing stands beside", () => {
    const open = openCause([], { context: { ...context, slot: { slice: 1, slot: 0, vantage: "here" } } });
    const incident = open.incident;
    if (incident === null) throw new Error("it is open");
    expect(openIncidentJson(open, incident, { sent: [], cover: null }).sightings).toEqual([]);
  });

  it("is a row for each on the page, that says from where", async () => {
    const acme = customer("acme", {
      gateway: null,
      domains: [],
      downstream: [{ host: "192.0.2.7", port: 25, tls: "starttls", name: null }],
    });
    const page = async (ids: readonly string[]) => {
      const vantages = ids.map((id) => ({ id, sourceAddress: null, sees: "internet" }) as const);
      const settings = { tlsModeRule: seedTlsModeRule, vantages };
      const status = judgeCustomer(
        {
          customer: acme,
          gateway: null,
          settings,
          domains: new Map(),
          hosts: new Map(),
          look: (_, vantage) => look(vantage === "here" ? encrypted() : lost),
        },
        { now, everyMs: every },
      );
      const [hop] = statusJson(status, { asOf: null, everyMs: every, unsubscribed: [] }).chains[0]?.hops ?? [];
      if (hop === undefined) throw new Error("there is a hop");
      return String(await hopSection({ hop, tlsMode: null, scans: {}, anchor: "a", now }));
    };
    const several = await page(["eu2"]);
    expect(several).toContain(", seen from here");
    expect(several).toContain(", seen from eu2");
    expect(several).toContain("starttls.partial");
    expect(await page([])).not.toContain(", seen from");
  });
});
