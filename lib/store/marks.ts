/** The ledger's bits: two a slot and cycle, and three 16-bit counts a slot and day. */

import type { CycleMark } from "../model/roster.ts";

const marks: readonly CycleMark[] = ["not-tried", "tls", "clear", "no-answer"];

export function packMarks(all: readonly CycleMark[]): Uint8Array {
  const bytes = new Uint8Array(Math.ceil(all.length / 4));
  all.forEach((mark, slot) => {
    const at = slot >> 2;
    bytes[at] = (bytes[at] ?? 0) | (marks.indexOf(mark) << ((slot & 3) * 2));
  });
  return bytes;
}

export function unpackMarks(bytes: Uint8Array, slots: number): readonly CycleMark[] {
  return Array.from({ length: slots }, (_, slot) => {
    const bits = ((bytes[slot >> 2] ?? 0) >> ((slot & 3) * 2)) & 3;
    return marks[bits] ?? "not-tried";
  });
}

/** What the parts of one cycle say together: a later part's word counts, but 'not tried' is no word. */
export function mergeMarks(earlier: readonly CycleMark[], later: readonly CycleMark[]): readonly CycleMark[] {
  return Array.from({ length: Math.max(earlier.length, later.length) }, (_, slot) => {
    const mark = later[slot] ?? "not-tried";
    return mark === "not-tried" ? (earlier[slot] ?? "not-tried") : mark;
  });
}

export interface SlotCounts {
  readonly tls: number;
  readonly clear: number;
  readonly noAnswer: number;
}

const noCounts: SlotCounts = { tls: 0, clear: 0, noAnswer: 0 };
const bytesPerSlot = 6;
const mostCounted = 0xffff;

/** One day of a slice, in the form it is kept in: big-endian tls, clear and no-answer for each slot. */
export function countMarks(cycles: Iterable<readonly CycleMark[]>): Uint8Array {
  const counts: number[][] = [];
  for (const cycle of cycles) {
    cycle.forEach((mark, slot) => {
      counts[slot] ??= [0, 0, 0];
      const column = marks.indexOf(mark) - 1;
      const row = counts[slot];
      if (column >= 0 && row) row[column] = Math.min((row[column] ?? 0) + 1, mostCounted);
    });
  }
  const bytes = Buffer.alloc(counts.length * bytesPerSlot);
  counts.forEach((row, slot) => {
    row.forEach((count, column) => {
      bytes.writeUInt16BE(count, slot * bytesPerSlot + column * 2);
    });
  });
  return bytes;
}

export function slotCounts(bytes: Uint8Array, slot: number): SlotCounts {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = slot * bytesPerSlot;
  if (at + bytesPerSlot > bytes.length) return noCounts;
  return { tls: view.getUint16(at), clear: view.getUint16(at + 2), noAnswer: view.getUint16(at + 4) };
}

/** Of each slot, all three together. */
export function lookCounts(bytes: Uint8Array): readonly number[] {
  return Array.from({ length: Math.floor(bytes.length / bytesPerSlot) }, (_, slot) => {
    const { tls, clear, noAnswer } = slotCounts(bytes, slot);
    return tls + clear + noAnswer;
  });
}
