/**
 * How many messages one recipient gets in a short time. Above ten mails a second SNS puts a subscription back to pending and
 * deletes it later: a storm would deafen the very mailbox that it is for. And nobody reads the eleventh: what is too much is
 * one digest.
 */

export const pace = {
  /** Messages that may leave at once. */
  capacity: 10,
  /** One more after each. */
  refillMs: 60_000,
  /** Of the capacity, kept for what is critical. */
  reserve: 2,
  /** Messages in one digest; the others are in the next one. */
  mostTogether: 100,
} as const;
const { capacity, refillMs, reserve, mostTogether } = pace;

export interface Bucket {
  readonly tokens: number;
  /** Epoch ms up to which it was filled. */
  readonly at: number;
}

/** `null`: nothing was ever sent. `now` in epoch ms. */
export function filled(bucket: Bucket | null, now: number): Bucket {
  if (bucket === null) return { tokens: capacity, at: now };
  const drops = Math.max(0, Math.floor((now - bucket.at) / refillMs));
  const tokens = bucket.tokens + drops;
  return tokens >= capacity ? { tokens: capacity, at: now } : { tokens, at: bucket.at + drops * refillMs };
}

/** One less; null where it is empty. */
export function taken({ tokens, at }: Bucket): Bucket | null {
  return tokens < 1 ? null : { tokens: tokens - 1, at };
}

/** Epoch ms of the next drop after which a message may leave, and one that isn't urgent too. */
export function nextDrop({ tokens, at }: Bucket, isUrgent: boolean): number {
  const least = isUrgent ? 1 : reserve + 1;
  return at + Math.max(1, least - tokens) * refillMs;
}

export interface Share<T> {
  readonly alone: readonly T[];
  /** In one message. */
  readonly together: readonly T[];
  /** Not before the next drop. */
  readonly later: readonly T[];
}

/**
 * How `tokens` go round: each message alone where they are enough; else the first ones alone and the rest in one digest.
 * `messages` stand in the order they have to leave in, the urgent ones first.
 */
export function shareOut<T>(messages: readonly T[], isUrgent: (message: T) => boolean, tokens: number): Share<T> {
  const urgent = messages.filter(isUrgent).length;
  const forAll = urgent === messages.length ? tokens : Math.max(0, tokens - reserve);
  if (messages.length <= forAll) return { alone: messages, together: [], later: [] };
  const forUrgent = urgent > 0 ? tokens : forAll;
  if (forUrgent < 1) return { alone: [], together: [], later: messages };
  const alone = Math.max(Math.min(urgent, forUrgent - 1), forAll - 1, 0);
  return {
    alone: messages.slice(0, alone),
    together: messages.slice(alone, alone + mostTogether),
    later: messages.slice(alone + mostTogether),
  };
}
