/** What handshakes share: built once per process, since reading the roots costs milliseconds. */

import { constants } from "node:crypto";
import { createSecureContext, type SecureContext, type SecureContextOptions } from "node:tls";
import type { TrustRoots } from "../x509/roots.ts";
import { type CertificateCache, createCertificateCache } from "./certificates.ts";

export interface TlsKit {
  readonly roots: TrustRoots;
  /** What most senders offer. */
  readonly usual: SecureContext;
  /** For servers that find nothing to choose in the usual one: all that our library has, post-quantum groups included. */
  readonly wide: SecureContext;
  /** For servers and boxes in the path that TLS 1.3 is too much for: TLS 1.2, few groups, but rarer suites as well. */
  readonly small: SecureContext;
  readonly certificates: CertificateCache;
}

const rememberedCertificates = 5_000;
const everySuite = "ALL:!aNULL:!eNULL:!PSK:!SRP:@SECLEVEL=0";

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
  let wide: SecureContext | undefined;
  return {
    roots,
    usual: createSecureContext({
      ...common,
      ciphers: "DEFAULT:@SECLEVEL=0",
      // The first has its key in the hello. X25519 is the cheapest, and in nearly every server. The hybrids wait
      // for the wide hello: a server that prefers them would make each look a round trip and half as much CPU again.
      ecdhCurve: "X25519:P-256:P-384:P-521:X448:ffdhe2048:ffdhe3072:ffdhe4096",
    }),
    get wide() {
      wide ??= createSecureContext({
        ...common,
        ciphers: everySuite,
        ecdhCurve:
          "X25519MLKEM768:SecP256r1MLKEM768:SecP384r1MLKEM1024:MLKEM768:MLKEM512:MLKEM1024:X25519:P-256:P-384:P-521:X448:ffdhe2048:ffdhe3072:ffdhe4096:ffdhe6144:ffdhe8192",
      });
      return wide;
    },
    // Not before a server asks for it: a context reads all roots, which is a tenth of the life of a single probe.
    get small() {
      small ??= createSecureContext({
        ...common,
        maxVersion: "TLSv1.2",
        ciphers: everySuite,
        ecdhCurve: "X25519:P-256:P-384:P-521",
      });
      return small;
    },
    certificates: createCertificateCache(rememberedCertificates),
  };
}
