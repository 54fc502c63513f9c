/** A fleet in every state that a page must show, written as the steps write it. */

import type { Customer, Downstream } from "../../lib/model/customer.ts";
import { defaultRequirement, defaultSettings } from "../../lib/model/customer.ts";
import type { Observation } from "../../lib/model/observation.ts";
import type { CycleMark, RosterEntry } from "../../lib/model/roster.ts";
import { type Target, targetKey } from "../../lib/model/target.ts";
import type { Store } from "../../lib/store/store.ts";
import { alert, context, openCause, owed, recorded } from "../fakes/causes.ts";
import { certificate, clear, day, encrypted, type Look, noon, observation, silence, vantage } from "./looks.ts";

export const everyMs = 300_000;
const cycleNow = Math.floor(noon / everyMs);

export const xss = `<script>alert("x")</script>`;
export const hostileId = `"><img src=x onerror=alert(1)>`;

const trusted = (host: string) => encrypted(certificate(host));

/** Slot by slot: what was last answered, the present silence, and the marks of the cycles, newest first. */
const slots: readonly {
  readonly target: Target;
  readonly names: readonly string[];
  readonly facts: Observation | null;
  readonly silence: Observation | null;
  readonly mark: (ago: number) => CycleMark;
}[] = [
  ...[
    { address: "192.0.2.1", host: "mx1.gateway.example", outcome: trusted("mx1.gateway.example") },
    { address: "192.0.2.2", host: "mx2.gateway.example", outcome: trusted("mx2.gateway.example") },
    { address: "198.51.100.1", host: "mail.acme.example", outcome: trusted("mail.acme.example") },
    {
      address: "198.51.100.2",
      host: "mail.lost.example",
      outcome: clear,
      lossy: true,
    },
    { address: "198.51.100.3", host: "mail.early.example", outcome: trusted("mail.early.example") },
    { address: "198.51.100.4", host: "mail.quiet.example", outcome: trusted("mail.quiet.example"), quiet: true },
    {
      address: "198.51.100.5",
      host: "mail.hostile.example",
      banner: `mail.hostile.example ${xss} \u202egnp.exe`,
      outcome: encrypted(
        certificate(
          "mail.hostile.example",
          { subject: `/O=${xss}/CN=mail.hostile.example`, issuer: `/O=${xss}` },
          "self-signed",
        ),
      ),
    },
    {
      address: "198.51.100.6",
      host: "mail.weak.example",
      outcome: encrypted(certificate("mail.weak.example"), {
        protocol: "TLSv1",
        cipher: "ECDHE-RSA-AES256-SHA",
        iana: "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA",
        group: "x25519",
      }),
    },
  ].map(({ lossy = false, quiet = false, ...look }: Look & { readonly lossy?: boolean; readonly quiet?: boolean }) => ({
    target: { address: look.address, port: 25, tls: "starttls" as const },
    names: [look.host],
    facts: observation(look),
    silence: quiet ? observation({ ...look, outcome: silence, at: noon - 60_000 }) : null,
    mark: (ago: number): CycleMark => {
      if (quiet && ago < 8) return "no-answer";
      if (ago > 90 && ago < 120) return "not-tried";
      return lossy && ago < 12 ? "clear" : "tls";
    },
  })),
];

function downstream(host: string): Downstream {
  return { host, port: 25, tls: "starttls", name: host };
}

export function customer(id: string, over: Partial<Customer> = {}): Customer {
  return {
    id,
    created: "2019-05-01",
    gateway: "acme-gateway",
    domains: [{ name: `${id}.example`, tlsMode: "enabled" }],
    downstream: [downstream(`mail.${id}.example`)],
    require: { gateway: defaultRequirement, downstream: { ...defaultRequirement, level: "verified" } },
    vantage: { gateway: null, downstream: null },
    allowPrivate: false,
    contacts: [{ email: `it@${id}.example`, sms: null }],
    ...over,
  };
}

export const customers: readonly Customer[] = [
  customer("acme"),
  customer("lost"),
  customer("early", { created: "2014-03-01", domains: [{ name: "early.example", tlsMode: null }] }),
  customer("quiet"),
  customer("weak"),
  customer("newcomer", { downstream: [downstream("mail.newcomer.example")] }),
  customer(hostileId, {
    domains: [{ name: "hostile.example", tlsMode: "enabled" }],
    downstream: [downstream("mail.hostile.example")],
  }),
];

