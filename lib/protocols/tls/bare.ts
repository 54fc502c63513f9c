/** The last try: a hello of our own making. Only the server's first flight is read; no session comes of it. */

import { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import type { CertificateFacts, ChainEntry, HelloAttempt, TlsFacts } from "../../model/observation.ts";
import type { Deadline } from "../deadline.ts";
import { silenceOf } from "../ip/silence.ts";
import type { CertificateCache } from "./certificates.ts";
import { type Chosen, FlightReader } from "./flight.ts";
import { legacyHello, writeHello } from "./hello.ts";
import { protocolByVersion } from "./messages.ts";
import { mostCertificateBytes } from "./records.ts";
import { suiteByCode } from "./suites.ts";

export interface BareRequest {
  readonly sni: string | null;
  /** 32 bytes. */
  readonly random: Uint8Array;
  readonly certificates: CertificateCache;
}

export type BareResult =
  | { readonly kind: "chosen"; readonly tls: TlsFacts; readonly certificate: CertificateFacts | null }
  | { readonly kind: "too-much" }
  | { readonly kind: "failed"; readonly attempt: HelloAttempt };

/** Certificates, and all that a flight has beside them. */
const mostFlightBytes = mostCertificateBytes + 65_536;

/** Once a suite was chosen, the rest of the flight is only waited for this long. */
const restMs = 1_000;

/** Never rejects. The socket is destroyed when it returns. */
export function bareHandshake(
  raw: Duplex,
  { sni, random, certificates }: BareRequest,
  deadline: Deadline,
  limitMs: number,
): Promise<BareResult> {
  const flight = new FlightReader();
  let length = 0;
  let waitsForRest = false;
  return new Promise((resolve) => {
    const finish = (result: BareResult) => {
      deadline.clear();
      raw.off("data", onData).off("end", onEnd).off("error", onError).off("close", onEnd);
      raw.on("error", () => {});
      raw.destroy();
      resolve(result);
    };
    const chosen = (answer: Chosen) => finish(factsOf(answer, certificates));
    const failed = (answer: HelloAttempt["answer"], detail: string) =>
      finish({ kind: "failed", attempt: { hello: "legacy", answer, detail } });
    /** Nothing more will come. */
    const ended = (answer: HelloAttempt["answer"], detail: string) =>
      flight.soFar ? chosen(flight.soFar) : failed(answer, detail);

    const onEnd = () => ended("closed", "the connection was closed");
    const onError = (error: Error) => ended(silenceOf(error), error.message);
    const onData = (chunk: Uint8Array) => {
      length += chunk.length;
      flight.push(chunk);
      const { answer } = flight;
      if (answer?.kind === "chosen") chosen(answer);
      else if (answer?.kind === "too-much" || length > mostFlightBytes) finish({ kind: "too-much" });
      else if (answer?.kind === "alert" && answer.name === "close_notify") onEnd();
      else if (answer?.kind === "alert") failed("alert", answer.name);
      else if (answer?.kind === "not-tls") failed("not-tls", answer.text);
      else if (flight.soFar && !waitsForRest) {
        waitsForRest = true;
        deadline.arm(restMs, onTimeout);
      }
    };
    const onTimeout = () => ended("timeout", `no answer within ${Math.round(limitMs)} ms`);

    deadline.arm(limitMs, onTimeout);
    raw.on("data", onData).on("end", onEnd).on("error", onError).on("close", onEnd);
    raw.write(writeHello(legacyHello(random, sni)));
  });
}

function factsOf({ hello, key, certificates: sent }: Chosen, certificates: CertificateCache): BareResult {
  const protocol = protocolByVersion(hello.version);
  const suite = suiteByCode(hello.suite);
  if (protocol === undefined || protocol === "TLSv1.3" || suite === undefined) {
    const text = `a hello that chose what was not offered: version ${hex(hello.version)}, suite ${hex(hello.suite)}`;
    return { kind: "failed", attempt: { hello: "legacy", answer: "not-tls", detail: text } };
  }
  return {
    kind: "chosen",
    tls: {
      protocol,
      cipher: suite.openssl,
      iana: suite.iana,
      bits: suite.bits,
      group: key.group,
      groupBits: key.bits,
      forwardSecret: suite.forwardSecret,
      authenticated: suite.authentication !== "anonymous",
      seenBy: "hello",
    },
    certificate: certificateOf(sent, certificates),
  };
}

const hex = (value: number): string => `0x${value.toString(16).padStart(4, "0")}`;

/** Trust can't be judged: nobody proved to have the certificate's key. */
function certificateOf(sent: readonly Uint8Array[], certificates: CertificateCache): CertificateFacts | null {
  const [first] = sent;
  if (first === undefined) return null;
  try {
    const leaf = certificates.leaf(new X509Certificate(first));
    const chain = sent.map(certificates.entry).filter((entry): entry is ChainEntry => entry !== null);
    return { leaf, trust: "not-checked", chain };
  } catch {
    return null;
  }
}
