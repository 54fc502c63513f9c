/** Writes a run of bytes, big-endian, each vector's length before it: the counterpart of Cursor. */

/** A hello of 65,535 bytes in a record is the largest that a length of two bytes can name. */
const room = 65_536 + 16;

/** One for all, as each is written in one go: hellos of 370 suites are written by the hundred. */
const shared = new Uint8Array(room);

const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

export class Writer {
  #at = 0;

  u8(value: number): this {
    shared[this.#at++] = value;
    return this;
  }

  u16(value: number): this {
    shared[this.#at++] = value >> 8;
    shared[this.#at++] = value;
    return this;
  }

  /** By a typed array: not value by value, which takes twice as long for 370. */
  u16s(values: readonly number[]): this {
    const written = Buffer.from(new Uint16Array(values).buffer);
    return this.bytes(isLittleEndian ? written.swap16() : written);
  }

  bytes(values: ArrayLike<number>): this {
    shared.set(values, this.#at);
    this.#at += values.length;
    return this;
  }

  /** With its length before it in 2 or 3 bytes (RFC 8446 §3.4). */
  vector16(write: () => void): this {
    const before = this.#at;
    this.#at += 2;
    write();
    const length = this.#at - before - 2;
    shared[before] = length >> 8;
    shared[before + 1] = length;
    return this;
  }

  vector24(write: () => void): this {
    this.u8(0);
    return this.vector16(write);
  }

  /** A copy of what was written. */
  written(): Uint8Array {
    return Buffer.from(shared.subarray(0, this.#at));
  }
}
