/** What a scan remembers of its answers: hundreds, of which most show the same certificate. */

import type { Chosen } from "../tls/flight.ts";
import type { Ask } from "./patient.ts";

/** `ask`, and all that was chosen through it, without the buffers it came in. */
export function noting(ask: Ask): { readonly ask: Ask; readonly seen: readonly Chosen[] } {
  const seen: Chosen[] = [];
  const once = pool();
  return {
    seen,
    async ask(question) {
      const answer = await ask(question);
      if (answer.kind === "chosen") seen.push(copyOf(answer, once));
      return answer;
    },
  };
}

type Once = (bytes: Uint8Array) => Uint8Array;

/** The same bytes are kept once. */
function pool(): Once {
  const known = new Map<string, Uint8Array>();
  return (bytes) => {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
    const copy = known.get(text) ?? Uint8Array.from(bytes);
    known.set(text, copy);
    return copy;
  };
}

/** Of the certificates the server's own alone. */
function copyOf({ kind, hello, key, certificates, told }: Chosen, once: Once): Chosen {
  const extensions = new Map([...hello.extensions].map(([type, body]) => [type, once(body)]));
  return {
    kind,
    hello: { ...hello, sessionId: Uint8Array.from(hello.sessionId), extensions },
    key: { ...key, prime: key.prime && once(key.prime) },
    certificates: certificates.slice(0, 1).map(once),
    ...(told && { told }),
  };
}
