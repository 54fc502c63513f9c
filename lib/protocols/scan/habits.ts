/** What a server does beside choosing a suite, read off the answers of the scan itself, and one question more. */

import type { Habits } from "../../model/scan.ts";
import type { Chosen } from "../tls/flight.ts";
import { olderGroups } from "../tls/hello.ts";
import { type Inquiry, versions } from "./question.ts";

const extension = { heartbeat: 15, extendedMasterSecret: 23, ticket: 35, renegotiation: 0xff01 } as const;

/** Null: there was no answer up to TLS 1.2 to tell it by. */
export function habitsOf(seen: readonly Chosen[]): Omit<Habits, "fallbackScsv"> {
  const older = seen
    .map(({ hello }) => hello)
    .filter(({ version }) => version > versions.ssl3 && version < versions.tls13);
  const every = (type: number) => (older.length === 0 ? null : older.every(({ extensions }) => extensions.has(type)));
  const some = (type: number) => (older.length === 0 ? null : older.some(({ extensions }) => extensions.has(type)));
  return {
    secureRenegotiation: every(extension.renegotiation),
    extendedMasterSecret: every(extension.extendedMasterSecret),
    compression: older.length === 0 ? null : older.some(({ compression }) => compression !== 0),
    heartbeat: some(extension.heartbeat),
    tickets: some(extension.ticket),
  };
}

/** `accepted`: versions, oldest first. Whether it stops a client that was talked down; null where it has no lower version, or didn't answer. */
export function* fallbackOf(
  accepted: readonly { readonly version: number; readonly suites: readonly number[] }[],
): Inquiry<boolean | null> {
  const lower = accepted.slice(0, -1).at(-1);
  if (lower === undefined) return null;
  const { version, suites } = lower;
  const answer = yield { version, fallback: false, suites, groups: olderGroups, keyShare: false, fallbackScsv: true };
  if (answer.kind === "chosen") return false;
  return answer.kind === "refused" ? true : null;
}
