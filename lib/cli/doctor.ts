/** `chainmail doctor`: one line a check of this place or, with --stack, of whom a stack reaches; worst state as exit code. */

import { type Check, examine } from "../local/doctor.ts";
import { checkSms, examineStack } from "../local/doctor-aws.ts";
import { checkCanaries } from "../local/doctor-canaries.ts";
import { checkContacts, withPhones } from "../local/doctor-contacts.ts";
import type { Customer } from "../model/customer.ts";
import type { Resolver } from "../model/ports.ts";
import type { SmsAccount } from "../model/sms-account.ts";
import { publicDomains } from "../steps/port25.ts";
import { unsubscribedIn } from "../steps/unsubscribe.ts";
import { findTexter } from "../world/channels/phones.ts";
import { systemClock } from "../world/clock.ts";
import { createDialler } from "../world/dialler.ts";
import { defaultEhloName } from "../world/ehlo-name.ts";
import { createResolver } from "../world/resolver.ts";
import { withStore } from "./data.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import type { DataOptions } from "./options.ts";
import { printJson } from "./print-json.ts";

interface DoctorOptions extends DataOptions {
  readonly resolver?: readonly string[];
  readonly ehlo?: string;
  readonly json?: boolean;
}

const clockUrl = "https://www.google.com/generate_204";

export async function doctorCommand(options: DoctorOptions, io: Io): Promise<ExitCode> {
  const checks = options.stack === undefined ? await examinePlace(options) : await stackChecks(options);
  if (options.json) printJson({ checks }, io);
  else for (const { name, state, words } of checks) io.stdout.write(`${state.padEnd(7)} ${name.padEnd(13)} ${words}\n`);
  return worstOf(checks);
}

function examinePlace(options: DoctorOptions): Promise<readonly Check[]> {
  const resolver = createResolver({ servers: options.resolver ?? [], now: systemClock });
  return examine({
    resolver,
    dial: createDialler({}),
    now: systemClock,
    ehloName: options.ehlo ?? defaultEhloName(),
    publicDomains,
    otherClock,
    tryStore: () => tryStore(options.data),
    checkContacts: () => contactsIn(options.data, resolver),
    checkCanaries: () => canariesIn(options.data, resolver),
  });
}

/** Under the caller's own AWS credentials. */
export async function stackChecks(options: DataOptions & Pick<DoctorOptions, "resolver">): Promise<readonly Check[]> {
  const resolver = createResolver({ servers: options.resolver ?? [], now: systemClock });
  return withStore(options, (store) => examineStack({ store, now: systemClock, resolver, smsAccount: ownAccount }));
}

async function ownAccount(): Promise<SmsAccount> {
  return (await import("../world/sms-account.ts")).ownSmsAccount();
}

export function worstOf(checks: readonly Check[]): ExitCode {
  if (checks.some(({ state }) => state === "bad")) return 2;
  return checks.some(({ state }) => state === "unknown") ? 3 : 0;
}

async function otherClock(): Promise<number> {
  const response = await fetch(clockUrl, { method: "HEAD", signal: AbortSignal.timeout(5_000) });
  const date = Date.parse(response.headers.get("date") ?? "");
  if (Number.isNaN(date)) throw new Error("no Date header came");
  return date;
}

async function tryStore(data: string): Promise<void> {
  await withStore({ data }, async ({ config }) => {
    await config.putToken("doctor", { customer: null, createdAt: 0 });
    await config.removeToken("doctor");
  });
}

/** Asked of the world after the store was closed: whoever opens it is alone for a moment. */
async function contactsIn(data: string, resolver: Resolver): Promise<readonly Check[]> {
  const fleet = await withStore({ data }, async ({ config, state }) => {
    const customers: Customer[] = [];
    for await (const customer of config.customers()) customers.push(customer);
    const [{ notify }, gateways] = await Promise.all([config.settings(), config.gateways()]);
    return { notify, gateways, customers, unsubscribed: await unsubscribedIn(state) };
  });
  const phones = withPhones(fleet.customers).length > 0 && (await findTexter()) !== null;
  const contacts = await checkContacts(fleet, { topic: false, phones }, resolver);
  return phones ? [...contacts, ...(await checkSms(ownAccount, true))] : contacts;
}

async function canariesIn(data: string, resolver: Resolver): Promise<readonly Check[]> {
  const { canaries } = await withStore({ data }, ({ config }) => config.settings());
  return await checkCanaries(canaries, resolver);
}
