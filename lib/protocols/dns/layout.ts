/**
 * The frame of a DNS message (RFC 1035 §4.1), walked over the raw bytes before a decoder sees it: where each record
 * lies, whether its length is true, and which names carry labels that text could not tell apart.
 */

interface RecordFrame {
  /** The type's number. */
  readonly type: number;
  /** False when a label of the owner's name or of the name in its data has bytes outside [A-Za-z0-9_-]. */
  readonly plain: boolean;
}

export interface Layout {
  readonly id: number;
  readonly response: boolean;
  readonly truncated: boolean;
  /** RFC 1035 §4.1.1; without EDNS's upper bits. */
  readonly rcode: number;
  /** Null when the question section is empty. */
  readonly question: { readonly name: string; readonly type: number; readonly class: number } | null;
  /** The answer section; null when the rest of the message is malformed. */
  readonly answers: readonly RecordFrame[] | null;
}

const headerBytes = 12;
/** More records than any honest answer to one question of ours has. */
const mostRecords = 512;
/** A name has at most 127 labels (RFC 1035 §2.3.4), so it needs no more pointers than that. */
const mostPointers = 127;

/** Record types whose data is a name, behind so many other bytes: NS, CNAME, PTR, DNAME and MX. */
const nameInData = new Map([
  [2, 0],
  [5, 0],
  [12, 0],
  [39, 0],
  [15, 2],
]);
/** Record types whose data has one length: A and AAAA. */
const dataBytes = new Map([
  [1, 4],
  [28, 16],
]);

/** Thrown within this file only. */
class Malformed extends Error {}

/** The layout of `message`, or `undefined` when its header and question aren't such as an answer to us would have. */
export function layoutOf(message: Uint8Array): Layout | undefined {
  if (message.length < headerBytes) return undefined;
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  const flags = view.getUint16(2);
  const counts = [4, 6, 8, 10].map((at) => view.getUint16(at)) as [number, number, number, number];
  const [questions, answerCount, authorities, additionals] = counts;
  if (questions > 1) return undefined;
  const walk = new Walk(message, view);
  try {
    return {
      id: view.getUint16(0),
      response: (flags & 0x8000) !== 0,
      truncated: (flags & 0x0200) !== 0,
      rcode: flags & 0x000f,
      question: questions === 1 ? walk.question() : null,
      answers: readRecords(walk, answerCount, authorities + additionals),
    };
  } catch (error) {
    if (error instanceof Malformed) return undefined;
    throw error;
  }
}

function readRecords(walk: Walk, answers: number, others: number): readonly RecordFrame[] | null {
  if (answers + others > mostRecords) return null;
  try {
    const frames = Array.from({ length: answers }, () => walk.record());
    for (let n = 0; n < others; n++) walk.record();
    return frames;
  } catch (error) {
    if (error instanceof Malformed) return null;
    throw error;
  }
}

class Walk {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  #at = headerBytes;

  constructor(bytes: Uint8Array, view: DataView) {
    this.#bytes = bytes;
    this.#view = view;
  }

  question(): { name: string; type: number; class: number } {
    const { text, plain } = this.#name();
    if (!plain) throw new Malformed();
    return { name: text, type: this.#u16(), class: this.#u16() };
  }

  record(): RecordFrame {
    const owner = this.#name();
    const type = this.#u16();
    this.#skip(6);
    const length = this.#u16();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new Malformed();
    const before = nameInData.get(type);
    let plain = owner.plain;
    if (before !== undefined) {
      this.#skip(before);
      plain = this.#name().plain && plain;
      if (this.#at !== end) throw new Malformed();
    }
    if ((dataBytes.get(type) ?? length) !== length) throw new Malformed();
    this.#at = end;
    return { type, plain };
  }

  #skip(bytes: number): void {
    this.#at += bytes;
    if (this.#at > this.#bytes.length) throw new Malformed();
  }

  #u16(): number {
    const at = this.#at;
    this.#skip(2);
    return this.#view.getUint16(at);
  }

  /** Reads a name (RFC 1035 §4.1.4); `plain` is false when a label holds other bytes than [A-Za-z0-9_-]. */
  #name(): { text: string; plain: boolean } {
    const labels: string[] = [];
    let plain = true;
    let at = this.#at;
    let pointers = 0;
    for (;;) {
      const length = this.#bytes[at];
      if (length === undefined) throw new Malformed();
      if (length >= 0xc0) {
        const low = this.#bytes[at + 1];
        if (low === undefined || ++pointers > mostPointers) throw new Malformed();
        if (pointers === 1) this.#at = at + 2;
        at = ((length & 0x3f) << 8) | low;
        continue;
      }
      if (length > 63 || at + 1 + length > this.#bytes.length || labels.length > 127) throw new Malformed();
      if (length === 0) break;
      const label = Buffer.from(this.#bytes.subarray(at + 1, at + 1 + length)).toString("latin1");
      plain &&= /^[A-Za-z0-9_-]+$/.test(label);
      labels.push(label);
      at += 1 + length;
    }
    if (pointers === 0) this.#at = at + 1;
    return { text: labels.join("."), plain };
  }
}