/** Everything up to the cycle of {@link noon}. */
export async function seed({ config, state, ledger }: Store): Promise<void> {
  await config.putSettings(defaultSettings);
  await config.putGateways([{ id: "acme-gateway", hosts: ["mx1.gateway.example", "mx2.gateway.example"], port: 25 }]);
  await config.putCustomers(customers);
  for (const { name } of customers.flatMap(({ domains }) => domains)) {
    if (name === "newcomer.example") continue;
    const records = [
      { host: "mx1.gateway.example", preference: 10 },
      { host: "mx2.gateway.example", preference: 20 },
    ];
    await state.putDomain({
      domain: name,
      mx: { kind: "mx", records, cut: 0, ttl: 300 },
      since: noon - 9 * day,
      failure: null,
    });
  }
  const entries: RosterEntry[] = [];
  for (const [slot, { target, names, facts, silence }] of slots.entries()) {
    const host = names[0] ?? "";
    await state.putHost({
      facts: { host, addresses: [target.address], aliases: [], failure: null, ttl: 300 },
      since: noon - 9 * day,
      failure: null,
      pool: null,
    });
    entries.push({
      target,
      names: names.map((name) => ({ name, since: cycleNow - 2600 })),
      vantage,
      outside: true,
      allowPrivate: false,
      needs: [],
      beside: [],
      since: cycleNow - 2600,
    });
    const key = targetKey(target);
    await state.putTarget({
      key,
      vantage,
      slice: 1,
      slot,
      facts,
      factsSince: facts?.at ?? null,
      silence: silence && { observation: silence, since: silence.at - 8 * everyMs },
      everEncrypted: true,
    });
    if (facts !== null) await ledger.putEvent(key, { at: facts.at, kind: "facts", vantage, observation: facts });
    if (silence !== null)
      await ledger.putEvent(key, { at: silence.at, kind: "silence", vantage, observation: silence });
  }
  await state.putSlice({ number: 1, vantage, entries });
  await ledger.putEvent("acme.example", {
    at: noon - 9 * day,
    kind: "dns",
    subject: "acme.example",
    came: ["mx1.gateway.example", "mx2.gateway.example"],
    went: ["mx.old.example"],
    note: "the set of exchanges changed",
  });
  await Promise.all(
    Array.from({ length: 170 }, async (_, ago) => {
      const cycle = cycleNow - ago;
      await ledger.putLedger(1, { cycle, everyMs, at: cycle * everyMs, marks: slots.map(({ mark }) => mark(ago)) }, 0);
    }),
  );
  await ledger.rollUp(1, noon, everyMs);
  await state.claimCycle(cycleNow, noon, everyMs);
  await seedIncidents({ state, ledger });
}

async function seedIncidents({ state, ledger }: Pick<Store, "state" | "ledger">): Promise<void> {
  const subject = "198.51.100.2:25";
  const at = noon - 11 * everyMs;
  const told = {
    subject,
    at: at + 60_000,
    since: at,
    context: { ...context, host: "mail.lost.example", hop: "downstream" as const, customers: 1, customer: "lost" },
  };
  const opened = alert(told);
  await ledger.putRecord(recorded(opened, ["console", "smtp:ops@gateway.example"]));
  const cause = openCause([owed({ ...told, id: "CM-7F3A·2", kind: "reminder", at: noon - 60_000 })], {
    subject,
    context: told.context,
  });
  const incident = cause.incident && { ...cause.incident, since: at, openedAt: at + 60_000 };
  await state.putCause({ value: { ...cause, incident }, version: 0 });
  const suspected = openCause([], {
    class: "unauthenticated",
    subject: "198.51.100.6:25",
    state: "suspected",
    incident: null,
    votes: [{ at: noon + 10_000, cycle: cycleNow, round: 0, vantage, answer: "bad" }],
    context: { ...context, host: "mail.weak.example", hop: "downstream", customers: 1, customer: "weak" },
  });
  await state.putCause({ value: suspected, version: 0 });
  const shared = {
    incident: "CM-0BAD",
    subject: "192.0.2.1:25",
    since: noon - 5 * day,
    context: { ...context, customers: customers.length },
  };
  const before = alert({ ...shared, id: "CM-0BAD·1", at: noon - 5 * day + 60_000 });
  const after = alert({ ...shared, id: "CM-0BAD·2", kind: "recovered", at: noon - 5 * day + 3_600_000 });
  for (const message of [before, after]) await ledger.putRecord(recorded(message, ["console"]));
}
