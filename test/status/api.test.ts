import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import type { IncidentJson } from "../../lib/status/json/incident-schemas.ts";
import type { HistoryJson, StatusJson } from "../../lib/status/json/schemas.ts";
import { statusJsonSchemas } from "../../lib/status/json/schemas.ts";
import { type Fixture, fixture } from "./helpers.ts";
import { noon } from "./looks.ts";
import { customers, everyMs, hostileId } from "./seed.ts";

let world: Fixture;
let app: ReturnType<Fixture["app"]>;
beforeAll(async () => {
  world = await fixture();
  app = world.app();
});
afterAll(() => world.close());

async function json<T>(path: string): Promise<T> {
  const response = await app.request(path);
  expect(response.status, path).toBe(200);
  return (await response.json()) as T;
}

function validator(file: string): ValidateFunction {
  const schema = statusJsonSchemas()[file];
  if (schema === undefined) throw new Error(file);
  return new Ajv2020({ strict: true, validateFormats: false }).compile(schema);
}

const chainOf = async (id: string) => {
  const status = await json<StatusJson>(`/v1/customers/${encodeURIComponent(id)}`);
  const [gateway, downstream] = status.chains[0]?.hops ?? [];
  if (gateway === undefined || downstream === undefined) throw new Error(`${id} has no chain of two hops`);
  return { status, gateway, downstream };
};

describe("what is published as the shape is what is answered", () => {
  test.each([
    ...customers.map(({ id }) => ["status.json", `/v1/customers/${encodeURIComponent(id)}`]),
    ...customers.map(({ id }) => ["history.json", `/v1/customers/${encodeURIComponent(id)}/history`]),
    ["incidents.json", "/v1/incidents"],
    ["incident.json", "/v1/incidents/CM-7F3A"],
    ["incident.json", "/v1/incidents/CM-0BAD"],
    ["fleet.json", "/v1/fleet"],
  ])("%s: %s", async (file, path) => {
    const valid = validator(file as string);
    valid(await json(path as string));
    expect(valid.errors).toBeNull();
  });

  it("nothing unknown is let through", async () => {
    const valid = validator("status.json");
    expect(valid({ ...(await json<object>("/v1/customers/acme")), extra: 1 })).toBe(false);
  });
});

describe("GET /v1/customers/{id}", () => {
  it("tells direction, hops, targets, the three axes, verdict, since and last seen of a chain that is well", async () => {
    const { status, gateway, downstream } = await chainOf("acme");
    expect(status).toMatchObject({
      id: "acme",
      verdict: "secure",
      asOf: "2026-11-24T12:00:00.000Z",
      everySeconds: 300,
    });
    expect(gateway).toMatchObject({
      kind: "gateway",
      direction: "inbound",
      from: "internet",
      to: "acme-gateway",
      verdict: "secure",
      encryption: "strong",
      authentication: "pkix",
      enforcement: "nobody",
      stale: false,
      lastSeen: "2026-11-24T12:00:00.000Z",
    });
    expect(gateway.targets.map(({ target, name, preference }) => [target, name, preference])).toEqual([
      ["192.0.2.1:25", "mx1.gateway.example", 10],
      ["192.0.2.2:25", "mx2.gateway.example", 20],
    ]);
    expect(downstream.targets[0]).toMatchObject({
      address: "198.51.100.1",
      port: 25,
      start: "starttls",
      vantage: "here",
      verdict: "secure",
      lastKnown: null,
      since: "2026-11-21T12:00:00.000Z",
      lastSeen: "2026-11-24T12:00:00.000Z",
      silence: null,
      tls: { protocol: "TLSv1.3", group: "x25519mlkem768", forwardSecret: true },
      certificate: { names: ["mail.acme.example"], trust: "trusted", notAfter: "2027-02-02T12:00:00.000Z" },
    });
  });

  it("shows the loss with its finding and the transcript that proves it", async () => {
    const { status, gateway, downstream } = await chainOf("lost");
    expect([status.verdict, gateway.verdict, downstream.verdict]).toEqual(["lost", "secure", "lost"]);
    expect(downstream.targets[0]?.findings.map(({ code, severity }) => [code, severity])).toEqual([
      ["starttls.absent", "critical"],
    ]);
    expect(
      downstream.targets[0]?.transcript.some(({ mark, text }) => mark === "<--" && text.startsWith("220 mail.lost")),
    ).toBe(true);
  });

  it("a gateway whose TLS mode is disabled sends in clear, however good the server is", async () => {
    const { status, downstream } = await chainOf("early");
    expect(status.chains[0]?.tlsMode).toBe("disabled");
    expect(downstream.verdict).toBe("lost");
    expect(downstream.findings.map(({ code }) => code)).toContain("gateway.tls-mode-disabled");
    expect(downstream.targets[0]?.verdict).toBe("secure");
  });

  it("silence longer than three intervals is stale, with the last known state and the last answer's age", async () => {
    const { downstream } = await chainOf("quiet");
    expect(downstream).toMatchObject({ verdict: "stale", stale: true });
    expect(downstream.targets[0]).toMatchObject({
      verdict: "stale",
      lastKnown: "secure",
      lastSeen: new Date(noon - 8 * everyMs).toISOString(),
      silence: { what: "no answer in time (connect)" },
    });
  });

  it("one who was never looked at is unknown, not lost", async () => {
    const { status, gateway } = await chainOf("newcomer");
    expect(status.verdict).toBe("unknown");
    expect(gateway).toMatchObject({ since: null, lastSeen: null, targets: [] });
  });

  it("an id of any characters is found by its escaped path", async () => {
    expect((await chainOf(hostileId)).status.id).toBe(hostileId);
  });
});

