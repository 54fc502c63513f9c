/** Whose contacts a message is for where several customers share its subject, read page by page. */

import { addressesOf, type CircleHead, type Member, memberKey, type Share, type Shown } from "../../model/circle.ts";
import type { Contact } from "../../model/customer.ts";
import type { Alert } from "../../model/incident.ts";
import type { TargetKey } from "../../model/target.ts";
import type { StateStore } from "../../store/store.ts";

/** One customer's own contacts, or those behind a target that several share. */
export type Source = { readonly kind: "customer"; readonly customer: string; readonly host: string } | SharedSource;

/** `needs` and `names`: those that suffer; none: all. */
interface SharedSource {
  readonly kind: "circle";
  readonly target: TargetKey;
  readonly needs: readonly string[];
  readonly names: readonly string[];
}

export interface Sources {
  /** In no promised order. */
  of(alert: Alert): Promise<readonly Source[]>;
  /** Members behind the key `after`, in order; at most `limit`. */
  next(source: Source, after: string, limit: number): Promise<readonly Member[]>;
  member(source: Source, key: string): Promise<Member | undefined>;
  /** How long its second contacts wait for an acknowledgement, ms. */
  waits(source: Source): Promise<readonly number[]>;
}

interface SourcesWorld {
  readonly state: Pick<StateStore, "circle" | "circlePage" | "shown">;
  /** Those who want messages. */
  readonly contactsOf: (customer: string) => Promise<readonly Contact[]>;
}

const mostReads = 5;

/** For one pass: each head is read once. */
export function createSources({ state, contactsOf }: SourcesWorld): Sources {
  const heads = new Map<TargetKey, Promise<CircleHead | undefined>>();
  const shown = new Map<string, Promise<readonly Shown[]>>();

  function headOf(target: TargetKey): Promise<CircleHead | undefined> {
    const known = heads.get(target) ?? state.circle(target);
    heads.set(target, known);
    return known;
  }

  function shownOf(sha256: string): Promise<readonly Shown[]> {
    const known = shown.get(sha256) ?? state.shown(sha256);
    shown.set(sha256, known);
    return known;
  }

  /** Page `at` of a circle and how many there are; read anew where another circle took its place. */
  async function pageAt(target: TargetKey, after: string, skip: number): Promise<readonly Member[] | undefined> {
    for (let reads = 0; reads < mostReads; reads++) {
      const pages = (await headOf(target))?.pages ?? [];
      const begins = pages.findLastIndex(({ first }) => first <= after);
      const page = pages[Math.max(0, begins) + skip];
      if (page === undefined) return undefined;
      const members = await state.circlePage(target, page.id);
      if (members !== undefined) return members;
      heads.delete(target);
    }
    throw new Error(`whose contacts are behind ${target} is being rewritten: it did not stand still`);
  }

  async function ownOf({ customer, host }: Extract<Source, { kind: "customer" }>): Promise<readonly Member[]> {
    const shares: readonly Share[] = [{ need: "", named: [{ customer, host }], count: 1 }];
    const contacts = (await contactsOf(customer)).flatMap(addressesOf);
    return contacts.map((contact) => ({ key: memberKey(contact), contact, shares })).sort(byKey);
  }

  return {
    async of({ class: cls, subject, kind, context }) {
      if (cls !== "expiring") return [sourceOf(subject, context)];
      const all = await shownOf(subject);
      // Who has renewed it hears only of the end.
      const isOver = kind === "recovered" || kind === "gone";
      const still = all.filter(({ gone }) => isOver || gone === null);
      return still.map((one) => sourceOf(one.target, one));
    },
    async next(source, after, limit) {
      if (source.kind === "customer") return (await ownOf(source)).filter(({ key }) => key > after).slice(0, limit);
      const found: Member[] = [];
      for (let skip = 0; found.length < limit; skip++) {
        const page = await pageAt(source.target, after, skip);
        if (page === undefined) break;
        found.push(...page.filter(({ key }) => key > after).flatMap((member) => suffering(member, source)));
      }
      return found.slice(0, limit);
    },
    async member(source, key) {
      const all = source.kind === "customer" ? await ownOf(source) : ((await pageAt(source.target, key, 0)) ?? []);
      const found = all.find((member) => member.key === key);
      return found && (source.kind === "customer" ? found : suffering(found, source)[0]);
    },
    async waits(source) {
      if (source.kind === "circle") return (await headOf(source.target))?.waits ?? [];
      return (await contactsOf(source.customer)).flatMap(({ after = 0 }) => (after > 0 ? [after] : []));
    },
  };
}

function sourceOf(
  target: TargetKey,
  { customer, host, needs = [], names = [] }: Pick<Alert["context"], "customer" | "host" | "needs" | "names">,
): Source {
  return customer === null ? { kind: "circle", target, needs, names } : { kind: "customer", customer, host };
}

/** The member as far as its customers suffer; none where they don't. */
function suffering(member: Member, { needs, names }: SharedSource): readonly Member[] {
  const wishes = needs.length === 0 ? member.shares : member.shares.filter(({ need }) => needs.includes(need));
  const shares = names.length === 0 ? wishes : wishes.flatMap((share) => named(share, names));
  return shares.length === 0 ? [] : [{ ...member, shares }];
}

/** Those of the customers that reach it by these names, as far as they are known by name. */
function named(share: Share, names: readonly string[]): readonly Share[] {
  const some = share.named.filter(({ host }) => names.includes(host));
  return some.length === 0 ? [] : [{ ...share, named: some, count: some.length }];
}

function byKey(a: Member, b: Member): number {
  return a.key < b.key ? -1 : 1;
}
