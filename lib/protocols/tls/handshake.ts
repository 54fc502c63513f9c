/** A handshake by our TLS library, completed whatever the certificate says, and what it tells. */

import type { X509Certificate } from "node:crypto";
import type { Duplex } from "node:stream";
import { connect, type DetailedPeerCertificate, type TLSSocket } from "node:tls";
import type { CertificateFacts, ChainEntry, HelloAttempt, TlsFacts } from "../../model/observation.ts";
import type { Deadline } from "../deadline.ts";
import { silenceOf } from "../ip/silence.ts";
import { trustOf } from "../x509/trust.ts";
import { certificatesAsSent } from "./chain.ts";
import { tlsFactsOf } from "./facts.ts";
import type { TlsKit } from "./kit.ts";
import { alertName } from "./messages.ts";
import { mostCertificateBytes } from "./records.ts";
import { Tap } from "./tap.ts";

export interface HandshakeRequest {
  readonly kit: TlsKit;
  readonly hello: "usual" | "wide" | "small";
  /** The name to send (RFC 6066 §3), without a trailing dot; null for none. */
  readonly sni: string | null;
  /** The chain as sent costs a copy of every byte: only when asked for. */
  readonly readChain: boolean;
  /** Epoch ms. */
  readonly now: number;
}

export type HandshakeResult =
  | {
      readonly kind: "agreed";
      readonly socket: TLSSocket;
      readonly tls: TlsFacts;
      readonly certificate: CertificateFacts | null;
    }
  | { readonly kind: "too-much" }
  | { readonly kind: "failed"; readonly attempt: HelloAttempt };

/** Never rejects. Unless it was agreed, the socket is destroyed when it returns. */
export function handshake(
  raw: Duplex,
  request: HandshakeRequest,
  deadline: Deadline,
  limitMs: number,
): Promise<HandshakeResult> {
  const { kit, hello, sni, readChain } = request;
  const tap = readChain ? new Tap(raw) : null;
  return new Promise((resolve) => {
    const socket = connect({
      socket: tap ?? raw,
      secureContext: kit[hello],
      servername: sni ?? "",
      rejectUnauthorized: false,
      // Short keys are judged later, names once and by our own rules.
      minDHSize: 1,
      checkServerIdentity: () => undefined,
    });
    // Node builds the whole legacy object for its name check, which we don't want: it's a third of the handshake's cost.
    socket.getPeerCertificate = noCertificate;
    let secret: Uint8Array | null = null;
    if (tap) socket.on("keylog", (line: Buffer) => (secret = serverSecretIn(line) ?? secret));

    const finish = (result: HandshakeResult) => {
      deadline.clear();
      socket.off("secureConnect", onSecure).off("error", onError).off("close", onClose);
      // Errors that come after everybody has left must not end the process.
      socket.on("error", () => {});
      if (result.kind !== "agreed") {
        socket.destroy();
        raw.destroy();
      }
      resolve(result);
    };
    const failed = (answer: HelloAttempt["answer"], detail: string) =>
      finish({ kind: "failed", attempt: { hello, answer, detail } });
    const onError = (error: Error) => {
      if (codeOf(error) === "ERR_SSL_EXCESSIVE_MESSAGE_SIZE") finish({ kind: "too-much" });
      else finish({ kind: "failed", attempt: { hello, ...meaningOf(error) } });
    };
    const onClose = () => failed("closed", "the connection was closed");
    const onSecure = () => {
      const sent = tap ? certificatesIn(tap, secret) : null;
      if (sent === "too-much") finish({ kind: "too-much" });
      else
        finish({ kind: "agreed", socket, tls: tlsFactsOf(socket), certificate: certificateOf(socket, request, sent) });
    };
    socket.on("secureConnect", onSecure).on("error", onError).on("close", onClose);
    deadline.arm(limitMs, () => failed("timeout", `no answer within ${Math.round(limitMs)} ms`));
  });
}

const noCertificate = () => ({}) as DetailedPeerCertificate;

/** `SERVER_HANDSHAKE_TRAFFIC_SECRET <client random> <secret>` of the key log (NSS format): there is none up to TLS 1.2. */
function serverSecretIn(line: Buffer): Uint8Array | undefined {
  const [label, , secret = ""] = line.toString("latin1").trim().split(" ");
  return label === "SERVER_HANDSHAKE_TRAFFIC_SECRET" ? Buffer.from(secret, "hex") : undefined;
}

function certificatesIn(tap: Tap, secret: Uint8Array | null): readonly Uint8Array[] | null | "too-much" {
  const flight = tap.takeFlight();
  if (flight === null) return "too-much";
  const sent = certificatesAsSent(flight, secret);
  const size = sent?.reduce((sum, { length }) => sum + length, 0) ?? 0;
  return size > mostCertificateBytes ? "too-much" : sent;
}

function certificateOf(
  socket: TLSSocket,
  { kit, now }: HandshakeRequest,
  sent: readonly Uint8Array[] | null,
): CertificateFacts | null {
  // Once, and last: asked a second time, Node 24 has lost the certificate (nodejs/node#65579).
  const leaf = socket.getPeerX509Certificate();
  if (leaf === undefined) return null;
  const chain = sent?.map(kit.certificates.entry).filter((entry): entry is ChainEntry => entry !== null) ?? null;
  const authorizationError = socket.authorized ? null : String(socket.authorizationError);
  const above = authorizationError === null ? null : issuersOf(leaf);
  const trust = trustOf({ authorizationError, leaf, chain: above, roots: kit.roots, now });
  return { leaf: kit.certificates.leaf(leaf), trust, chain };
}

/** The certificates above the leaf, as our TLS library put them in order. */
export function issuersOf(leaf: X509Certificate): readonly X509Certificate[] {
  const path: X509Certificate[] = [];
  for (let next = leaf.issuerCertificate; next && path.length < 10; next = next.issuerCertificate) {
    if (path.some(({ fingerprint256 }) => fingerprint256 === next?.fingerprint256)) break;
    path.push(next);
  }
  return path;
}

function codeOf(error: Error): string {
  return "code" in error ? String(error.code) : "";
}

/** What OpenSSL says of bytes that can't be TLS. */
const notTls = new Set([
  "ERR_SSL_WRONG_VERSION_NUMBER",
  "ERR_SSL_HTTP_REQUEST",
  "ERR_SSL_HTTPS_PROXY_REQUEST",
  "ERR_SSL_UNKNOWN_PROTOCOL",
  "ERR_SSL_PACKET_LENGTH_TOO_LONG",
  "ERR_SSL_RECORD_LAYER_FAILURE",
  "ERR_SSL_UNEXPECTED_RECORD",
  "ERR_SSL_UNEXPECTED_MESSAGE",
]);

/** From the library's error to what the server did. */
function meaningOf(error: Error): Pick<HelloAttempt, "answer" | "detail"> {
  const code = codeOf(error);
  const alert = /SSL alert number (\d+)/.exec(error.message)?.[1];
  if (alert !== undefined) return { answer: "alert", detail: alertName(Number(alert)) };
  if (notTls.has(code)) return { answer: "not-tls", detail: reasonOf(error) };
  if (code.startsWith("ERR_SSL")) return { answer: "server-hello", detail: reasonOf(error) };
  // Node gives a connection that ended in good order the code of one that was reset, but no system call.
  const silence = code === "ECONNRESET" && !("syscall" in error) ? "closed" : silenceOf(error);
  return { answer: silence, detail: error.message };
}

function reasonOf(error: Error): string {
  return "reason" in error ? String(error.reason) : error.message;
}
