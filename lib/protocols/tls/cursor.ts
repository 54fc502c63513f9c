/** Reads a fixed run of bytes and cannot run past its end: after the first failure all reads give zeroes and `failed` says why. */
export class Cursor {
  readonly #bytes: Uint8Array;
  #at = 0;
  #failed: Malformed | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get failed(): Malformed | undefined {
    return this.#failed;
  }

  get done(): boolean {
    return this.#failed !== undefined || this.#at >= this.#bytes.length;
  }

  bytes(length: number): Uint8Array {
    if (this.#failed !== undefined || this.#at + length > this.#bytes.length) {
      this.#failed ??= { malformed: `${length} bytes wanted at ${this.#at} of ${this.#bytes.length}` };
      return new Uint8Array(0);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  u8(): number {
    return this.bytes(1)[0] ?? 0;
  }

  u16(): number {
    return (this.u8() << 8) | this.u8();
  }

  u24(): number {
    return (this.u16() << 8) | this.u8();
  }

  /** A vector with its length before it in 1, 2 or 3 bytes (RFC 8446 §3.4). */
  vector8(): Uint8Array {
    return this.bytes(this.u8());
  }

  vector16(): Uint8Array {
    return this.bytes(this.u16());
  }

  vector24(): Uint8Array {
    return this.bytes(this.u24());
  }
}

export interface Malformed {
  readonly malformed: string;
}
