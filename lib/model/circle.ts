/** Who is told of what several customers share: the contacts behind one target, in one order, so that a sender can go on where another stopped. */

import type { Contact } from "./customer.ts";
import type { TargetKey } from "./target.ts";

/** Customers of one wish that one address is a contact of. */
export interface Share {
  /** `needId` of their wish. */
  readonly need: string;
  /** The first of them by their ids, at most {@link mostNamed}, each with the name by which it reaches the target (its address where there is none). */
  readonly named: readonly { readonly customer: string; readonly host: string }[];
  readonly count: number;
}

/** One address, told once however many of its customers suffer. */
export interface Member {
  /** Of address and wait: members stand in its order. */
  readonly key: string;
  /** With one address. */
  readonly contact: Contact;
  readonly shares: readonly Share[];
}

export const mostNamed = 20;

interface CirclePage {
  /** The key of its first member. */
  readonly first: string;
  /** Digest of what stands on it. */
  readonly id: string;
}

export interface CircleHead {
  readonly digest: string;
  readonly pages: readonly CirclePage[];
  /** How long its second contacts wait for an acknowledgement, ms, each once. */
  readonly waits: readonly number[];
}

/** As it is written: `pages` are those of the head, in its order. */
export interface Circle {
  readonly head: CircleHead;
  readonly pages: readonly (readonly Member[])[];
}

/** A target that shows a certificate whose end is near, or showed it. */
export interface Shown {
  readonly target: TargetKey;
  readonly host: string;
  readonly customers: number;
  /** Null: several. */
  readonly customer: string | null;
  /** `needId` of the wishes that suffer, where there are several customers. */
  readonly needs: readonly string[];
  /** The names that it is shown under, where others are shown another; none: all. */
  readonly names: readonly string[];
  /** Epoch ms since when it shows another; null: it still does. */
  readonly gone: number | null;
  /** Epoch ms of the certificate's end. */
  readonly ends: number;
}

/** `mail it@acme.example 0`. */
export function memberKey({ email, sms, after = 0 }: Contact): string {
  return `${email === null ? `sms ${sms}` : `mail ${email}`} ${after}`;
}

/** Each address of a contact by itself. */
export function addressesOf({ email, sms, after }: Contact): readonly Contact[] {
  const wait = after === undefined ? {} : { after };
  return [
    ...(email === null ? [] : [{ email, sms: null, ...wait }]),
    ...(sms === null ? [] : [{ email: null, sms, ...wait }]),
  ];
}
