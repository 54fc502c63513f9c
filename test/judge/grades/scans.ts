/** Scans as a server would have them made, by the names that people know. */

import type { ProtocolName } from "../../../lib/model/observation.ts";
import type { Scan } from "../../../lib/model/scan.ts";
import { groups as everyGroup } from "../../../lib/protocols/tls/groups.ts";
import { suiteByName } from "../../../lib/protocols/tls/suites.ts";

export interface Accepted {
  readonly suites: Partial<Record<ProtocolName, readonly string[]>>;
  readonly groups?: readonly string[];
  readonly primes?: readonly number[];
  readonly habits?: Partial<Scan["habits"]>;
  readonly intolerant?: boolean;
}

const names: readonly ProtocolName[] = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

export function scanOf({ suites, groups = ["x25519"], primes = [], habits, intolerant = false }: Accepted): Scan {
  return {
    target: { address: "192.0.2.1", port: 25, tls: "starttls" },
    serverName: null,
    at: 0,
    depth: "full",
    versions: names.map((name) => ({
      name,
      accepted: suites[name] !== undefined,
      suites: (suites[name] ?? []).map((suite) => suiteByName(suite)?.code ?? Number.NaN),
      preference: null,
      instead: null,
      strayed: false,
      incomplete: null,
    })),
    groups: groups.map((name) => everyGroup.find((group) => group.name === name)?.code ?? Number.NaN),
    primes: primes.map((bits) => ({ bits, prime: "ff".repeat(bits / 8) })),
    signatures: [],
    certificates: [],
    habits: {
      secureRenegotiation: true,
      extendedMasterSecret: true,
      compression: false,
      heartbeat: false,
      tickets: true,
      fallbackScsv: true,
      ...habits,
    },
    intolerant,
    mostSuites: null,
    connections: 0,
    incomplete: null,
  };
}
