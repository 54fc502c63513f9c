/** Who listens at a topic, as its service lists them, and what is remembered of them. */

export interface ListedSubscription {
  /** `email`, `sms`, `https`, `sqs`, … */
  readonly protocol: string;
  /** An address, a number, a URL or an ARN. */
  readonly endpoint: string;
  /** Not confirmed: gets no message. */
  readonly pending: boolean;
}

export interface KnownSubscription {
  readonly protocol: string;
  readonly endpoint: string;
  readonly state: "confirmed" | "pending" | "vanished";
  /** Epoch ms when it was first seen so. */
  readonly since: number;
  /** It was confirmed once. */
  readonly wasConfirmed: boolean;
}

/** Who listened at one topic when it was asked last. */
export interface KnownTopic {
  /** Its ARN. */
  readonly topic: string;
  readonly known: readonly KnownSubscription[];
}

/** The document `subscriptions`: the operators' own topic first. Older releases kept that one alone. */
export type KnownSubscriptions = { readonly topics: readonly KnownTopic[] } | KnownTopic;

export const subscriptionsDocument = "subscriptions";

/** None before the first hour. */
export function knownTopics(value: KnownSubscriptions | null): readonly KnownTopic[] {
  if (value === null) return [];
  return "topics" in value ? value.topics : [value];
}

/** The service of a topic. Rejects where it can't be asked. */
export interface SubscriptionService {
  readonly topic: string;
  list(): Promise<readonly ListedSubscription[]>;
}

export type Confirmed =
  | { readonly kind: "confirmed"; readonly subscription: string }
  /** One sentence. */
  | { readonly kind: "refused"; readonly why: string };
