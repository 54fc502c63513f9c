/** A contact's reader wants no messages, or wants them again. The operator is told once of who left: from then on perhaps nobody hears. */

import { cleared, isOpened } from "../judge/incident/cause.ts";
import { advance, type VoteEvent } from "../judge/incident.ts";
import type { ContactChoice } from "../model/contact-choice.ts";
import type { Contact } from "../model/customer.ts";
import { type Cause, type CauseContext, unsubscribedCode } from "../model/incident.ts";
import { defaultPolicy, type IncidentPolicy } from "../model/policy.ts";
import type { StateStore, Store } from "../store/store.ts";
import { changeCause } from "./change-cause.ts";

/** Who says it, where vantages say what servers are like. */
const witness = "reader";

/** Who leaves, and how. */
export interface Leaving {
  readonly address: string;
  /** Whose message had the link. */
  readonly customer: string;
  readonly by: Exclude<ContactChoice["by"], "operator">;
}

/** Twice is once. Telling comes first: whom a crash keeps from the second write does it again, and the operator is told twice. */
export async function unsubscribe(store: Store, { address, customer, by }: Leaving, now: number): Promise<void> {
  const key = address.toLowerCase();
  if (isGone(await store.state.choice(key))) return;
  await tellOperators(store, key, customer, now);
  await store.state.putChoice({ address: key, wants: false, at: now, by });
}

/** False where it never unsubscribed, or is back already. */
export async function subscribe(
  { state }: Store,
  { address, by }: Pick<ContactChoice, "address" | "by">,
  now: number,
): Promise<boolean> {
  const key = address.toLowerCase();
  if (!isGone(await state.choice(key))) return false;
  await state.putChoice({ address: key, wants: true, at: now, by });
  return true;
}

/** All addresses that unsubscribed, in lower case. */
export async function unsubscribedIn({ choices }: Pick<StateStore, "choices">): Promise<ReadonlySet<string>> {
  const left = new Set<string>();
  for await (const choice of choices()) if (isGone(choice)) left.add(choice.address);
  return left;
}

function isGone(choice: ContactChoice | undefined): boolean {
  return choice?.wants === false;
}

/** The contacts without those addresses whose readers unsubscribed; phones stay. */
export async function wantedContacts({ state }: Store, contacts: readonly Contact[]): Promise<readonly Contact[]> {
  const left = new Set(await unsubscribedOf({ state }, contacts));
  if (left.size === 0) return contacts;
  return contacts.map((contact) =>
    contact.email !== null && left.has(contact.email) ? { ...contact, email: null } : contact,
  );
}

/** Those addresses of the contacts whose readers unsubscribed. */
export async function unsubscribedOf(
  { state }: Pick<Store, "state">,
  contacts: readonly Contact[],
): Promise<readonly string[]> {
  const addresses = [...new Set(contacts.flatMap(({ email }) => email ?? []))];
  const choices = await Promise.all(addresses.map((address) => state.choice(address.toLowerCase())));
  return addresses.filter((_, index) => isGone(choices[index]));
}

/** An incident that is over when it begins: it asks for no acknowledgement, reminds nobody, and is told once. */
async function tellOperators(store: Store, address: string, customer: string, now: number): Promise<void> {
  const policy = { ...defaultPolicy, ...(await store.config.settings()).policy };
  const left = await othersOf(store, customer, address);
  await changeCause(store, "deaf", address, (cause) => told(cause, eventOf(address, customer, left, now), policy, now));
}

function told(cause: Cause | null, event: VoteEvent, policy: IncidentPolicy, now: number): Cause | null {
  const { cause: open } = advance(cause && { ...cause, openings: [] }, event, policy, now);
  if (open === null || !isOpened(open)) return null;
  const incident = { ...open.incident, endedAt: now, ended: "gone" } as const;
  return { ...cleared({ ...open, openings: [] }, now, [], now), incident };
}

/** How else this customer is told. */
async function othersOf(store: Store, customer: string, address: string): Promise<readonly string[]> {
  const contacts = (await store.config.customer(customer))?.contacts ?? [];
  const wanted = await wantedContacts(store, contacts);
  const ways = wanted.flatMap(({ email, sms }) => [email, sms].filter((way) => way !== null));
  return ways.filter((way) => way.toLowerCase() !== address);
}

function eventOf(address: string, customer: string, left: readonly string[], now: number): VoteEvent {
  return {
    kind: "vote",
    class: "deaf",
    subject: address,
    vote: { at: now, cycle: 0, round: 0, vantage: witness, answer: "bad" },
    context: contextOf(address, customer, left),
    sighted: [witness],
    blinded: [],
    held: false,
    firstLook: null,
  };
}

function contextOf(address: string, customer: string, left: readonly string[]): CauseContext {
  const finding = {
    code: unsubscribedCode,
    severity: "warning",
    evidence: [`a contact of customer '${customer}', by the link in a message`],
    consequence:
      left.length === 0
        ? `no contact of customer '${customer}' is told any more`
        : `customer '${customer}' is left with ${left.join(", ")}`,
    advice: `Ask whether that was meant, and name another contact in the customers file. Its reader subscribes again by the same link, or you by 'chainmail customers subscribe ${address}'.`,
  } as const;
  return {
    host: address,
    hop: null,
    customers: 1,
    customer: null,
    neverOffered: false,
    severity: "warning",
    findings: [finding],
    lines: [],
    beside: [],
    slot: null,
  };
}
