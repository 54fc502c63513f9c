/** How often a host may be connected to: `1/5m`. */

/** So many connections to one host in so many ms, and none sooner than an even share of that. */
export interface Pace {
  readonly connections: number;
  readonly perMs: number;
}

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const pattern = /^(\d{1,4})\/(\d{1,6})([smhd])$/;

export const expectedPace = "a pace like 1/5m or 6/1m: connections, and in how long";

/** Null where `text` isn't one. */
export function readPaceText(text: string): Pace | null {
  const [, count, length, unit] = pattern.exec(text) ?? [];
  const connections = Number(count);
  const perMs = Number(length) * (unitMs[unit ?? ""] ?? Number.NaN);
  return connections > 0 && perMs > 0 ? { connections, perMs } : null;
}

/** Between two connections, ms. */
export function gapOf({ connections, perMs }: Pace): number {
  return Math.ceil(perMs / connections);
}
