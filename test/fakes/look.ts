/** A light probe of a fake server, with what every test wants and nobody asks about. */

import type { Observation } from "../../lib/model/observation.ts";
import type { Dialler } from "../../lib/model/ports.ts";
import { type LightProbe, type ProbeClock, probeTarget } from "../../lib/protocols/smtp/probe.ts";
import { createTlsKit } from "../../lib/protocols/tls/kit.ts";
import { loadRoots } from "../../lib/protocols/x509/roots.ts";
import { createDialler } from "../../lib/world/dialler.ts";

export const probeClock: ProbeClock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Trusts Mozilla's roots and nobody else. */
export const plainKit = createTlsKit(loadRoots({}));

export const dial = createDialler({});

export function lookAt(
  { address, port }: { readonly address: string; readonly port: number },
  changed: Partial<LightProbe> = {},
  dialler: Dialler = dial,
): Promise<Observation> {
  const request: LightProbe = {
    target: { address, port, tls: "starttls" },
    host: "mx.example",
    sni: "mx.example",
    vantage: "here",
    allowPrivate: true,
    ehloName: "probe.example",
    timeoutMs: 5_000,
    readChain: false,
    tls: plainKit,
    ...changed,
  };
  return probeTarget(request, dialler, probeClock);
}
