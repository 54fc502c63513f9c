/** Channels that fail before, during and after a delivery, and write down what really arrived. */

import type { AlertLog, Channel, Delivery, Letter } from "../../lib/model/ports.ts";
import { type Evidence, isContact } from "./evidence.ts";
import type { Trouble } from "./happenings.ts";
import type { Awaits, Host } from "./process.ts";
import { isOfRing } from "./ring.ts";
import { isShared } from "./stories.ts";

export interface Mailbox {
  readonly name: string;
  readonly claimsFirst?: true;
  /** What becomes of the next messages, one each. */
  readonly troubles: Trouble[];
}

/** A channel's own time-out, as SMTP's: below the outbox's lease. */
const timeoutMs = 45_000;

/** The mailbox as one process reaches it. */
export function channelOf(box: Mailbox, host: Host, awaits: Awaits, evidence: Evidence, now: () => number): Channel {
  const passFrom = now();
  return {
    name: box.name,
    ...(box.claimsFirst && { claimsFirst: true, unpaced: true }),
    deliver: (letter) => deliver(box, host, awaits, evidence, { now, passFrom }, contentOf(letter, box, evidence)),
  };
}

export function logOf(box: Mailbox, host: Host, awaits: Awaits, evidence: Evidence, now: () => number): AlertLog {
  const passFrom = now();
  return {
    append: (event) => {
      // Which contacts of a circle were told stands there beside what was told to all.
      if (isOfCircle(event, evidence))
        return awaits.ask(host, `${box.name} notes contacts`, () => ({ kind: "sent" }) as const);
      const letter = { id: String(event.id), text: String(event.text) };
      return deliver(box, host, awaits, evidence, { now, passFrom }, { ids: idsIn(letter), names: [] });
    },
  };
}

async function deliver(
  { name, claimsFirst, troubles }: Mailbox,
  host: Host,
  awaits: Awaits,
  evidence: Evidence,
  { now, passFrom }: { readonly now: () => number; readonly passFrom: number },
  { ids, names }: Content,
): Promise<Delivery> {
  const subjects = evidence.claims.filter(({ alert }) => ids.includes(alert.id)).map(({ alert }) => alert.subject);
  if (subjects.some((subject) => evidence.refused.has(`${name} ${subject}`))) {
    evidence.hindered.add(name);
    return await awaits.ask(host, `${name} refuses`, () => {
      evidence.refusals.push({ to: name, at: now() });
      return { kind: "never", why: "no such mailbox" } as const;
    });
  }
  const trouble = troubles.shift();
  if (trouble !== undefined) evidence.hindered.add(name);
  evidence.greatest = Math.max(evidence.greatest, ids.length);
  if (claimsFirst && (trouble === "throttles" || trouble === "hangs")) evidence.unclaimed++;
  const arrive = (): Delivery => {
    const letter = ++evidence.letters;
    for (const id of ids) evidence.received.push({ to: name, id, at: now(), passFrom, letter, names });
    return { kind: "sent" };
  };
  switch (trouble) {
    case undefined:
      return await awaits.ask(host, `${name} delivers`, arrive);
    case "throttles":
      return await awaits.ask(host, `${name} throttles`, () => ({ kind: "later", why: "throttled" }) as const);
    case "hangs":
      return await awaits.ask(host, `${name} hangs`, () => ({ kind: "later", why: "timed out" }) as const, timeoutMs);
    case "loses-reply":
    case "never-answers": {
      const slow = trouble === "never-answers" ? timeoutMs : 0;
      const lose = (): Delivery => {
        arrive();
        evidence.lostReplies += ids.length;
        return { kind: "later", why: "500 after it was delivered" };
      };
      return await awaits.ask(host, `${name} delivers and loses the reply`, lose, slow);
    }
  }
}

function isOfCircle({ id, to }: Readonly<Record<string, unknown>>, { claims, folds }: Evidence): boolean {
  if (!Array.isArray(to) || to.length === 0) return false;
  const claim = claims.find(({ alert }) => alert.id === id);
  const own = folds.filter(({ incident }) => incident === claim?.alert.incident);
  const isFolded = claim !== undefined && isShared({ folds: own }, claim);
  return to.every((name) => isOfRing(String(name)) || (isFolded && isContact(String(name))));
}

interface Content {
  readonly ids: readonly string[];
  /** Customers of the ring that it names. */
  readonly names: readonly string[];
}

function contentOf(letter: Letter, { name }: Mailbox, { ring }: Evidence): Content {
  if (ring === null || !isContact(name)) return { ids: idsIn(letter), names: [] };
  const all = `${letter.subject} ${letter.text} ${letter.sms} ${JSON.stringify([letter.attributes, letter.event])}`;
  return { ids: idsIn(letter), names: [...new Set(all.match(/\bring-\d+/g))] };
}

/** What came at once names each of its messages; a first look's digest names its incidents in its text, and is the first message of each. */
function idsIn({ id, text, event }: Pick<Letter, "id" | "text"> & Partial<Pick<Letter, "event">>): readonly string[] {
  if (event?.messages !== undefined) return event.messages.map((message) => message.id);
  if (!text.startsWith("The first looks after an import found")) return [id];
  return [...text.matchAll(/, (CM-[0-9A-F]+)\b/g)].map(([, incident]) => `${incident}·1`);
}
