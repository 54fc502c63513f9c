/** What was agreed, as our TLS library tells it after a handshake. */

import type { TLSSocket } from "node:tls";
import type { ProtocolName, TlsFacts } from "../../model/observation.ts";
import { suiteNamed } from "./suites.ts";

export function tlsFactsOf(socket: TLSSocket): TlsFacts {
  const { name, standardName } = socket.getCipher();
  // Not getCipher().version: that is the first version that had the suite.
  const protocol = socket.getProtocol() as ProtocolName;
  const suite = suiteNamed(standardName, name);
  const key = groupOf(socket, protocol);
  return {
    protocol,
    cipher: name,
    iana: standardName,
    bits: suite.bits,
    ...key,
    forwardSecret: suite.forwardSecret,
    authenticated: suite.authentication !== "anonymous",
    seenBy: "library",
  };
}

/** The registry's names of the curves that OpenSSL calls otherwise. */
const otherNames: Readonly<Record<string, string>> = { prime256v1: "secp256r1", prime192v1: "secp192r1" };

function groupOf(socket: TLSSocket, protocol: ProtocolName): Pick<TlsFacts, "group" | "groupBits"> {
  const key = socket.getEphemeralKeyInfo() ?? {};
  if (!("type" in key)) return { group: null, groupBits: null };
  const size = "size" in key && typeof key.size === "number" ? key.size : null;
  // Node tells a finite field without its name; in TLS 1.3 it can only be one of RFC 7919.
  if (key.type === "DH") return { group: protocol === "TLSv1.3" ? `ffdhe${size}` : "dh", groupBits: size };
  const name = "name" in key && typeof key.name === "string" ? key.name : "";
  return { group: (otherNames[name] ?? name).toLowerCase() || null, groupBits: size };
}
