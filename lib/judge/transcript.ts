/** A probe as mail people know it from CheckTLS: what was said, and after each answer what it means. Pure. */

import type { CertificateFacts, HelloAttempt, Observation, Outcome, Silence, Stage, TlsFacts } from "../model/observation.ts";
import { matchesName } from "../protocols/x509/names.ts";
import { dateState } from "./dates.ts";

export interface Row {
  /** Since the connect began. */
  readonly seconds: number;
  /** Who spoke, with `~` once encrypted; null for a remark of ours. */
  readonly mark: "-->" | "<--" | "~~>" | "<~~" | null;
  /** From the wire where there is a mark, and in names of certificates: escape where shown. */
  readonly text: string;
  readonly tone: "plain" | "good" | "bad";
}

/** `Trying TLS on mx1.example[192.0.2.25] (10):`; the port where it isn't 25, the preference where there is one. */
export function transcriptHeader({ host, target }: Observation, preference: number | null): string {
  const name = host ?? "";
  const port = target.port === 25 ? "" : `:${target.port}`;
  return `Trying TLS on ${name}[${target.address}]${port}${preference === null ? "" : ` (${preference})`}:`;
}
