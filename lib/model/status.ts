/** What is answered to "how is this customer's mail?", as JSON and as a page. */

import type { HopKind, RequirementLevel, TlsMode } from "./customer.ts";
import type { ScanResult } from "./deep-scan.ts";
import type { Finding } from "./finding.ts";
import type { CertificateFacts, Observation } from "./observation.ts";
import type { TargetKey } from "./target.ts";
import type { Authentication, Encryption, Enforcement, Verdict } from "./verdict.ts";

/** What is known of one target when it is judged: facts that last answered, and the present silence. */
export interface TargetLook {
  /** The last look that brought an answer; null before the first. */
  readonly facts: Observation | null;
  readonly factsSince: number | null;
  /** The last look, where it brought no answer. */
  readonly silence: Observation | null;
  /** Epoch ms of the last answer, steady cycles included. */
  readonly lastSeen: number | null;
  readonly everEncrypted: boolean;
  /** Certificates shown under further names by their own SNI; a name that is missing is matched against `facts`. */
  readonly names: ReadonlyMap<string, CertificateFacts | null>;
  /** What its last scan found; left out before the first, and where nobody asks. */
  readonly scan?: ScanResult;
}

export interface TargetStatus {
  readonly key: TargetKey;
  /** The reference name it was judged under; null for a bare address without a name. */
  readonly name: string | null;
  /** Of the MX record; null on a downstream hop. */
  readonly preference: number | null;
  readonly vantage: string;
  readonly verdict: Verdict;
  /** The verdict of the last facts, where the present one is `unknown` or `stale`. */
  readonly lastKnown: Verdict | null;
  readonly encryption: Encryption;
  readonly authentication: Authentication;
  readonly findings: readonly Finding[];
  /** Epoch ms since which its facts hold; null before the first answer. */
  readonly since: number | null;
  /** Epoch ms of the last answer. */
  readonly lastSeen: number | null;
  /** False: refused from outside as it should be, or of no account for another reason; not in the hop's worst. */
  readonly counts: boolean;
  readonly look: TargetLook;
}

export interface HopStatus {
  readonly kind: HopKind;
  readonly direction: "inbound";
  /** `internet` or the gateway's id (`gateway` where the customer names none). */
  readonly from: string;
  /** The gateway's id, or the domain's own exchanges; on the second hop the customer's id. */
  readonly to: string;
  readonly require: RequirementLevel;
  readonly verdict: Verdict;
  readonly encryption: Encryption;
  readonly authentication: Authentication;
  readonly enforcement: Enforcement;
  /** Findings of the hop itself (DNS, gateway); those of its targets stand with them. */
  readonly findings: readonly Finding[];
  readonly targets: readonly TargetStatus[];
  readonly since: number | null;
  readonly lastSeen: number | null;
  readonly stale: boolean;
  /** False: a null MX or a hop that is refused as it should be; not in the chain's worst. */
  readonly counts: boolean;
}

export interface ChainStatus {
  /** Null for a customer with downstream servers and no domain. */
  readonly domain: string | null;
  readonly tlsMode: TlsMode | null;
  readonly verdict: Verdict;
  readonly hops: readonly HopStatus[];
}

export interface CustomerStatus {
  readonly id: string;
  readonly verdict: Verdict;
  /** Epoch ms at which it was judged. */
  readonly at: number;
  readonly chains: readonly ChainStatus[];
}
