/** Does a deployed stack reach anybody: its topic, its contacts, and the account's SMS. */

import { isDeaf, subscriptionName } from "../judge/subscriptions.ts";
import type { Customer } from "../model/customer.ts";
import type { Clock, Resolver } from "../model/ports.ts";
import type { SmsAccount } from "../model/sms-account.ts";
import {
  type KnownSubscriptions,
  type KnownTopic,
  knownTopics,
  subscriptionsDocument,
} from "../model/subscriptions.ts";
import { unsubscribedIn } from "../steps/unsubscribe.ts";
import type { Store } from "../store/store.ts";
import type { Check } from "./doctor.ts";
import { checkContacts, withPhones } from "./doctor-contacts.ts";

export interface StackWorld {
  readonly store: Store;
  readonly now: Clock;
  readonly resolver: Resolver;
  /** Rejects where it may not be asked. */
  readonly smsAccount: () => Promise<SmsAccount>;
}

const mostNamed = 3;
/** USD: AWS's own limit of an account that set none. */
const defaultLimit = 1;

export async function examineStack({ store, now, resolver, smsAccount }: StackWorld): Promise<readonly Check[]> {
  const customers: Customer[] = [];
  for await (const customer of store.config.customers()) customers.push(customer);
  const { notify } = await store.config.settings();
  const fleet = {
    notify,
    customers,
    gateways: await store.config.gateways(),
    unsubscribed: await unsubscribedIn(store.state),
  };
  const { value } = await store.state.document<KnownSubscriptions>(subscriptionsDocument);
  return [
    { name: "store", state: "good", words: "can be read" },
    ...(await checkContacts(fleet, { topic: true, phones: true }, resolver)),
    subscriptions(knownTopics(value), now()),
    ...(await checkSms(smsAccount, withPhones(customers).length > 0)),
  ];
}

function subscriptions(topics: readonly KnownTopic[], now: number): Check {
  const name = "subscriptions";
  const [first] = topics;
  if (first === undefined)
    return { name, state: "unknown", words: "weren't listed yet: the stack does so hourly, from its deployment on" };
  const known = topics.flatMap((topic) => topic.known);
  const deaf = known.filter((one) => isDeaf(one, now));
  if (known.length === 0)
    return {
      name,
      state: "warning",
      words: `nobody listens at ${first.topic}: deploy with -c alertEmail=ops@example.com`,
    };
  const at = topics.length === 1 ? first.topic : `${first.topic} and ${topics.length - 1} more`;
  if (deaf.length === 0) return { name, state: "good", words: `${known.length} at ${at}` };
  const more = deaf.length > mostNamed ? ` and ${deaf.length - mostNamed} more` : "";
  const names = deaf.slice(0, mostNamed).map((one) => `${subscriptionName(one)} (${one.state})`);
  return {
    name,
    state: "bad",
    words: `${names.join(", ")}${more} get no messages: 'chainmail subscription confirm LINK'`,
  };
}

/** What decides whether SMS arrive. `hasPhones`: somebody is to get them. */
export async function checkSms(smsAccount: StackWorld["smsAccount"], hasPhones: boolean): Promise<readonly Check[]> {
  try {
    const account = await smsAccount();
    return [sandbox(account, hasPhones), spendLimit(account), deliveryStatus(account)];
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    return [{ name: "SMS", state: "unknown", words: `the account's settings can't be read: ${reason}` }];
  }
}

function sandbox({ sandbox }: SmsAccount, hasPhones: boolean): Check {
  const name = "SMS sandbox";
  if (!sandbox) return { name, state: "good", words: "left: any number can be reached" };
  return {
    name,
    state: hasPhones ? "bad" : "warning",
    words:
      "the account is in it: only numbers that were verified get messages; ask AWS to move it out (SNS console, Text messaging)",
  };
}

function spendLimit({ spendLimit }: SmsAccount): Check {
  const name = "SMS spend limit";
  const limit = spendLimit ?? defaultLimit;
  if (limit > defaultLimit) return { name, state: "good", words: `${limit} USD a month` };
  return {
    name,
    state: "warning",
    words: `${limit} USD a month${spendLimit === null ? ", AWS's own" : ""}: above it SMS are dropped without a word; ask AWS for more`,
  };
}

function deliveryStatus({ deliveryLogged }: SmsAccount): Check {
  const name = "SMS delivery";
  if (deliveryLogged) return { name, state: "good", words: "what became of each message is logged" };
  return {
    name,
    state: "warning",
    words: "what becomes of a message isn't logged: switch delivery status logging on (SNS console, Text messaging)",
  };
}
