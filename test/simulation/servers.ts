/** Mail servers that answer as the history says. */

import { fingerprint } from "../../lib/judge/fingerprint.ts";
import { needId } from "../../lib/judge/need-id.ts";
import { type Customer, defaultRequirement } from "../../lib/model/customer.ts";
import type { ProbeAnswer, ProbeTask } from "../../lib/model/jobs.ts";
import type { Outcome } from "../../lib/model/observation.ts";
import type { RosterEntry } from "../../lib/model/roster.ts";
import { customerOf } from "../fakes/customers.ts";
import { encrypted, observation } from "../judge/build.ts";
import { crowdPlaces, type Place } from "./crowd.ts";
import type { Mode } from "./evidence.ts";
import type { History } from "./history.ts";

const outcomes: Readonly<Record<Mode, Outcome>> = {
  good: encrypted(),
  plain: { kind: "starttls-absent", how: "absent" },
  weak: encrypted({ protocol: "TLSv1", cipher: "RC4-SHA", bits: 128 }),
  silent: { kind: "no-answer", stage: "connect", silence: "timeout" },
  "not-now": { kind: "starttls-not-now", reply: { code: 454, lines: ["4.7.0 TLS not available"] } },
};

const prints = new Map<Mode, string>();

function printOf(mode: Mode): string {
  const known = prints.get(mode) ?? fingerprint(observation(outcomes[mode]));
  prints.set(mode, known);
  return known;
}

/** The second contact waits so long for an acknowledgement. */
export const secondAfterMs = 10 * 60_000;

export const acme: Customer = customerOf("acme", {
  contacts: [
    { email: "it@acme.example", sms: null },
    { email: "boss@acme.example", sms: null, after: secondAfterMs },
  ],
});

export const vantageName = (vantage: number): string => ["here", "eu2", "us1"][vantage] ?? `v${vantage}`;
/** Of the vantage of this number. */
export const sliceOf = (vantage: number): number => vantage + 1;

/** Of this history; the first ones are those that something happens to. */
export function placesOf({ crowd, targets }: Pick<History, "crowd" | "targets">): readonly Place[] {
  if (crowd !== null) return crowdPlaces(crowd);
  return Array.from({ length: targets }, (_, target): Place => {
    return { address: `93.184.215.${14 + target}`, port: 25, host: `mx${target}.acme.example`, shares: [] };
  });
}

/** What all who share a server want of it. */
const wish = { hop: "gateway", require: defaultRequirement, alarms: true, enforced: false } as const;
export const sharedNeed = needId(wish);

/** Whose it is: of one customer, or of several. */
export interface Shared {
  readonly customers: number;
  readonly circle?: string | undefined;
}

/** `shared` null: it is one customer's own. One of `vantages` looks at it. */
export function entryOf(
  place: Place,
  target: number,
  since: number,
  {
    vantage,
    vantages,
    shared,
  }: { readonly vantage: number; readonly vantages: number; readonly shared: Shared | null },
): RosterEntry {
  const isOwn = shared === null;
  return {
    target: { address: place.address, port: place.port, tls: "starttls" },
    names: [{ name: place.host, since }],
    vantage: vantageName(vantage),
    outside: true,
    allowPrivate: false,
    beside: Array.from({ length: vantages }, (_, other) => other)
      .filter((other) => other !== vantage)
      .map((other) => ({ vantage: vantageName(other), slice: sliceOf(other), slot: target })),
    needs: [
      {
        ...(isOwn ? { ...wish, hop: "downstream" } : wish),
        customers: shared?.customers ?? 1,
        customer: isOwn ? acme.id : null,
      },
    ],
    since,
    ...(shared?.circle !== undefined && { circle: shared.circle }),
  };
}

export const subjectOf = ({ address, port }: Pick<Place, "address" | "port">): string => `${address}:${port}`;

/** As the probe of `vantage` would answer at `at` (epoch ms). */
export function answerOf(task: ProbeTask, mode: Mode, at: number, vantage: string): ProbeAnswer {
  const { slot, target, name, identity, known } = task;
  const print = printOf(mode);
  if (print === known) return { slot, name, identity, kind: "same", at, fingerprint: print };
  const seen = observation(outcomes[mode], { target, at, vantage, host: name, sni: name });
  return { slot, name, identity, kind: "seen", observation: seen, fingerprint: print };
}
