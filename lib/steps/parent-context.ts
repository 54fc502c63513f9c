/** What a parent says of its children: who suffers, and how many customers stand behind them. Pure. */

import { isUntouched } from "../judge/merge.ts";
import { severities } from "../model/finding.ts";
import type { Cause, CauseContext, ParentFacts } from "../model/incident.ts";

const mostNamed = 10;

/** Several targets with several customers each may have some of these in common. */
export function isCounted(children: readonly Cause[]): boolean {
  return children.length === 1 || children.every(({ context }) => context.customer !== null);
}

/** Each that stands alone behind a target once; of the others nobody knows whether they are the same. */
function customersOf(contexts: readonly CauseContext[]): number {
  const alone = new Set(contexts.flatMap(({ customer }) => (customer === null ? [] : [customer])));
  return contexts.reduce((sum, { customer, customers }) => (customer === null ? sum + customers : sum), alone.size);
}

/** What a parent says of its children; `label` is what they share. */
export function contextOf(label: string, children: readonly Cause[]): CauseContext {
  const contexts = children.map(({ context }) => context);
  const worst = contexts.toSorted((a, b) => severities.indexOf(b.severity) - severities.indexOf(a.severity))[0];
  const customers = new Set(contexts.map(({ customer }) => customer));
  const [only] = customers;
  const hops = new Set(contexts.map(({ hop }) => hop));
  const named = children.slice(0, mostNamed).map(({ subject, context }) => {
    const whose = context.customer ?? `${context.customers} customers`;
    return `${context.host} (${subject}), ${whose}`;
  });
  const rest = children.length - named.length;
  return {
    host: label,
    hop: hops.size === 1 ? (contexts[0]?.hop ?? null) : null,
    customers: customersOf(contexts),
    customer: customers.size === 1 ? (only ?? null) : null,
    neverOffered: false,
    severity: worst?.severity ?? "critical",
    findings: worst?.findings ?? [],
    lines: rest > 0 ? [...named, `and ${rest} more`] : named,
    beside: [],
    slot: null,
  };
}

/**
 * The open parent with those who suffer by now, and what nobody was told of it yet. Who is told stays: its contacts hear of
 * the end. Those who are well by now were concerned, so that the number doesn't fall. Null where nothing changes.
 */
export function grown(cause: Cause, members: readonly Cause[]): Cause | null {
  if (cause.parent === null || cause.incident === null || cause.incident.endedAt !== null) return null;
  const now = members.length === 0 ? cause.context : contextOf(cause.parent.label, members);
  const customers = Math.max(cause.context.customers, now.customers);
  const isMost = cause.parent.customersAtMost === true || !isCounted(members);
  const parent: ParentFacts = {
    ...cause.parent,
    children: Math.max(cause.parent.children, members.length),
    suffering: members.length,
    ...(isMost && { customersAtMost: true }),
  };
  const context: CauseContext = { ...cause.context, customers, lines: now.lines, hop: now.hop };
  const outbox = cause.outbox.map((entry) =>
    entry.alert.incident === cause.incident?.id && isUntouched(entry)
      ? { ...entry, alert: { ...entry.alert, parent, context } }
      : entry,
  );
  return { ...cause, parent, context, outbox };
}
