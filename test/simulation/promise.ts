/** What is promised of a message, as docs/incidents.md says it: the figures from the code, the rest as it is. */

import { proof } from "../../lib/judge/bear-out.ts";
import { pace } from "../../lib/judge/bucket.ts";
import { giveUpMs } from "../../lib/steps/outbox.ts";

const seconds = (ms: number) => `${ms / 1_000} s`;
const days = (ms: number) => `${ms / 86_400_000} days`;

export const promise: readonly string[] = [
  "## What is promised of a message",
  "",
  "**None is lost.** The transition and the message that it owes are one conditional write: no crash comes between. A channel",
  `that can't take it now is tried again for ${days(giveUpMs)}, after 15 s and then ever later, up to a quarter of an hour.`,
  "",
  "**One repeat at most for each crash or lost reply**, plus what SNS itself repeats. Each recipient is marked as soon as it has the",
  "message; who dies, or hears no answer, between the two can't know whether it arrived, and tells it again. Every message carries",
  "an id like `[CM-7F3A2B·2]`, and the same id is the same message. A process that is alone with its data takes over at its start",
  "what its dead predecessor had in hand; on AWS another sender does when the lease of 90 s is over.",
  "",
  "**SMS takes the other side**: a message is marked before it is delivered. None comes twice; one that a crash or a time-out",
  "swallows is lost, and stands in the record and the log as undeliverable.",
  "",
  "**In order.** `recovered` never comes before `opened`, to anybody. Who has the beginning gets the end; who has neither when the",
  "end comes, since a channel was down or a silence lasted, gets one message that tells of both: *was without TLS from 12:01 to",
  "12:09, and that is over*.",
  "",
  `**What leaves was seen to be so a moment ago.** Where the last bad answer is older than ${seconds(proof.freshMs)} when the message is about to leave, one more look`,
  `is made first, from every vantage, and waited for at most ${seconds(proof.answeredWithinMs)}. Bad: it leaves. Good: the incident is recovering, and the message`,
  "waits until it comes back, or ends and is told as one. No answer: it leaves, since silence doesn't heal. So do a reminder, an",
  "escalation, and what waited for two hours of a broken relay. A common opening needs no further look: the last confirmation was",
  "just made. Not asked are dates (`expiring`), what shows at times (one good answer says nothing against it), the monitor's own",
  "trouble, what groups others, and a digest of first looks, which were made in two cycles.",
  "",
  "**Nobody drowns.** Above ten mails a second SNS puts a subscription back to pending and later deletes it: a storm would deafen",
  `the very mailbox it is for. Each recipient has a bucket: ${pace.capacity} messages at once, then one a minute, the last ${pace.reserve} for what is critical. What is`,
  `more comes as one digest of at most ${pace.mostTogether}, in order, and the rest in the next one; the critical ones come first, and alone while the bucket`,
  "lasts. On the topic, where contacts choose by customer, each customer has a bucket, no digest tells one customer of another, and a",
  "sender leaves a quarter of a second between two messages. Machines (webhooks, PagerDuty) and the console take each message alone.",
  "",
  "**A refusal for good holds up nobody.** It goes to `dead`: it is recorded as undeliverable, and the operators are told, by their other",
  "channels, that this one is deaf. A refused digest is told one by one first, since one message in it may be the reason. A message that",
  "reached nobody at all is said in the log.",
  "",
  "**Second contacts** (`after: 30m` at a contact, `notify.escalate`) are told `escalated` when nobody acknowledged the incident so long",
  "after the first ones were told, or should have been; then they hear of it as the others do. What was acknowledged or over before,",
  "they never hear of.",
  "",
  "`npm run test:simulation` plays 100,000 histories against these promises: servers that change, looks that come late, twice,",
  "out of order or never, vantages that disagree, a store and channels that fail before, during and after any call, buckets that are empty,",
  "windows and silences in which nobody is told, customers who share servers and come and go, second contacts and second operators,",
  "a process that dies at every single await, and many servers that go bad at once: then what they share is told instead of them, who",
  "outlasts it tells for itself, and nothing leaves while the breaker holds. The oracle shares no code with the judge, and finds each of the faults that",
  "`defects.ts` and its neighbours in `test/simulation/` build in.",
];
