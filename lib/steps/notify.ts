/** Empties the outboxes: what is due, may leave and still holds is told, each message once to each recipient. */

import { pace } from "../judge/bucket.ts";
import { type Cause, certificatesDigest } from "../model/incident.ts";
import type { Versioned } from "../store/store.ts";
import { breaker } from "./breaker.ts";
import { type CoverNow, coversNow } from "./covers.ts";
import { withEars } from "./deaf.ts";
import { createBuckets } from "./delivery/buckets.ts";
import { createCircleSender } from "./delivery/circle-sender.ts";
import { createDelivering } from "./delivery/deliver.ts";
import { looksAgain } from "./delivery/look-again.ts";
import { createMarks } from "./delivery/marks.ts";
import { prepared } from "./delivery/prepare.ts";
import { createRecipients, type Recipients } from "./delivery/recipients.ts";
import { createSender } from "./delivery/sender.ts";
import { createTurnTeller } from "./delivery/turns.ts";
import { isUrgent, waysOf } from "./delivery/ways.ts";
import type { NotifyReport, NotifyWorld } from "./delivery/world.ts";
import { group } from "./group.ts";
import { watchJudgedWith } from "./judged-with.ts";
import { isDue, isLeased, isOwing } from "./outbox.ts";

export type { NotifyReport, NotifyWorld } from "./delivery/world.ts";

/** Sends what is due now. Run twice at once it sends nothing twice: a cause is leased before it is told. */
export async function notify(telling: NotifyWorld): Promise<NotifyReport> {
  const world = withEars(telling);
  const { store, now } = world;
  const due = async () => (await store.state.dueCauses(now())).filter(({ value }) => owes(value, now()));
  const { grouping, judgedWith } = telling;
  if (grouping && judgedWith) await watchJudgedWith(store, judgedWith, grouping.everyMs, now());
  const first = await due();
  const isGrouped = grouping !== undefined && first.some(({ value }) => owesOpening(value));
  if (isGrouped) await group({ store, now: now(), ...grouping });
  const single = isGrouped ? await due() : first;
  const isHeld = grouping !== undefined && (await breaker({ store, now: now(), ...grouping }, single));
  const owing = isHeld ? await due() : single;
  if (owing.length === 0) return { sent: [], later: [], dead: [], unheard: [], jobs: [] };
  return await tellAll(world, urgentFirst(owing, now()), await coversNow(store));
}

async function tellAll(
  world: NotifyWorld,
  owing: readonly Versioned<Cause>[],
  coverOf: CoverNow,
): Promise<NotifyReport> {
  const { store, now } = world;
  const asking: Cause[] = [];
  const marks = createMarks(store, now, coverOf, (cause) => asking.push(cause));
  const recipients = createRecipients(world);
  const buckets = createBuckets(store, now);
  const leaving = owing.flatMap(({ value }) => {
    const next = prepared(value, coverOf(value, now()), now());
    return next?.leaves ? [next.cause] : [];
  });
  const ways = await waysOf(leaving, recipients, buckets, now());
  const delivering = createDelivering({ ...world, marks, buckets });
  const sender = createSender(world, { marks, recipients, ways, delivering });

  const digests = Map.groupBy(owing, ({ value }) => dueDigest(value, now()));
  for (const [digest, causes] of digests) if (digest !== null) await sender.sendDigest(digest, causes);
  for (const cause of digests.get(null) ?? []) await sender.sendCause(cause);

  const together: Versioned<Cause>[] = [];
  for (const { class: cls, subject } of leaving.filter(ways.isTogether).slice(0, pace.mostTogether)) {
    const { value, version } = await store.state.cause(cls, subject);
    if (value !== null) together.push({ value, version });
  }
  if (together.length > 0) await sender.sendTogether(together);

  const shared: Cause[] = [];
  for (const { value } of owing) if (await isShared(value, recipients)) shared.push(value);
  const teller = createTurnTeller(world, { delivering, buckets });
  if (shared.length > 0) await createCircleSender(world, { marks, recipients, teller }).send(shared);
  return { ...delivering.report(), jobs: await looksAgain(store, asking, now()) };
}

/** Contacts of several customers have yet to hear of it. */
async function isShared({ outbox }: Cause, { circles }: Recipients): Promise<boolean> {
  for (const entry of outbox) if (await circles.isPending(entry)) return true;
  return false;
}

function owesOpening({ outbox, folded }: Cause): boolean {
  return folded === null && outbox.some(({ alert }) => alert.kind === "opened");
}

function owes(cause: Cause, now: number): boolean {
  return !isLeased(cause, now) && isOwing(cause, now);
}

/** What is too much waits: then the worst is told first, and of that the oldest. */
function urgentFirst(causes: readonly Versioned<Cause>[], now: number): readonly Versioned<Cause>[] {
  const rank = ({ value }: Versioned<Cause>) => Number(!isUrgent(value, now));
  const order = (a: Versioned<Cause>, b: Versioned<Cause>) =>
    rank(a) - rank(b) || owedSince(a) - owedSince(b) || idOf(a).localeCompare(idOf(b));
  return causes.toSorted(order);
}

function owedSince({ value: { outbox } }: Versioned<Cause>): number {
  return outbox[0]?.alert.at ?? 0;
}

/** One message to all its recipients; of certificates each recipient has its own. */
function idOf({ value: { outbox } }: Versioned<Cause>): string {
  return outbox[0]?.alert.id ?? "";
}

function dueDigest({ outbox }: Cause, now: number): string | null {
  const [head] = outbox;
  const isOne = head !== undefined && isDue(head, now) && head.digest !== certificatesDigest;
  return isOne ? head.digest : null;
}
