/** The facts that one probe of one target saw from one vantage. No judgement in it. */

import type { Target } from "./target.ts";

/** Where in the dialogue something happened, in the order of the dialogue. */
export type Stage = "connect" | "banner" | "ehlo" | "starttls" | "handshake" | "ehlo-again" | "envelope" | "quit";

/** An SMTP reply (RFC 5321 §4.2): its code and the text of its lines without the code. */
export interface Reply {
  readonly code: number;
  readonly lines: readonly string[];
}

/** Why nobody answered. Never the server's own word, so never a loss. */
export type Silence = "timeout" | "refused" | "reset" | "closed" | "network-unreachable" | "host-unreachable" | "error";

/** What the server answered to one ClientHello (RFC 8446 §4.1.2). */
export interface HelloAttempt {
  /**
   * `usual`: what most senders say; `wide`: with every group and suite of our TLS library, post-quantum ones included;
   * `small`: of TLS 1.2; `legacy`: bare, with the legacy, NULL and anonymous suites.
   */
  readonly hello: "usual" | "wide" | "small" | "legacy";
  readonly answer: "alert" | "not-tls" | "server-hello" | Silence;
  /** The alert's name (RFC 8446 §6), the library's own error or the first bytes as printable text. */
  readonly detail: string;
}

/** How far the probe came, and what stopped it. */
export type Outcome =
  /** We refuse to dial this address; `range` names the special-purpose range (RFC 6890). */
  | { readonly kind: "forbidden"; readonly range: string }
  /** Nobody answered, or the connection broke before STARTTLS was settled. */
  | { readonly kind: "no-answer"; readonly stage: Stage; readonly silence: Silence }
  /** 5xx to the connect or to EHLO (500, 502, 504 apart): the server refuses *us* (RFC 5321 §3.1). */
  | { readonly kind: "refused-by-policy"; readonly stage: "banner" | "ehlo"; readonly reply: Reply }
  /** 4xx to the connect or to EHLO, 421 anywhere: it asks us to come back later. */
  | { readonly kind: "temporarily-refused"; readonly stage: Stage; readonly reply: Reply }
  /** The first line isn't SMTP; reading stopped there. */
  | { readonly kind: "not-smtp"; readonly line: string }
  /** A bound was passed; what was read before it is kept. */
  | { readonly kind: "too-much"; readonly what: "lines" | "line" | "plaintext" | "certificates" }
  /** EHLO answered 250 without STARTTLS; `masked`: with `XXXXXXXA` in its place; `helo-only`: EHLO unknown and HELO accepted. */
  | { readonly kind: "starttls-absent"; readonly how: "absent" | "masked" | "helo-only" }
  /** STARTTLS answered 5xx (RFC 3207 §4). */
  | { readonly kind: "starttls-refused"; readonly reply: Reply }
  /** STARTTLS answered 454 or another 4xx: not now. */
  | { readonly kind: "starttls-not-now"; readonly reply: Reply }
  /** Every hello was answered by an alert or by what isn't TLS: the server's own word. */
  | { readonly kind: "handshake-failed"; readonly attempts: readonly HelloAttempt[] }
  /** The handshake was cut off by a reset, a close or silence: nobody's word. */
  | { readonly kind: "handshake-broken"; readonly attempts: readonly HelloAttempt[] }
  /** TLS parameters were agreed. */
  | { readonly kind: "encrypted"; readonly tls: TlsFacts; readonly certificate: CertificateFacts | null };

