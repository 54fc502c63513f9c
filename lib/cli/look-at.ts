/** One light probe of one place, judged. */

import { judgeTarget, lookOf } from "../judge/target.ts";
import { defaultRequirement } from "../model/customer.ts";
import { probeTarget } from "../protocols/smtp/probe.ts";
import type { Looking } from "./looking.ts";
import type { LookOptions } from "./options.ts";
import type { Place } from "./places.ts";
import type { Looked } from "./probe-report.ts";

/** Addresses to be asked for in a session, never with a message. */
export interface Envelope {
  readonly from?: string;
  readonly to?: string;
}

/** Where STARTTLS isn't offered, ask for it all the same. */
interface Insistence {
  readonly unannounced?: boolean;
}

export async function lookAt(
  { target, host, preference }: Place,
  options: LookOptions & Envelope & Insistence,
  looking: Looking,
): Promise<Looked> {
  // Without a sender the null one, as bounces have it (RFC 5321 §4.5.5).
  const { from = "", to = null } = options;
  const asked = options.from !== undefined || to !== null;
  const observation = await probeTarget(
    {
      target,
      host,
      sni: host,
      vantage: "command-line",
      allowPrivate: options.allowPrivate ?? false,
      ehloName: looking.ehloName,
      timeoutMs: options.timeout,
      readChain: true,
      tls: looking.tls,
      unannounced: options.unannounced ?? false,
      ...(asked && { envelope: { from, to } }),
    },
    looking.dial,
    looking.clock,
  );
  const judgement = judgeTarget(lookOf(observation), {
    reference: host,
    require: defaultRequirement,
    hop: "gateway",
    now: looking.clock.now(),
    everyMs: Number.POSITIVE_INFINITY,
    outside: true,
  });
  return { observation, preference, judgement };
}
