/** Logjam (CVE-2015-4000): a finite field that is short by law, or small enough for the computation to be made once for all. */

import { primeName } from "../../tls/primes.ts";
import type { Suite } from "../../tls/suites.ts";
import { bySuites } from "./accepted.ts";
import { flawed, type SeenFlaw } from "./flaw.ts";

/** The paper's authors put a field of so many bits within a state's reach. */
const withinReach = 1024;

const suite = ({ exportGrade, keyExchange }: Suite): boolean => exportGrade && keyExchange === "dhe";

export const logjam: SeenFlaw = {
  name: "logjam",
  suite,
  look({ scan }) {
    const short = scan.primes
      .filter(({ bits }) => bits <= withinReach)
      .map(({ bits, prime }) => `DH of ${bits} bits${nameOf(prime)}`);
    const byLaw = bySuites(scan, suite);
    if (short.length === 0) return byLaw;
    return flawed(short.join(", "), ...(byLaw.result === "flawed" ? byLaw.detail : []));
  },
};

function nameOf(prime: string): string {
  const name = primeName(prime);
  return name === null ? "" : ` (${name})`;
}