describe("GET /v1/customers/{id}/history", () => {
  it("gives availability per hop and day with our own gaps as gaps", async () => {
    const { availability } = await json<HistoryJson>("/v1/customers/lost/history");
    const downstream = availability.find(({ hop }) => hop === "downstream");
    const today = downstream?.days.at(-1);
    expect(today).toMatchObject({ day: "2026-11-24", clear: 12, noAnswer: 0, gap: 29 });
    expect(today?.share).toBeCloseTo((145 - 29 - 12) / (145 - 29), 5);
    expect(downstream?.targets.map(({ target, names }) => [target, names])).toEqual([
      ["198.51.100.2:25", ["mail.lost.example"]],
    ]);
  });

  it("tells what changed, newest first: answers, silences and DNS", async () => {
    const { events } = await json<HistoryJson>("/v1/customers/acme/history");
    expect(events.map(({ at }) => at)).toEqual(
      events
        .map(({ at }) => at)
        .toSorted()
        .reverse(),
    );
    expect(events.at(-1)).toMatchObject({ kind: "dns", subject: "acme.example", went: ["mx.old.example"] });
    const quiet = await json<HistoryJson>("/v1/customers/quiet/history");
    expect(quiet.events[0]).toMatchObject({
      kind: "silence",
      subject: "198.51.100.4:25",
      what: "no answer in time (connect)",
    });
  });

  it("is paged by `before`, and events of the same moment stay together", async () => {
    const first = await json<HistoryJson>("/v1/customers/acme/history?limit=1");
    expect(first.events).toHaveLength(3);
    expect(first.next).toBe("2026-11-21T12:00:00.000Z");
    const second = await json<HistoryJson>(`/v1/customers/acme/history?limit=1&before=${first.next}`);
    expect(second.events.map(({ kind }) => kind)).toEqual(["dns"]);
    expect(second.next).toBeNull();
  });
});

describe("GET /v1/incidents", () => {
  it("lists open ones first, with what they are made of", async () => {
    const { incidents } = await json<{ incidents: IncidentJson[] }>("/v1/incidents");
    expect(incidents.map(({ id, state }) => [id, state])).toEqual([
      ["CM-7F3A", "open"],
      ["CM-0BAD", "ended"],
    ]);
    expect(incidents[0]).toMatchObject({
      class: "cleartext",
      host: "mail.lost.example",
      customer: "lost",
      customers: 1,
    });
    expect(incidents[1]).toMatchObject({ ended: "recovered", endedAt: "2026-11-19T13:00:00.000Z", customers: 7 });
  });

  it("knows what was sent, to whom, and what is still owed", async () => {
    const { messages } = await json<IncidentJson>("/v1/incidents/CM-7F3A");
    expect(messages.map(({ id, kind, to }) => [id, kind, to])).toEqual([
      ["CM-7F3A·1", "opened", ["console", "smtp:ops@gateway.example"]],
      ["CM-7F3A·2", "reminder", []],
    ]);
  });

  it("tells apart what is only suspected", async () => {
    const { suspected } = await json<{ suspected: object[] }>("/v1/incidents");
    expect(suspected).toEqual([
      {
        class: "unauthenticated",
        subject: "198.51.100.6:25",
        drill: false,
        host: "mail.weak.example",
        hop: "downstream",
        severity: "critical",
        customer: "weak",
        since: "2026-11-24T12:00:10.000Z",
      },
    ]);
  });

  test.each([
    ["open", ["CM-7F3A"]],
    ["ended", ["CM-0BAD"]],
  ])("?state=%s", async (state, ids) => {
    const { incidents } = await json<{ incidents: IncidentJson[] }>(`/v1/incidents?state=${state}`);
    expect(incidents.map(({ id }) => id)).toEqual(ids);
  });
});

