/** How keys are written, so that text order is the order of numbers and times. */

import { spread } from "../model/spread.ts";

/** Partitions over which dense items are spread. */
export const shards = 16;

/** The shard of a name, 0 to 15, the same for ever. */
export function shardOf(name: string): number {
  return spread(name) % shards;
}

/** Epoch ms as 13 digits. */
export function timeKey(at: number): string {
  return String(Math.max(0, Math.floor(at))).padStart(13, "0");
}

export function numberKey(number: number): string {
  return String(number).padStart(8, "0");
}

export const dayMs = 86_400_000;

/** `YYYY-MM-DD`, UTC. */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

export function dayStart(day: string): number {
  return Date.parse(`${day}T00:00:00Z`);
}

/** DynamoDB's time to live counts in seconds. */
export function expiresAt(at: number): number {
  return Math.ceil(at / 1000);
}
