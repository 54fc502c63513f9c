/** What handshakes share: built once per process, since reading the roots costs milliseconds. */

import { constants } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { TrustRoots } from "../x509/roots.ts";
import { type CertificateCache, createCertificateCache } from "./certificates.ts";

export interface TlsKit {
  readonly roots: TrustRoots;
  /** What a modern sender offers. */
  readonly full: SecureContext;
  /** For servers and boxes in the path that the full hello is too much for: TLS 1.2, few groups, but rarer suites as well. */
  readonly small: SecureContext;
  readonly certificates: CertificateCache;
}

const rememberedCertificates = 5_000;

/**
 * Everything is accepted here, and judged later: old versions, short keys and weak signatures by `@SECLEVEL=0`,
 * servers without secure renegotiation (RFC 5746) by an option. Not the suites without a certificate or a cipher:
 * a server that prefers them would hide what else it has.
 */
export function createTlsKit(roots: TrustRoots): TlsKit {
  const common: SecureContextOptions = {
    ca: [...roots.pems],
    minVersion: "TLSv1",
    secureOptions: constants.SSL_OP_LEGACY_SERVER_CONNECT,
  };
  let small: SecureContext | undefined;
  return {
    roots,
    full: createSecureContext({
      ...common,
      ciphers: "DEFAULT:@SECLEVEL=0",
      // The first has its key in the hello. X25519 is the cheapest, and in nearly every server. The hybrids aren't
      // offered: a server that prefers them would make each look a round trip and half as much CPU again.
      ecdhCurve: "X25519:P-256:P-384:P-521:X448:ffdhe2048:ffdhe3072:ffdhe4096",
    }),
    // Not before a server asks for it: a context reads all roots, which is a tenth of the life of a single probe.
    get small() {
      small ??= createSecureContext({
        ...common,
        maxVersion: "TLSv1.2",
        ciphers: "ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0",
        ecdhCurve: "X25519:P-256:P-384:P-521",
      });
      return small;
    },
    certificates: createCertificateCache(rememberedCertificates),
  };
}
