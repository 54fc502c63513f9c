/** The table of all findings: what each code means, what happens to the mail, and what to do. */

import type { Finding } from "../model/finding.ts";
import { type Entry, nothingYet } from "./finding-entry.ts";
import { flawEntries } from "./flaw-entries.ts";

const inClear = "mail goes in clear";
const queues = "mail queues, and bounces when it lasts";
const impersonable = "mail is encrypted, but whoever stands in the path can pose as this server";

const table = {
  "starttls.absent": {
    severity: "critical",
    meaning: "The server answered EHLO and did not offer STARTTLS, or knows HELO only.",
    consequence: inClear,
    advice:
      "Switch STARTTLS on in the mail server (Postfix: smtpd_tls_security_level = may), and see that nothing in front of it takes the offer away.",
  },
  "starttls.refused": {
    severity: "critical",
    meaning: "The server offers STARTTLS and answers the command with 5xx.",
    consequence: inClear,
    advice:
      "Look in the mail server's log for why TLS could not start; a certificate or key file that can't be read is the usual cause.",
  },
  "starttls.temporarily-unavailable": {
    severity: "warning",
    meaning: "The server answers STARTTLS with 454 or another 4xx: not now. That is no loss of TLS.",
    consequence: "mail waits or goes in clear, as each sender decides",
    advice:
      "Look in the mail server's log for why TLS is not available for now, such as a key that can't be read or a lack of memory or entropy.",
  },
  "starttls.masked-in-path": {
    severity: "critical",
    meaning: "The offer of STARTTLS arrives overwritten (XXXXXXXA): a firewall in the path inspects SMTP.",
    consequence: inClear,
    advice:
      "Switch SMTP inspection off in the firewall in front of the server (Cisco: no inspect esmtp, or allow-tls in its policy).",
  },
  "starttls.response-injected": {
    severity: "warning",
    meaning: "Plaintext stood behind the 220 to STARTTLS, where nothing may stand (CVE-2021-38371).",
    consequence: "a sender that doesn't drop it takes it for an answer given under TLS",
    advice: "Update the mail server, and the proxy in front of it, to a release that empties its buffer at STARTTLS.",
  },
  "starttls.intermittent": {
    severity: "critical",
    meaning:
      "Some of the last 24 answers were without TLS and others with it: one of several backends is the usual cause.",
    consequence: "a share of the mail goes in clear",
    advice: "Compare the TLS settings of all machines behind this address: one of them answers without STARTTLS.",
  },
  "starttls.partial": {
    severity: "critical",
    meaning:
      "From some vantages the server offers no TLS, and from others it does: something in the path takes the offer away, or they don't reach the same machine.",
    consequence: "mail that takes this path goes in clear",
    advice:
      "Compare the transcripts side by side: see whether a firewall or relay in one path inspects SMTP, and whether all machines behind the name or address have the same TLS settings.",
  },
  "tls.handshake-failed": {
    severity: "critical",
    meaning: "Every hello, old and new, was answered by an alert or by what isn't TLS.",
    consequence: inClear,
    advice:
      "Look in the mail server's log for its TLS error: most often it has no usable certificate, or no suite in common with anybody.",
  },
  "tls.no-encryption": {
    severity: "critical",
    meaning: "The suite that was agreed does not encrypt (NULL).",
    consequence: inClear,
    advice: "Take the NULL suites (eNULL) out of the mail server's cipher list.",
  },
  "tls.protocol-weak": {
    severity: "warning",
    meaning:
      "The best protocol version that the server agreed to is below the floor (TLS 1.2 unless required otherwise).",
    consequence: "mail is encrypted, but below what is required",
    advice: "Update the mail server's TLS library and allow TLS 1.2 and 1.3.",
  },
  "tls.cipher-weak": {
    severity: "warning",
    meaning:
      "The cipher is below the floor: under 128 bits, RC4, DES, 3DES or EXPORT. As information: CBC or HMAC-SHA1, which pass it.",
    consequence: "mail is encrypted, but below what is required",
    advice:
      "Offer AES-GCM or ChaCha20-Poly1305 suites first, and take RC4, DES, 3DES and EXPORT out of the cipher list.",
  },
  "tls.no-forward-secrecy": {
    severity: "warning",
    meaning: "The key exchange is static RSA: who gets the server's key later can read the mail recorded today.",
    consequence: nothingYet,
    advice: "Offer ECDHE suites first in the mail server's cipher list, and TLS 1.3.",
  },
  "tls.key-exchange-weak": {
    severity: "warning",
    meaning: "The Diffie-Hellman group or curve is below the floor (DH 2048, EC 224 bits unless required otherwise).",
    consequence: "mail is encrypted, but below what is required",
    advice: "Use a Diffie-Hellman group of 2048 bits or more (RFC 7919), or ECDHE only.",
  },
  "tls.protocol-accepted": {
    severity: "warning",
    meaning: "Beside what a modern sender gets, the server would also speak protocols below the required floor.",
    consequence: "a sender that knows nothing better gets a weak session, or one that somebody in the path talks down",
    advice:
      "Switch the old protocols off (Postfix: smtpd_tls_protocols = >=TLSv1.2) once no sender that you need uses them.",
  },
  "tls.protocol-missing": {
    severity: "warning",
    meaning: "The standard that is the floor wants a protocol spoken which the server lacks.",
    consequence: "the session is as good as it is, but the server doesn't meet the standard that is required of it",
    advice: "Update the mail server's TLS library, and allow the protocol (Postfix: smtpd_tls_protocols = >=TLSv1.2).",
  },
  "tls.cipher-accepted": {
    severity: "warning",
    meaning: "Beside what a modern sender gets, the server would also agree on suites below the required floor.",
    consequence:
      "a sender that knows nothing better gets a weak session, and an anonymous or NULL suite protects from nobody",
    advice:
      "Narrow the list of suites to AEAD with ECDHE or DHE (Postfix: smtpd_tls_ciphers = high, smtpd_tls_exclude_ciphers = aNULL).",
  },
  "tls.group-accepted": {
    severity: "warning",
    meaning:
      "Beside what a modern sender gets, the server would also exchange keys over groups below the required floor.",
    consequence: "a sender that asks for such a group gets a key exchange that can be broken",
    advice: "Use a DH prime of 2048 bits or more, and no elliptic curve below 224 bits.",
  },
  ...flawEntries,
  "scan.incomplete": {
    severity: "info",
    meaning: "The server refused, slowed or ended further connections: the rest of the scan says nothing.",
    consequence: nothingYet,
    advice: "Scan again later, or at a slower pace.",
  },
  "cert.none": {
    severity: "warning",
    meaning: "The suite is anonymous: the server showed no certificate.",
    consequence: impersonable,
    advice:
      "Give the mail server a certificate for its MX name, and take the anonymous suites (aNULL) out of its cipher list.",
  },
  "cert.self-signed": {
    severity: "warning",
    meaning: "The certificate signs itself, and nobody we trust vouches for it.",
    consequence: impersonable,
    advice: "Install a certificate of a public authority for the server's name, or publish the present one by DANE.",
  },
  "cert.untrusted": {
    severity: "warning",
    meaning: "No path leads from the certificate to an authority that is trusted.",
    consequence: impersonable,
    advice: "Install a certificate of a public authority, or hand your own authority's root to Chainmail (--ca).",
  },
  "cert.incomplete-chain": {
    severity: "warning",
    meaning: "The server sends its certificate without the intermediate ones that lead to a root.",
    consequence: impersonable,
    advice: "Append the authority's intermediate certificates to the server's certificate file (full chain).",
  },
  "cert.name-mismatch": {
    severity: "warning",
    meaning:
      "The certificate does not name the host that mail is delivered to (RFC 9525; the MX name, never the banner's).",
    consequence: impersonable,
    advice:
      "Get a certificate whose subjectAltName holds the host's name as it stands in MX or in the gateway's route.",
  },
  "cert.expired": {
    severity: "warning",
    meaning: "The certificate's last day is over.",
    consequence: "senders that verify hold the mail back; others take it for unproved",
    advice: "Renew the certificate, reload the mail server, and see why the renewal did not run by itself.",
  },
  "cert.not-yet-valid": {
    severity: "warning",
    meaning: "The certificate's first day is still to come.",
    consequence: "senders that verify hold the mail back; others take it for unproved",
    advice: "Install the certificate on its first day, and check the clock of the machine that issued it.",
  },
  "cert.expiring": {
    severity: "warning",
    meaning: "Less than a third of the certificate's lifetime and less than 21 days are left.",
    consequence: nothingYet,
    advice: "Renew the certificate now and reload the mail server; an automatic renewal would have run by this time.",
  },
  "cert.weak-key": {
    severity: "warning",
    meaning: "The certificate's key is below the floor (RSA 2048, EC 224 bits unless required otherwise).",
    consequence: "mail is encrypted, but below what is required",
    advice: "Make a new key of RSA 2048 bits or P-256 or more, and have the certificate issued for it.",
  },
  "cert.weak-signature": {
    severity: "warning",
    meaning: "The certificate is signed by way of MD5 or SHA-1, which can be forged.",
    consequence: "mail is encrypted, but below what is required",
    advice: "Have the certificate issued again with a SHA-256 signature.",
  },
  "chain.duplicate": {
    severity: "info",
    meaning: "The server sends the same certificate more than once.",
    consequence: nothingYet,
    advice: "Leave each certificate once in the server's certificate file.",
  },
  "dns.failed": {
    severity: "warning",
    meaning: "DNS gave no usable answer, so that nobody knows where mail is delivered.",
    consequence: queues,
    advice: "Check the zone's name servers, its MX records and the addresses of the hosts they name.",
  },
  "dns.null-mx": {
    severity: "info",
    meaning: "The domain says by a null MX that it takes no mail (RFC 7505).",
    consequence: "the domain takes no mail",
    advice: "Publish MX records if the domain is to take mail, or else leave it out of the customers file.",
  },
  "mx.alias": {
    severity: "info",
    meaning: "An MX names an alias (CNAME), which it must not (RFC 2181 §10.3).",
    consequence: nothingYet,
    advice: "Let the MX record name the host itself.",
  },
  "mx.truncated": {
    severity: "warning",
    meaning: "The domain has more than 20 MX hosts: only the 20 of best preference are looked at.",
    consequence: nothingYet,
    advice: "Publish fewer MX records, or one name with several addresses.",
  },
  "mx.bypasses-gateway": {
    severity: "warning",
    meaning: "An MX of the domain is not one of the gateway's hosts, so that mail can come in past the gateway.",
    consequence: "mail sent there does not pass the gateway",
    advice: "Remove the MX record that isn't the gateway's, or add the host to the gateway in the customers file.",
  },
  "hop.downgradable": {
    severity: "info",
    meaning: "The hop is secure, but no sender is told to insist on it (DANE, MTA-STS, or TLS enforced).",
    consequence: nothingYet,
    advice: "Publish an MTA-STS policy or TLSA records for the MX, or let the gateway enforce TLS on this hop.",
  },
  "gateway.tls-mode-disabled": {
    severity: "critical",
    meaning:
      "The gateway's TLS mode for this domain is disabled: it hands mail on in clear, however good the server is.",
    consequence: inClear,
    advice:
      "Set the TLS mode of this domain to enabled (better: enforced) in the gateway's settings, then in the customers file.",
  },
  "downstream.not-exposed": {
    severity: "info",
    meaning: "The customer's server refuses us from outside, as it should: only the gateway may reach it.",
    consequence: nothingYet,
    advice: "Name a vantage that the server admits, so that this hop can be judged.",
  },
  unreachable: {
    severity: "warning",
    meaning: "Nobody answered in SMTP so far that TLS could be judged: a time-out, a reset, a 4xx, or what isn't SMTP.",
    consequence: queues,
    advice: "Check that the server runs, that port and firewall let us in, and what its log says of our connection.",
  },
  "refused-by-policy": {
    severity: "warning",
    meaning: "The server refuses us by its banner or at EHLO (5xx), as with a blocklist. It says nothing about TLS.",
    consequence: "unknown: other senders may be served",
    advice:
      "Read the reply, take our address off the blocklist that it names or have the server admit it, and run `chainmail doctor`.",
  },
  "address.forbidden": {
    severity: "warning",
    meaning: "We refuse to dial this address: it isn't a public one, or its port isn't one of mail.",
    consequence: "unknown: it was not dialled",
    advice: "Publish a public address, or set allowPrivate for this customer if the network is yours.",
  },
} as const satisfies Record<string, Entry>;

