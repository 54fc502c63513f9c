/** Flaws: `warning` at most, but for those by which plaintext or keys can be read or commands be put in. They change no verdict. */

import { type Entry, nothingYet } from "./finding-entry.ts";

const old = "a sender that knows nothing better, or is talked down, gets a session that can be read";
const narrow = "Narrow the list of suites to AEAD with ECDHE (Postfix: smtpd_tls_ciphers = high).";

export const flawEntries = {
  "flaw.version-intolerance": {
    severity: "warning",
    meaning: "The server drops a hello that names TLS 1.3, instead of answering with what it has.",
    consequence: "modern senders have to try again with less, or take the server for one without TLS",
    advice: "Update the mail server or the box in front of it: RFC 8446 §4.2.1 wants unknown versions to be ignored.",
  },
  "flaw.insecure-renegotiation": {
    severity: "warning",
    meaning: "The server knows no secure renegotiation (RFC 5746).",
    consequence: "whoever stands in the path can put words before a sender's session (CVE-2009-3555)",
    advice: "Update the TLS library of the mail server.",
  },
  "flaw.compression": {
    severity: "warning",
    meaning: "The server compresses what it encrypts (CRIME, CVE-2012-4929).",
    consequence: "the size of what is sent gives its content away to who can have a sender send much",
    advice: "Switch TLS compression off (Postfix: tls_ssl_options = NO_COMPRESSION).",
  },
  "flaw.no-fallback-scsv": {
    severity: "info",
    meaning: "The server doesn't notice a client that was talked down to a lower version (RFC 7507).",
    consequence: nothingYet,
    advice: "Update the TLS library, or switch the lower versions off: then there is nothing to be talked down to.",
  },
  "flaw.no-extended-master-secret": {
    severity: "info",
    meaning: "The server knows no extended master secret (RFC 7627).",
    consequence: nothingYet,
    advice: "Update the TLS library of the mail server.",
  },
  "flaw.heartbeat": {
    severity: "info",
    meaning: "The server offers heartbeats (RFC 6520), which mail has no use for.",
    consequence: nothingYet,
    advice: "Update the TLS library: releases that still offer it may have Heartbleed (CVE-2014-0160).",
  },
  "flaw.heartbleed": {
    severity: "critical",
    meaning: "A heartbeat that claims to be longer than it is gets answered with the server's memory (CVE-2014-0160).",
    consequence: "whoever asks reads keys, passwords and mail out of the server's memory",
    advice: "Update OpenSSL at once, then make new keys, have the certificates issued again and revoke the old ones.",
  },
  "flaw.early-ccs": {
    severity: "critical",
    meaning: "The server takes a ChangeCipherSpec before any key was exchanged (CVE-2014-0224).",
    consequence: "whoever stands in the path can make both sides use a key that everybody knows, and read the session",
    advice: "Update OpenSSL at once.",
  },
  "flaw.robot": {
    severity: "critical",
    meaning:
      "The server answers a well-padded RSA key exchange otherwise than ill-padded ones (ROBOT, CVE-2017-13099 and family).",
    consequence: "whoever recorded a session with RSA key exchange can have it decrypted by asking often enough",
    advice: "Take the suites with RSA key exchange out of the cipher list (Postfix: kRSA), and update the TLS library.",
  },
  "flaw.drown": {
    severity: "critical",
    meaning: "The server speaks SSLv2, or another that has the same key does (DROWN, CVE-2016-0800).",
    consequence: "whoever recorded a session with RSA key exchange can have it decrypted by way of SSLv2",
    advice: "Switch SSLv2 off everywhere that this certificate's key is used, and make a new key.",
  },
  "flaw.ticketbleed": {
    severity: "critical",
    meaning: "A short session id, sent with a ticket, comes back with the server's memory behind it (CVE-2016-9244).",
    consequence: "whoever asks reads out of the server's memory, 31 bytes at a time",
    advice: "Update the load balancer (F5 BIG-IP), or switch session tickets off in its profile.",
  },
  "flaw.command-injection": {
    severity: "critical",
    meaning: "What is sent in clear behind STARTTLS is carried out as if it had been sent under TLS (CVE-2011-0411).",
    consequence: "whoever stands in the path can put commands before a sender's, and so take its mail or its password",
    advice: "Update the mail server, and the proxy in front of it, to a release that empties its buffer at STARTTLS.",
  },
  "flaw.poodle": {
    severity: "warning",
    meaning: "SSLv3 is accepted with CBC suites, whose padding it doesn't protect (POODLE, CVE-2014-3566).",
    consequence: old,
    advice: "Switch SSLv3 off (Postfix: smtpd_tls_protocols = >=TLSv1.2).",
  },
  "flaw.freak": {
    severity: "warning",
    meaning: "Suites with RSA keys of 512 bits are accepted, short by the law of the nineties (FREAK, CVE-2015-0204).",
    consequence: old,
    advice: narrow,
  },
  "flaw.logjam": {
    severity: "warning",
    meaning: "Keys are exchanged over a prime of 1024 bits or less (Logjam, CVE-2015-4000).",
    consequence: old,
    advice: "Use a prime of 2048 bits or more (RFC 7919), and no EXPORT suites.",
  },
  "flaw.sweet32": {
    severity: "warning",
    meaning: "Suites with blocks of 64 bits are accepted: 3DES, DES, IDEA, RC2 (SWEET32, CVE-2016-2183).",
    consequence: "in a session of many gigabytes some blocks repeat, and give away what stands in them",
    advice: narrow,
  },
  "flaw.weak-signatures": {
    severity: "warning",
    meaning: "The server signs its key exchange by way of MD5 or SHA-1 where a sender asks for that (RFC 9155).",
    consequence: "who can forge such a signature can pose as this server to a sender that accepts it",
    advice: "Update the TLS library, or raise its security level (OpenSSL: @SECLEVEL=1 or more).",
  },
  "flaw.client-renegotiation": {
    severity: "warning",
    meaning: "A client may begin another handshake within the session as often as it likes (CVE-2011-1473).",
    consequence: "a few clients can keep the server busy with handshakes",
    advice: "Switch renegotiation off (Postfix: tls_ssl_options = NO_RENEGOTIATION).",
  },
  "flaw.several-machines": {
    severity: "info",
    meaning: "Several machines answer behind one address: a scan shows what they have together.",
    consequence: nothingYet,
    advice: "Give all machines behind this address the same TLS settings.",
  },
  "flaw.capabilities-differ": {
    severity: "info",
    meaning:
      "What EHLO offers under TLS differs from what it offers in clear, otherwise than it should (RFC 3207 §4.2).",
    consequence: nothingYet,
    advice:
      "See whether something in the path changes the reply in clear, or a proxy in front of the server answers EHLO.",
  },
  "flaw.needs-server-name": {
    severity: "info",
    meaning: "Without a server name (SNI), which many senders don't send, it refuses or shows another certificate.",
    consequence: "senders that send no name may not get through, or can't verify the server",
    advice: "Make the certificate of the MX name the one that is shown by default.",
  },
  "flaw.resumption": {
    severity: "info",
    meaning: "Up to TLS 1.2 the server gives out session tickets that it doesn't take again.",
    consequence: nothingYet,
    advice: "Give all machines behind this address the same ticket keys, or switch tickets off.",
  },
  "flaw.resumption-tls13": {
    severity: "info",
    meaning: "In TLS 1.3 the server gives out session tickets that it doesn't take again.",
    consequence: nothingYet,
    advice: "Give all machines behind this address the same ticket keys, or switch tickets off.",
  },
  "flaw.mail-in-clear": {
    severity: "info",
    meaning: "The server doesn't insist on TLS: MAIL FROM in clear is taken. A public MX must take it (RFC 3207 §4).",
    consequence: nothingYet,
    advice: "Where all senders are known, insist on TLS (Postfix: smtpd_tls_security_level = encrypt).",
  },
  "flaw.unannounced-starttls": {
    severity: "info",
    meaning: "The server doesn't offer STARTTLS, and takes it all the same.",
    consequence: nothingYet,
    advice: "See what takes the offer away: something in the path, or a setting that hides it from some clients.",
  },
} as const satisfies Record<string, Entry>;
