/** What a server would accept: facts of one scan of one target. No judgement in it. */

import type { ProtocolName } from "./observation.ts";
import type { Target } from "./target.ts";

/** Whose order counts; `chacha20`: the server's, but for ChaCha20 where the client likes that best. */
export type Preference = "server" | "client" | "chacha20";

/** What came of asking for one version. */
export interface VersionScan {
  readonly name: ProtocolName;
  /** Null: it isn't known, since the scan was cut short. */
  readonly accepted: boolean | null;
  /** Code points in the order chosen: the server's own, where it has one. Of SSLv2 its three-byte kinds. */
  readonly suites: readonly number[];
  readonly preference: Preference | null;
  /** It answered with this version instead. */
  readonly instead: ProtocolName | null;
  /** It chose suites that were not offered. */
  readonly strayed: boolean;
  /** Why the rest isn't known; null: all is. */
  readonly incomplete: string | null;
}

/** A finite field that was used for a key exchange. */
export interface DhPrime {
  readonly bits: number;
  /** Lower-case hex. */
  readonly prime: string;
}

/** What a server does beside choosing a suite; null where nothing tells it. */
export interface Habits {
  /** Its renegotiation can't be hijacked (RFC 5746), whatever the suite. */
  readonly secureRenegotiation: boolean | null;
  /** RFC 7627, whatever the suite. */
  readonly extendedMasterSecret: boolean | null;
  /** It compresses what it encrypts (CRIME). */
  readonly compression: boolean | null;
  /** RFC 6520. */
  readonly heartbeat: boolean | null;
  /** RFC 5077. */
  readonly tickets: boolean | null;
  /** It stops a client that was talked down to a lower version (RFC 7507). */
  readonly fallbackScsv: boolean | null;
}

/** Who answered on the connections of a scan that came to EHLO. */
export interface Answering {
  readonly greeted: number;
  /** Of those, without an offer of STARTTLS. */
  readonly withoutTls: number;
  /** Of those, with plaintext behind the 220 to STARTTLS (CVE-2021-38371). */
  readonly injected: number;
  /** How each machine introduces itself, each once: its name in the banner, its name in the reply to EHLO, its keywords. */
  readonly faces: readonly string[];
}

/** What came of looking for one flaw. */
export interface FlawSeen {
  /** Of the file in `protocols/scan/flaws/`. */
  readonly name: string;
  /** `unknown`: it could not be told. */
  readonly result: "flawed" | "sound" | "unknown";
  /** What shows it, or why it isn't known. From the wire: escape where shown. */
  readonly detail: readonly string[];
}

/** What the connections of a scan were made for. */
interface ConnectionsFor {
  /** Versions, suites, whose order counts, groups. */
  readonly suites: number;
  /** Signature schemes that those didn't show. */
  readonly signatures: number;
  /** Flaws, and the other certificate. */
  readonly flaws: number;
}

export interface Scan {
  readonly target: Target;
  /** The server name that was sent; null for none. */
  readonly serverName: string | null;
  /** Epoch ms. */
  readonly at: number;
  /** `grade`: of suites and groups the worst was asked for, and what the server likes best. */
  readonly depth: "full" | "grade";
  /** One for every version asked, oldest first. */
  readonly versions: readonly VersionScan[];
  /** Code points of named groups, those of TLS 1.3 first, in the order chosen. */
  readonly groups: readonly number[];
  readonly primes: readonly DhPrime[];
  /** Code points of the signature schemes that it signs with in TLS 1.2, where a key exchange is signed at all. */
  readonly signatures: readonly number[];
  /** Those of TLS 1.3; left out where they weren't asked for. */
  readonly newestSignatures?: readonly number[];
  /** SHA-256 of each leaf that was shown, lower-case hex, with its DER in base64. */
  readonly certificates: readonly { readonly sha256: string; readonly der: string }[];
  readonly habits: Habits;
  /** Left out where nobody kept it. */
  readonly answering?: Answering;
  /** Those that took connections of their own to see; none where nobody looked for them. */
  readonly flaws?: readonly FlawSeen[];
  /** It dropped a hello that names TLS 1.3 beside TLS 1.2, and accepts TLS 1.2 alone. */
  readonly intolerant: boolean;
  /** Only hellos of at most so many suites were understood; null: of any. */
  readonly mostSuites: number | null;
  /** Only hellos as they were before RFC 3546 were understood. */
  readonly withoutExtensions?: true;
  readonly connections: number;
  /** Left out where nobody told them apart. */
  readonly connectionsFor?: ConnectionsFor;
  /** It was cut short since the server found us too much. */
  readonly throttled?: true;
  /** Why it was cut short: we were refused, slowed down or out of time. Null: all was asked. */
  readonly incomplete: string | null;
}

/** By version, oldest first; a version that nobody asked about is left out. */
export function signaturesUsed({
  signatures,
  newestSignatures,
}: Pick<Scan, "signatures" | "newestSignatures">): readonly {
  readonly version: ProtocolName;
  readonly signatures: readonly number[];
}[] {
  const older = { version: "TLSv1.2", signatures } as const;
  return newestSignatures === undefined ? [older] : [older, { version: "TLSv1.3", signatures: newestSignatures }];
}
