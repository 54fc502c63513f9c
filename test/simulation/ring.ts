/** Customers who share servers, and whether their own contacts are told of these: who comes and goes, and whose mailbox is one no more. */

import type { Circle } from "../../lib/model/circle.ts";
import { circleDigest, createCircleBuilder } from "../../lib/steps/circle-build.ts";
import { customerOf } from "../fakes/customers.ts";
import type { Happening, Trouble } from "./happenings.ts";
import { minute } from "./happenings.ts";
import { createRandom, type Random } from "./random.ts";
import { secondAfterMs, sharedNeed } from "./servers.ts";

/** Known apart from all else that a message says. */
interface RingCustomer {
  readonly id: string;
  /** Addresses of its contacts; two customers may have one in common. */
  readonly mailboxes: readonly string[];
  /** The one who waits for an acknowledgement; null: nobody. */
  readonly second: string | null;
  /** Targets that it stands behind when the history begins. */
  readonly targets: readonly number[];
}

export interface Ring {
  /** The operator lets their contacts be told of what they share. */
  readonly tellsShared: boolean;
  /** The first two never leave: what they stand behind is shared for ever. */
  readonly customers: readonly RingCustomer[];
  readonly targets: readonly number[];
}

/** One in so many histories; of those with many servers one in three. */
const oneIn = { few: 8, crowd: 3 };
const mostHappenings = 4;
const anchors = 2;

export interface Ringed {
  readonly ring: Ring;
  /** What happens to it, each with the place among the others that it comes before. */
  readonly happenings: readonly { readonly place: number; readonly after: number; readonly what: Happening }[];
}

interface Drawn {
  readonly targets: number;
  readonly isCrowd: boolean;
  readonly faults: boolean;
  /** Things that happen beside it. */
  readonly happenings: number;
}

/** Null for most seeds, unless it is wanted. By a stream of its own: all else is drawn as if there were none. */
export function drawRing(
  seed: number,
  { targets, isCrowd, faults, happenings }: Drawn,
  isWanted = false,
): Ringed | null {
  const random = createRandom(seed ^ 0x5a5a5a5a);
  if (!random.chance(1 / (isCrowd ? oneIn.crowd : oneIn.few)) && !isWanted) return null;
  const shared = Array.from({ length: targets }, (_, target) => target).slice(targets === 1 ? 0 : 1);
  const agency = random.chance(0.3) ? "noc@agency.example" : null;
  const count = random.int(2, 4);
  const customers = Array.from({ length: count }, (_, number): RingCustomer => {
    const id = `ring-${number}`;
    const own = `it@number${number}.example`;
    // The last two are looked after by one and the same.
    const first = agency !== null && number >= count - 2 ? agency : own;
    const mailboxes = random.chance(0.2) ? [first, `also@number${number}.example`] : [first];
    const isAnchor = number < anchors;
    const second = isAnchor && random.chance(0.3) ? `boss@number${number}.example` : null;
    return { id, mailboxes, second, targets: isAnchor ? shared : shared.filter(() => random.chance(0.6)) };
  });
  const ring = { tellsShared: random.chance(0.85), customers, targets: shared };
  const drawn = Array.from({ length: random.int(0, mostHappenings) }, () => {
    const what = faults && random.chance(0.4) ? ringTrouble(random, ring) : ringDeed(random, ring);
    return { place: random.int(0, happenings), after: random.int(0, 3 * minute), what };
  });
  return { ring, happenings: drawn.sort((a, b) => a.place - b.place) };
}

function ringDeed(random: Random, { customers, targets }: Ring): Happening {
  const customer = random.int(0, customers.length - 1);
  const isComing = random.chance(0.4);
  if (customer >= anchors && random.chance(0.6)) {
    return { kind: "stands", customer, target: targets[random.int(0, targets.length - 1)] ?? 0, isBehind: isComing };
  }
  const mailbox = random.int(0, (customers[customer]?.mailboxes.length ?? 1) - 1);
  return { kind: "contact", customer, mailbox, isOne: isComing };
}

function ringTrouble(random: Random, { customers }: Ring): Happening {
  const customer = random.int(0, customers.length - 1);
  const mailbox = random.int(0, (customers[customer]?.mailboxes.length ?? 1) - 1);
  const how = random.pick<Trouble>(["throttles", "hangs", "loses-reply", "never-answers"]);
  return { kind: "contact-trouble", customer, mailbox, how, times: random.int(1, 4) };
}

/** The mailbox of this address. */
export const mailboxName = (address: string): string => `contact ${address}`;

export const isOfRing = (name: string): boolean => name.startsWith(mailboxName(""));

/** Customers that each mailbox is told for, of one subject. */
export type Members = ReadonlyMap<string, readonly string[]>;

export interface RingState {
  /** By subject. */
  members(): ReadonlyMap<string, Members>;
  /** Customers behind a target, and the digest that its entry names; null: it isn't theirs. */
  behind(target: number): { readonly customers: number; readonly circle: string | undefined } | null;
  circleOf(subject: string): Circle | undefined;
  stand(customer: number, target: number, isBehind: boolean): void;
  setContact(customer: number, mailbox: number, isOne: boolean): void;
}

/** As it is now; `subjects` by the number of each target. */
export function createRingState({ customers, targets }: Ring, subjects: readonly string[]): RingState {
  const behind = customers.map((customer) => new Set(customer.targets));
  const contacts = customers.map(({ mailboxes }) => new Set(mailboxes));
  let circles = built();

  const those = (target: number) => customers.flatMap((_, number) => (behind[number]?.has(target) ? [number] : []));

  function built() {
    const builder = createCircleBuilder();
    for (const [number, { id, second }] of customers.entries()) {
      const first = [...(contacts[number] ?? [])].map((email) => ({ email, sms: null }));
      const last = second === null ? [] : [{ email: second, sms: null, after: secondAfterMs }];
      const customer = customerOf(id, { contacts: [...first, ...last] });
      for (const target of behind[number] ?? [])
        builder.add(subjects[target] ?? "", customer, sharedNeed, `mx.${id}.example`);
    }
    const made = new Map(targets.map((target) => [subjects[target] ?? "", builder.circleOf(subjects[target] ?? "")]));
    return made;
  }

  return {
    members() {
      return new Map(
        targets.map((target) => {
          const members = new Map<string, readonly string[]>();
          for (const number of those(target)) {
            const { id = "", second = null } = customers[number] ?? {};
            for (const address of [...(contacts[number] ?? []), ...(second === null ? [] : [second])]) {
              const name = mailboxName(address);
              members.set(name, [...(members.get(name) ?? []), id]);
            }
          }
          return [subjects[target] ?? "", members];
        }),
      );
    },
    behind: (target) =>
      targets.includes(target)
        ? { customers: those(target).length, circle: circleDigest(circles.get(subjects[target] ?? "")) }
        : null,
    circleOf: (subject) => circles.get(subject),
    stand(customer, target, isBehind) {
      if (isBehind) behind[customer]?.add(target);
      else behind[customer]?.delete(target);
      circles = built();
    },
    setContact(customer, mailbox, isOne) {
      const address = customers[customer]?.mailboxes[mailbox];
      if (address === undefined) return;
      if (isOne) contacts[customer]?.add(address);
      else contacts[customer]?.delete(address);
      circles = built();
    },
  };
}
