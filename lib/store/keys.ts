/** How keys are written, so that text order is the order of numbers and times. */

/** Partitions over which dense items are spread. */
export const shards = 16;

/** The shard of a name, 0 to 15: FNV-1a over its UTF-16 units, the same for ever. */
export function shardOf(name: string): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  return (hash >>> 0) % shards;
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
