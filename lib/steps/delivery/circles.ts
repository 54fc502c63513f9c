/** Messages whose contacts are told one after the other: whether a message is one, how far it has come, and whose turn is next. Many messages go side by side, so that each contact gets at once what concerns it. */

import { isEnd } from "../../judge/merge.ts";
import type { Share } from "../../model/circle.ts";
import type { Contact } from "../../model/customer.ts";
import { isDrill } from "../../model/drill.ts";
import { type Alert, type CircleProgress, certificatesDigest, type OutboxEntry } from "../../model/incident.ts";
import type { IncidentPolicy } from "../../model/policy.ts";
import type { Source, Sources } from "./sources.ts";

/** One address that is told now, and what each message is to it. */
export interface Turn<T> {
  readonly key: string;
  readonly contact: Contact;
  readonly parts: ReadonlyMap<T, readonly Share[]>;
}

interface Turns<T> {
  readonly turns: readonly Turn<T>[];
  /** How far each message has come when these have it, but for those that couldn't be reached. */
  readonly progress: ReadonlyMap<T, Pick<CircleProgress, "upTo" | "isLast">>;
}

export interface Circles {
  /** Its contacts are told one after the other, by whoever asks {@link next}. */
  isMeant(entry: OutboxEntry): Promise<boolean>;
  /** Of a certificate: other customers' hosts show it too, or alone, so that it is told by its circle or to nobody. */
  isOthers(alert: Alert): Promise<boolean>;
  /** Somebody has yet to be told. */
  isPending(entry: OutboxEntry): Promise<boolean>;
  /** Epoch ms before which nobody has a turn: others that belong to it may still come. */
  ripeAt(entry: OutboxEntry): number;
  /** How long second contacts wait for an acknowledgement, ms. */
  waits(entry: OutboxEntry): Promise<readonly number[]>;
  next<T>(messages: readonly Message<T>[], limit: number): Promise<Turns<T>>;
  /** The turns of those that couldn't be reached before. */
  late<T>(messages: readonly Message<T>[]): Promise<readonly Turn<T>[]>;
}

/** `of` stands for it to the caller. */
interface Message<T> {
  readonly of: T;
  readonly alert: Alert;
  readonly progress: CircleProgress;
}

interface CirclesWorld {
  readonly sources: Sources;
  readonly tellsShared: boolean;
  readonly grouping: { readonly policy: IncidentPolicy; readonly everyMs: number } | undefined;
  /** All that its parent tells of is this customer's own: its contacts have the parent's message. */
  readonly isAllTheirs: (alert: Alert) => Promise<boolean>;
}

export const fresh: CircleProgress = { upTo: "", late: [], isLast: false, isUnheard: true };

/** Looks of one cycle are judged by then. */
const judgedMs = 60_000;

