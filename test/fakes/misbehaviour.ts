/** What a mail server may do in place of an answer. */

import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { setTimeout as pause } from "node:timers/promises";

export { pause };

export type Misbehaviour =
  /** Closes in good order (FIN). */
  | "close"
  /** Cuts the connection (RST). */
  | "reset"
  /** Says nothing more, and leaves the connection open. */
  | "stall"
  /** One byte of `text` every `everyMs`. */
  | { readonly drip: string; readonly everyMs: number }
  /** `line` again and again until `bytes` were sent. */
  | { readonly flood: string; readonly bytes: number }
  /** Exactly these bytes, then silence. */
  | { readonly send: Uint8Array | string }
  /** Exactly these bytes, then the connection is closed. */
  | { readonly sendAndClose: Uint8Array | string };

/** 256 bytes of every value, line ends among them. */
export const binary = Buffer.from(Array.from({ length: 256 }, (_, i) => (i * 89 + 137) % 256));

/** A fatal alert in a record of its own (RFC 5246 §7.2); 40 is handshake_failure. */
export const tlsAlert = (description = 40): Buffer => Buffer.from([0x15, 3, 1, 0, 2, 2, description]);

export function act(wire: Duplex, raw: Socket, how: Misbehaviour): void {
  if (how === "stall") return;
  if (how === "close") wire.end();
  else if (how === "reset") raw.resetAndDestroy();
  else if ("drip" in how) void drip(wire, how.drip, how.everyMs);
  else if ("flood" in how) flood(wire, how.flood, how.bytes);
  else if ("send" in how) wire.write(how.send);
  else wire.end(how.sendAndClose);
}

async function drip(wire: Duplex, text: string, everyMs: number): Promise<void> {
  for (const byte of text) {
    if (!wire.writable) return;
    wire.write(byte);
    await pause(everyMs);
  }
}

/** As fast as the client takes it: the rest waits in the kernel and here, in one chunk at a time. */
function flood(wire: Duplex, line: string, bytes: number): void {
  const chunk = line.repeat(Math.max(1, Math.ceil(65_536 / line.length)));
  let left = bytes;
  const more = () => {
    while (left > 0 && wire.writable) {
      left -= chunk.length;
      if (!wire.write(chunk)) {
        wire.once("drain", more);
        return;
      }
    }
  };
  more();
}
