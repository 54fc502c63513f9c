/** One flaw looked for on a fake server, of which the scan knows so much. */

import type { ProtocolName } from "../../../../lib/model/observation.ts";
import type { FlawSeen, Scan } from "../../../../lib/model/scan.ts";
import type { TlsStart } from "../../../../lib/model/target.ts";
import { olderQuestion } from "../../../../lib/protocols/scan/flaws/accepted.ts";
import type { AskedFlaw, Asking } from "../../../../lib/protocols/scan/flaws/flaw.ts";
import { askingOf, lookFor } from "../../../../lib/protocols/scan/flaws/look-for.ts";
import { dial } from "../../../fakes/look.ts";
import { scanOf } from "../../../judge/grades/scans.ts";

export interface Place {
  readonly port: number;
  readonly tls?: TlsStart;
  readonly serverName?: string | null;
  readonly suites?: Partial<Record<ProtocolName, readonly string[]>>;
  /** Lower-case hex: SHA-256 of the leaves that are known. */
  readonly leaves?: readonly string[];
  readonly timeoutMs?: number;
}

/** What Node's own server and the fakes have. */
const usual = { "TLSv1.2": ["ECDHE-ECDSA-AES128-GCM-SHA256", "AES128-SHA"], "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] };

export interface Told extends FlawSeen {
  readonly connections: number;
}

export async function looked(flaw: AskedFlaw, place: Place): Promise<Told> {
  const { asking, made } = askingAt(place);
  const [seen] = await lookFor([flaw], asking);
  if (seen === undefined) throw new Error("nothing was looked for");
  return { ...seen, connections: made() };
}

export function askingAt(place: Place): { readonly asking: Asking; readonly made: () => number } {
  const { port, tls = "starttls", serverName = "mx.example", suites = usual, leaves = [], timeoutMs = 3_000 } = place;
  const target = { address: "127.0.0.1", port, tls };
  let connections = 0;
  const scan: Scan = {
    ...scanOf({ suites }),
    target,
    certificates: leaves.map((sha256) => ({ sha256, der: "" })),
  };
  const asking = askingOf({
    scan: Promise.resolve(scan),
    early: {
      older: Promise.resolve(olderQuestion(scan)),
      speaksNewest: Promise.resolve(
        scan.versions.some(({ name, accepted }) => name === "TLSv1.3" && accepted === true),
      ),
    },
    leaf: null,
    world: {
      target,
      serverName,
      allowPrivate: true,
      ehloName: "probe.example",
      timeoutMs,
      dial,
      monotonic: () => performance.now(),
      sighted: () => {},
    },
    connect: (work) => {
      connections++;
      return work();
    },
  });
  return { asking, made: () => connections };
}