describe("POST /v1/incidents/{id}/acknowledge", () => {
  it("is kept with the name, twice changes nothing, and what has ended says so", async () => {
    const own = await fixture();
    try {
      const acknowledge = (id: string, body?: string) =>
        own.app().request(`/v1/incidents/${id}/acknowledge`, { method: "POST", ...(body ? { body } : {}) });
      const first = (await (await acknowledge("CM-7F3A", '{"by":"Ada"}')).json()) as IncidentJson;
      expect(first.acknowledged).toEqual({ by: "Ada", at: "2026-11-24T12:00:40.000Z" });
      const second = (await (await acknowledge("CM-7F3A")).json()) as IncidentJson;
      expect(second.acknowledged).not.toBeNull();
      const record = [];
      for await (const { text } of own.store.ledger.record()) record.push(JSON.parse(text ?? ""));
      expect(record.filter(({ kind }) => kind === "acknowledged")).toMatchObject([
        { incident: "CM-7F3A", class: "cleartext", subject: "198.51.100.2:25", by: "Ada", at: noon + 40_000 },
      ]);
      expect((await acknowledge("CM-0BAD")).status).toBe(409);
      expect((await acknowledge("CM-9999")).status).toBe(404);
      expect((await acknowledge("CM-7F3A", "by=Ada")).status).toBe(400);
    } finally {
      await own.close();
    }
  });
});

describe("what is silenced", () => {
  const silence = {
    id: "S-0A1B2C",
    covers: { customer: null, host: "198.51.100.2", class: null },
    reason: "new certificate",
    by: "Ada",
    from: noon,
    until: noon + 3_600_000,
  };

  it("says until when, by whom and why, and no longer when it is over", async () => {
    const own = await fixture();
    try {
      await own.store.config.putSilence(silence);
      const read = async () => (await (await own.app().request("/v1/incidents/CM-7F3A")).json()) as IncidentJson;
      const incident = await read();
      expect(incident.silenced).toEqual({
        kind: "silence",
        id: "S-0A1B2C",
        reason: "new certificate",
        by: "Ada",
        until: "2026-11-24T13:00:00.000Z",
      });
      const valid = validator("incident.json");
      valid(incident);
      expect(valid.errors).toBeNull();
      own.at(silence.until);
      expect((await read()).silenced).toBeNull();
    } finally {
      await own.close();
    }
  });
});

describe("GET /v1/fleet", () => {
  it("counts customers by verdict, worst first, with the last cycle and what each vantage looks at", async () => {
    expect(await json("/v1/fleet")).toEqual({
      asOf: "2026-11-24T12:00:00.000Z",
      everySeconds: 300,
      customers: {
        total: 7,
        judged: 7,
        byVerdict: { lost: 2, weak: 1, unverified: 1, unknown: 1, stale: 1, secure: 1 },
      },
      worst: [
        { id: "early", verdict: "lost" },
        { id: "lost", verdict: "lost" },
        { id: "weak", verdict: "weak" },
        { id: hostileId, verdict: "unverified" },
        { id: "newcomer", verdict: "unknown" },
        { id: "quiet", verdict: "stale" },
        { id: "acme", verdict: "secure" },
      ],
      incidents: { open: 1, unacknowledged: 1 },
      lastCycle: { cycle: noon / everyMs, at: "2026-11-24T12:00:00.000Z" },
      vantages: [{ id: "here", targets: 8, sight: "sighted", since: null, why: null, trusted: null }],
    });
  });
});