export function createCircles({ sources, tellsShared, grouping, isAllTheirs }: CirclesWorld): Circles {
  const meant = new Map<string, Promise<boolean>>();

  async function isShared({ alert, digest }: OutboxEntry): Promise<boolean> {
    const isTold = digest === null || digest === certificatesDigest;
    if (!isTold || alert.unannounced || alert.parent !== null || alert.context.hop === null || isDrill(alert))
      return false;
    if (alert.within !== null) return tellsShared && !(await isAllTheirs(alert));
    if (alert.class === "expiring") return (await isOthers(alert)) && (tellsShared || !(await areSeveral(alert)));
    return tellsShared && alert.context.customer === null;
  }

  /** Other customers' hosts show it, too, or alone. */
  async function isOthers(alert: Alert): Promise<boolean> {
    const { customer } = alert.context;
    return (await sources.of(alert)).some((source) => source.kind === "circle" || source.customer !== customer);
  }

  async function areSeveral(alert: Alert): Promise<boolean> {
    const [first, ...rest] = await sources.of(alert);
    const isFirsts = (source: Source) =>
      source.kind === "customer" && first?.kind === "customer" && source.customer === first.customer;
    return first?.kind === "circle" || !rest.every(isFirsts);
  }

  function isMeant(entry: OutboxEntry): Promise<boolean> {
    const { id, class: cls, subject } = entry.alert;
    const key = `${id} ${cls} ${subject}`;
    const known = meant.get(key) ?? isShared(entry);
    meant.set(key, known);
    return known;
  }

  async function firstOf<T>(messages: readonly Message<T>[], limit: number) {
    const found = new Map<T, Map<string, Found>>();
    for (const { of, alert, progress } of messages) {
      const members = new Map<string, Found>();
      for (const source of await sources.of(alert)) {
        for (const { key, contact, shares } of await sources.next(source, progress.upTo, limit + 1)) {
          members.set(key, { contact, shares: [...(members.get(key)?.shares ?? []), ...shares] });
        }
      }
      found.set(of, members);
    }
    return found;
  }

  return {
    isMeant,
    isOthers: async (alert) => alert.class === "expiring" && (await isOthers(alert)),
    async isPending(entry) {
      const { isLast, late } = entry.circle ?? fresh;
      return (!isLast || late.length > 0) && (await isMeant(entry));
    },
    ripeAt({ alert }) {
      if (grouping === undefined) return alert.at;
      // Every target that shows a certificate has been looked at within a cycle; what recovers does so at about the same time.
      if (alert.class === "expiring" && alert.kind === "opened") return alert.at + grouping.everyMs + judgedMs;
      return alert.within !== null && isEnd({ alert }) ? alert.at + grouping.policy.groupWait : alert.at;
    },
    async waits(entry) {
      if (!(await isMeant(entry))) return [];
      const all = await Promise.all((await sources.of(entry.alert)).map(sources.waits));
      return [...new Set(all.flat())];
    },
    async next(messages, limit) {
      const open = messages.filter(({ progress }) => !progress.isLast);
      const found = await firstOf(open, limit);
      const keys = [...new Set([...found.values()].flatMap((members) => [...members.keys()]))].sort(inOrder);
      const now = keys.slice(0, limit);
      const upTo = now.at(-1) ?? "";
      const turns = turnsOf(now, found);
      const progress = open.map(({ of, progress: before }) => {
        const isLast = [...(found.get(of)?.keys() ?? [])].every((key) => key <= upTo);
        return [of, { upTo: [upTo, before.upTo].sort(inOrder).at(-1) ?? "", isLast }] as const;
      });
      return { turns, progress: new Map(progress) };
    },
    async late(messages) {
      const found = new Map<(typeof messages)[number]["of"], Map<string, Found>>();
      for (const { of, alert, progress } of messages) {
        const members = new Map<string, Found>();
        for (const source of progress.late.length === 0 ? [] : await sources.of(alert)) {
          for (const key of progress.late) {
            const member = await sources.member(source, key);
            if (member === undefined) continue;
            members.set(key, {
              contact: member.contact,
              shares: [...(members.get(key)?.shares ?? []), ...member.shares],
            });
          }
        }
        found.set(of, members);
      }
      const keys = new Set([...found.values()].flatMap((members) => [...members.keys()]));
      return turnsOf([...keys].sort(inOrder), found);
    },
  };
}

interface Found {
  readonly contact: Contact;
  readonly shares: readonly Share[];
}

function turnsOf<T>(keys: readonly string[], found: ReadonlyMap<T, ReadonlyMap<string, Found>>): readonly Turn<T>[] {
  return keys.flatMap((key) => {
    const parts = [...found].flatMap(([of, members]) => {
      const member = members.get(key);
      return member === undefined ? [] : [[of, member] as const];
    });
    const [first] = parts;
    if (first === undefined) return [];
    return { key, contact: first[1].contact, parts: new Map(parts.map(([of, { shares }]) => [of, shares])) };
  });
}

function inOrder(a: string, b: string): number {
  return a < b ? -1 : 1;
}
