/** The light probe as the steps make it, with the bench's root among the trusted. */

import { type LightProbe, probeTarget } from "../../lib/protocols/smtp/probe.ts";
import { createTlsKit } from "../../lib/protocols/tls/kit.ts";
import { loadRoots } from "../../lib/protocols/x509/roots.ts";
import { createDialler } from "../../lib/world/dialler.ts";

export type Prober = (port: number) => Promise<void>;

/** Rejects when a probe brings anything but a trusted TLS session: a bench of failures would be fast. */
export function createProber({ name, rootPem }: { readonly name: string; readonly rootPem: string }): Prober {
  const tls = createTlsKit(loadRoots({ extraPem: rootPem }));
  const dial = createDialler({});
  const clock = { now: Date.now, monotonic: () => performance.now() };
  return async (port) => {
    const request: LightProbe = {
      target: { address: "127.0.0.1", port, tls: "starttls" },
      host: name,
      sni: name,
      vantage: "here",
      allowPrivate: true,
      ehloName: "bench.example",
      timeoutMs: 60_000,
      readChain: false,
      tls,
    };
    const { outcome, transcript } = await probeTarget(request, dial, clock);
    const trusted = outcome.kind === "encrypted" && outcome.certificate?.trust === "trusted";
    if (!trusted) throw new Error(`the probe failed: ${JSON.stringify({ outcome, transcript })}`);
  };
}

/** `count` probes, at most `inFlight` at once. */
export async function makeProbes(
  probe: Prober,
  ports: readonly number[],
  count: number,
  inFlight: number,
): Promise<void> {
  let begun = 0;
  const worker = async () => {
    while (begun < count) {
      begun += 1;
      await probe(ports[begun % ports.length] ?? 0);
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
}
