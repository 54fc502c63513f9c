/** Stands between the socket and our TLS library and keeps a copy of what the server sends, until told to stop. */

import { Duplex } from "node:stream";
import { mostCertificateBytes } from "./records.ts";

/** Room for the certificates, and for what stands around them. */
const mostFlightBytes = mostCertificateBytes + 65_536;

export class Tap extends Duplex {
  readonly #raw: Duplex;
  #chunks: Uint8Array[] | null = [];
  #length = 0;

  constructor(raw: Duplex) {
    super();
    this.#raw = raw;
    raw.on("data", (chunk: Buffer) => {
      this.#keep(chunk);
      if (!this.push(chunk)) raw.pause();
    });
    raw.once("end", () => this.push(null));
    raw.once("error", (error) => this.destroy(error));
    raw.once("close", () => this.destroy());
  }

  /** What was kept; from now on nothing is. Null when it was more than any honest server sends. */
  takeFlight(): Uint8Array | null {
    const flight = this.#chunks === null ? null : Buffer.concat(this.#chunks);
    this.#chunks = null;
    return flight;
  }

  #keep(chunk: Uint8Array): void {
    if (this.#chunks === null) return;
    this.#length += chunk.length;
    if (this.#length > mostFlightBytes) this.#chunks = null;
    else this.#chunks.push(chunk);
  }

  override _read(): void {
    this.#raw.resume();
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    this.#raw.write(chunk, done);
  }

  override _final(done: () => void): void {
    this.#raw.end(done);
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.#raw.destroy();
    done(error);
  }
}