export type FindingCode = keyof typeof table;

export const findingCodes = Object.keys(table) as readonly FindingCode[];

/** One finding of the table; `changes` where the case at hand differs from the usual. */
export function finding(
  code: FindingCode,
  evidence: readonly string[] = [],
  changes: Partial<Pick<Finding, "severity" | "consequence" | "advice">> = {},
): Finding {
  const { severity, consequence, advice } = table[code];
  return { code, severity, evidence, consequence, advice, ...changes };
}

/** docs/findings.md, whole. */
export function findingsDocument(): string {
  const sections = findingCodes.map((code) => {
    const { severity, meaning, consequence, advice } = table[code];
    return `## \`${code}\`\n\n${meaning}\n\n- Severity: ${severity}\n- What happens to the mail: ${consequence}\n- What to do: ${advice}\n`;
  });
  return [
    "# Findings\n",
    "Generated from `lib/judge/findings.ts` by `npm run docs`: don't edit.\n",
    "A finding is one judged fact. `critical` makes a hop `lost` (but a `flaw.…` changes no verdict), `warning` makes it `weak`, `unverified` or `unknown` or",
    "warns of what is to come, `info` changes no verdict and no exit code. Where a case differs from the usual, severity,",
    "consequence and advice of the finding itself hold.\n",
    ...sections,
  ].join("\n");
}
