/** Machines with one fault each, which shows where customers share servers, and where second contacts and second operators wait. */

import type { OutboxEntry } from "../../lib/model/incident.ts";
import { asBuilt } from "./machinery.ts";
import { isOfRing } from "./ring.ts";
import { type Defect, onState, writing } from "./tamper.ts";

const eachEntry = (change: (entry: OutboxEntry) => OutboxEntry) =>
  writing((next) => ({ ...next, outbox: next.outbox.map(change) }));

const isEnd = ({ alert: { kind } }: OutboxEntry) => kind === "recovered" || kind === "gone";

function begunAnew({ circle: _, ...entry }: OutboxEntry): OutboxEntry {
  return entry;
}

export const ringDefects: readonly Defect[] = [
  {
    name: "how far a message has come among the contacts isn't kept",
    breaks: /repeats after/,
    machinery: { ...asBuilt, through: eachEntry(begunAnew) },
  },
  {
    name: "contacts are told of what others share, whatever the operator wants",
    breaks: /the operator doesn't let it be told/,
    machinery: { ...asBuilt, notify: (world) => asBuilt.notify({ ...world, tellsShared: true }) },
  },
  {
    name: "who shares a server is told of the others' customers",
    breaks: /which names ring-/,
    machinery: {
      ...asBuilt,
      through: onState((state) => ({
        async circlePage(target, id) {
          const members = await state.circlePage(target, id);
          const shares = members?.flatMap((member) => member.shares) ?? [];
          return members?.map((member) => ({ ...member, shares }));
        },
      })),
    },
  },
  {
    name: "who came or left is noted nowhere",
    breaks: /which is of no customer of its|never got CM-/,
    machinery: { ...asBuilt, keepCircles: (_store, _rosters, _now, putSlices) => putSlices() },
  },
  {
    name: "contacts of what others share aren't told that it is over",
    breaks: /contact .* was never told that CM-/,
    machinery: {
      ...asBuilt,
      through: eachEntry((entry) =>
        isEnd(entry) && entry.alert.context.customer === null
          ? { ...entry, circle: { upTo: "~", late: [], isLast: true } }
          : entry,
      ),
    },
  },
  {
    name: "servers of one customer that suffer for one reason are a letter each",
    breaks: /got \d letters of/,
    machinery: {
      ...asBuilt,
      notify: (world) =>
        asBuilt.notify({
          ...world,
          contactChannels: (contact, customer) =>
            world.contactChannels(contact, customer).map((channel) => ({
              ...channel,
              async deliver(letter) {
                if (letter.event.messages !== undefined && isOfRing(channel.name))
                  return { kind: "never", why: "many" };
                return await channel.deliver(letter);
              },
            })),
        }),
    },
  },
];

export const escalationDefects: readonly Defect[] = [
  {
    name: "an acknowledgement is forgotten",
    breaks: /was escalated, and somebody knew/,
    machinery: {
      ...asBuilt,
      through: writing((next) =>
        next.incident?.acknowledged == null ? next : { ...next, incident: { ...next.incident, acknowledged: null } },
      ),
    },
  },
  {
    name: "second operators don't wait",
    breaks: /box-night got CM-.*(which nobody escalated|before it was escalated)/,
    machinery: {
      ...asBuilt,
      notify: ({ secondOperators = [], ...world }) =>
        asBuilt.notify({ ...world, operators: [...world.operators, ...secondOperators.map(({ channel }) => channel)] }),
    },
  },
  {
    name: "who was told that nobody acknowledged it is told so again",
    breaks: /was escalated \d times/,
    machinery: {
      ...asBuilt,
      through: writing((next) =>
        next.incident === null ? next : { ...next, incident: { ...next.incident, escalated: 0 } },
      ),
    },
  },
  {
    name: "of what several share nobody else is told when nobody acknowledges it",
    breaks: /was never escalated to box-night/,
    machinery: {
      ...asBuilt,
      through: writing((next) =>
        next.incident === null || next.parent === null
          ? next
          : { ...next, incident: { ...next.incident, escalations: [] } },
      ),
    },
  },
  {
    name: "second operators aren't told of the end",
    breaks: /box-night never got CM-/,
    machinery: {
      ...asBuilt,
      through: eachEntry((entry) => (isEnd(entry) ? { ...entry, reach: { ...entry.reach, upTo: 0 } } : entry)),
    },
  },
];
