/** What the operating system's errors mean for a probe: all of them are nobody's word. */

import type { Silence } from "../../model/observation.ts";

const byCode: Readonly<Record<string, Silence>> = {
  ETIMEDOUT: "timeout",
  ECONNREFUSED: "refused",
  ECONNRESET: "reset",
  ECONNABORTED: "reset",
  EPIPE: "closed",
  ENETUNREACH: "network-unreachable",
  ENETDOWN: "network-unreachable",
  EADDRNOTAVAIL: "network-unreachable",
  EAFNOSUPPORT: "network-unreachable",
  EHOSTUNREACH: "host-unreachable",
  EHOSTDOWN: "host-unreachable",
};

export function silenceOf(error: unknown): Silence {
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return byCode[code] ?? "error";
}
