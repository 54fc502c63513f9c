/** Replies as they arrive (RFC 5321 §4.2): incremental, bounded, no I/O. */

import type { Reply } from "../../model/observation.ts";
import { printable } from "../printable.ts";

export interface ReplyBounds {
  /** Of one reply. */
  readonly lines: number;
  /** Bytes of one line, its end not counted. */
  readonly line: number;
}

const replyBounds: ReplyBounds = { lines: 100, line: 2_048 };

/** Bytes left to read in a whole probe, over all its connections. */
export interface Budget {
  bytes: number;
}

export const plaintextBudget = (): Budget => ({ bytes: 65_536 });

export type Read =
  | { readonly kind: "reply"; readonly reply: Reply }
  /** What stands there isn't a reply, or not one of one piece. `line` is printable. */
  | { readonly kind: "not-smtp"; readonly line: string }
  | { readonly kind: "too-much"; readonly what: "lines" | "line" | "plaintext" };

/** Of a line that isn't SMTP no more than this is told: it may be anybody's. */
const shownOfStrangeLine = 200;

const lf = 0x0a;
const cr = 0x0d;
const nothing = Buffer.alloc(0);

/**
 * Cuts what arrives into replies. After the first thing that isn't one, nothing more is read.
 *
 * A line may end in a bare LF: that is tolerated and noticed. A strange line is noticed by its first bytes, without
 * waiting for its end.
 */
export class ReplyReader {
  readonly #budget: Budget;
  readonly #heard: (line: string) => void;
  readonly #bounds: ReplyBounds;
  /** What arrived; up to `#at` it was read. */
  #bytes: Buffer = nothing;
  #at = 0;
  #code: number | null = null;
  #lines: string[] = [];
  #stop: Read | undefined;
  bareLf = false;

  /** `heard` gets each finished line as it was sent, without its end. */
  constructor(budget: Budget, heard: (line: string) => void = () => {}, bounds: ReplyBounds = replyBounds) {
    this.#budget = budget;
    this.#heard = heard;
    this.#bounds = bounds;
  }

  push(chunk: Buffer): void {
    if (this.#stop) return;
    this.#budget.bytes -= chunk.length;
    // What fits is still read: it may hold whole replies.
    const fits = this.#budget.bytes < 0 ? chunk.subarray(0, Math.max(0, chunk.length + this.#budget.bytes)) : chunk;
    this.#bytes = this.#at === this.#bytes.length ? fits : Buffer.concat([this.leftover, fits]);
    this.#at = 0;
  }

  /** The next reply, or what stopped the reading; undefined while there is none. */
  take(): Read | undefined {
    while (!this.#stop) {
      const end = this.#bytes.indexOf(lf, this.#at);
      const length = (end < 0 ? this.#bytes.length : end) - this.#at;
      if (!couldBeReply(this.#bytes, this.#at, length, end >= 0)) return this.#strange(length);
      if (length > this.#bounds.line + 1) return this.#stopAt({ kind: "too-much", what: "line" });
      if (end < 0) return this.#budget.bytes < 0 ? this.#stopAt({ kind: "too-much", what: "plaintext" }) : undefined;
      const read = this.#line(end);
      if (read) return read;
    }
    return this.#stop;
  }

  /** What arrived and was not taken. */
  get leftover(): Buffer {
    return this.#bytes.subarray(this.#at);
  }

  #line(end: number): Read | undefined {
    const crlf = this.#bytes[end - 1] === cr;
    const line = this.#bytes.toString("utf8", this.#at, crlf ? end - 1 : end);
    const code = Number(line.slice(0, 3));
    if (this.#code !== null && this.#code !== code) return this.#strange(end - this.#at);
    if (this.#lines.length === this.#bounds.lines) return this.#stopAt({ kind: "too-much", what: "lines" });
    this.bareLf ||= !crlf;
    this.#at = end + 1;
    this.#heard(line);
    this.#code = code;
    this.#lines.push(line.slice(4));
    if (line[3] === "-") return undefined;
    const reply: Reply = { code, lines: this.#lines };
    this.#code = null;
    this.#lines = [];
    return { kind: "reply", reply };
  }

  #strange(length: number): Read {
    const line = printable(this.leftover.subarray(0, length), shownOfStrangeLine).replace(/\\x0d$/, "");
    return this.#stopAt({ kind: "not-smtp", line });
  }

  #stopAt(read: Read): Read {
    this.#stop = read;
    this.#bytes = nothing;
    this.#at = 0;
    return read;
  }
}

/** A code of three digits from 200 to 599, and then a space, a hyphen or the end (RFC 5321 §4.2), as far as it has come. */
function couldBeReply(bytes: Uint8Array, at: number, length: number, whole: boolean): boolean {
  const first = bytes[at] ?? 0;
  const second = bytes[at + 1] ?? 0;
  const third = bytes[at + 2] ?? 0;
  const fourth = bytes[at + 3] ?? 0;
  if (whole && length < 3) return false;
  if (length > 0 && (first < 0x32 || first > 0x35)) return false;
  if (length > 1 && !isDigit(second)) return false;
  if (length > 2 && !isDigit(third)) return false;
  return length < 4 || fourth === 0x20 || fourth === 0x2d || fourth === cr;
}

function isDigit(byte: number): boolean {
  return byte >= 0x30 && byte <= 0x39;
}