/** Oldest first. */
export const protocolNames = ["SSLv2", "SSLv3", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const;
export type ProtocolName = (typeof protocolNames)[number];

export interface TlsFacts {
  readonly protocol: ProtocolName;
  /** The suite's OpenSSL name, e.g. `ECDHE-RSA-AES256-GCM-SHA384`. */
  readonly cipher: string;
  /** The suite's IANA name, e.g. `TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384`. */
  readonly iana: string;
  /** Strength of the bulk cipher in bits; 0 for NULL. */
  readonly bits: number;
  /** The key exchange group by its IANA name in lower case (`x25519mlkem768`, `x25519`, `secp256r1`, `dh`), or null for static RSA. */
  readonly group: string | null;
  /** Size of the key exchange in bits, where it is a finite-field or a named curve one. */
  readonly groupBits: number | null;
  readonly forwardSecret: boolean;
  /** False for an anonymous suite. */
  readonly authenticated: boolean;
  /** `library`: the handshake was completed; `hello`: only the server's hello was read, since our library lacks the suite. */
  readonly seenBy: "library" | "hello";
}

/** Whether a path from the leaf to a trusted root was found; dates are told by the certificates themselves. */
export type TrustResult =
  | "trusted"
  /** The leaf signs itself and isn't among the roots. */
  | "self-signed"
  /** The path ends in a root that isn't trusted, or whose owner we don't know. */
  | "untrusted-root"
  /** The issuer of the last certificate sent isn't known, and it was not sent. */
  | "incomplete-chain"
  /** A signature on the path, or an extension of it, is wrong (RFC 5280 §6.1). */
  | "invalid-chain"
  /** A certificate above the leaf is outside its dates. */
  | "expired-issuer"
  /** Not judged, e.g. because the handshake was not completed. */
  | "not-checked";

/** Long over: whoever doesn't know of it calls such a certificate expired. */
export const unreadableTime = 0;

export interface Leaf {
  /** SHA-256 of the DER, lower-case hex. */
  readonly sha256: string;
  /** Distinguished names in OpenSSL's one-line form and in DER order: `/O=Halon Security/CN=mail.example`. */
  readonly subject: string;
  readonly issuer: string;
  /** Serial number, lower-case hex. */
  readonly serial: string;
  /** dNSName entries of subjectAltName, A-labels in lower case (RFC 9525 §2). */
  readonly dnsNames: readonly string[];
  /** iPAddress entries of subjectAltName, canonical text. */
  readonly addresses: readonly string[];
  /** The subject's last common name, shown but never matched (RFC 9525 §2). */
  readonly commonName: string | null;
  /** Epoch ms, {@link unreadableTime} where it isn't a time. */
  readonly notBefore: number;
  readonly notAfter: number;
  readonly keyType: "rsa" | "dsa" | "ec" | "ed25519" | "ed448" | "other";
  readonly keyBits: number;
  /** OpenSSL's name of the signature algorithm, e.g. `sha256WithRSAEncryption`. */
  readonly signatureAlgorithm: string;
  /** True when the leaf names a place to fetch its issuer (authorityInfoAccess caIssuers, RFC 5280 §4.2.2.1). */
  readonly namesIssuerPlace: boolean;
}

export interface ChainEntry {
  readonly sha256: string;
  readonly subject: string;
  readonly issuer: string;
}

export interface CertificateFacts {
  readonly leaf: Leaf;
  readonly trust: TrustResult;
  /** The certificates as sent, in the order sent, duplicates included; null when it was not read this time. */
  readonly chain: readonly ChainEntry[] | null;
}

/** EHLO keywords (RFC 5321 §4.1.1.1), upper case, each with its parameters as sent. */
export type Capabilities = Readonly<Record<string, string>>;

/** One line of the transcript. `at` is milliseconds since the connect began, from a monotonic clock. */
export type TranscriptLine =
  | { readonly at: number; readonly kind: "sent" | "received"; readonly encrypted: boolean; readonly text: string }
  | { readonly at: number; readonly kind: "note"; readonly text: string };

export interface Observation {
  readonly target: Target;
  readonly vantage: string;
  /** Epoch ms when the connect began. */
  readonly at: number;
  /** The reference name under which the target was dialled (the MX name), A-labels, lower case, no trailing dot; null for a bare address. */
  readonly host: string | null;
  /** The server name sent in the hello (RFC 6066 §3), or null when none was sent. */
  readonly sni: string | null;
  readonly outcome: Outcome;
  /** The banner's lines as received, without the code; null when none came. */
  readonly banner: string | null;
  readonly capabilities: { readonly before: Capabilities | null; readonly after: Capabilities | null };
  /** Plaintext bytes that stood behind the 220 to STARTTLS, as printable text (CVE-2021-38371); null when there were none. */
  readonly leftover: string | null;
  /** STARTTLS was not offered, and taken all the same; only when asked for. */
  readonly unannounced?: true;
  /** Replies to MAIL FROM and RCPT TO, only when asked for. */
  readonly envelope: { readonly mail: Reply; readonly rcpt: Reply | null } | null;
  /** Milliseconds since the connect began at which each stage was done. */
  readonly timings: Partial<Readonly<Record<Stage, number>>>;
  readonly transcript: readonly TranscriptLine[];
}
