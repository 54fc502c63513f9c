/** From what people write to the model: short forms and defaults filled in. The input has passed its schema. */

import {
  type Contact,
  type Customer,
  type Domain,
  type Downstream,
  defaultFloor,
  defaultRequirement,
  type FleetSettings,
  type Floor,
  type Gateway,
  type Requirement,
  type RequirementLevel,
  seedTlsModeRule,
  type VantageConfig,
} from "../model/customer.ts";
import type { ScanSettings } from "../model/deep-scan.ts";
import {
  defaultEscalationMs,
  defaultWeekly,
  type NotifySettings,
  pagerDutyUrl,
  type WebSettings,
} from "../model/notify-settings.ts";
import type { MaintenanceWindow, WindowTimes } from "../model/silence.ts";
import { canonicalAddress } from "../protocols/ip/address.ts";
import type { CustomerInput, HeadInput } from "./schema.ts";
import {
  type Read,
  readCanary,
  readContact,
  readDomain,
  readDuration,
  readEmail,
  readHost,
  readHostName,
  readMoment,
  readPace,
  readPlace,
  readRelay,
  readScanEvery,
  readServer,
  readWeekly,
  smtpPort,
} from "./values.ts";

type Given<T> = Exclude<T, undefined>;
type CustomerFields = Exclude<CustomerInput, string>;
/** What a requirement may be written as. */
type RequirementInput =
  | RequirementLevel
  | { readonly level?: RequirementLevel | undefined; readonly floor?: FloorInput | undefined };
type FloorInput =
  | string
  | ({ readonly [Field in Exclude<keyof Floor, "acceptsNothingBelow">]?: Floor[Field] | undefined } & {
      readonly acceptsNothingBelow?: boolean | undefined;
    });

const implicitPort = 465;
const submissionPort = 587;

/** The value behind a text that its schema let pass. */
function passed<T>(read: Read<T>): T {
  if ("value" in read) return read.value;
  throw new Error(`a value that its schema let pass can't be read: expected ${read.expected}`);
}

export function toCustomer(input: CustomerInput): Customer {
  const given: CustomerFields = typeof input === "string" ? { id: passed(readDomain(input)), domains: [input] } : input;
  const { require, vantage } = given;
  const hops = typeof require === "string" ? { gateway: require, downstream: require } : require;
  const seenFrom = typeof vantage === "string" ? { gateway: vantage, downstream: vantage } : vantage;
  return {
    id: given.id,
    created: given.created ?? null,
    gateway: given.gateway ?? null,
    domains: (given.domains ?? []).map(toDomain),
    downstream: (given.downstream ?? []).map(toDownstream),
    require: { gateway: toRequirement(hops?.gateway), downstream: toRequirement(hops?.downstream) },
    vantage: { gateway: seenFrom?.gateway ?? null, downstream: seenFrom?.downstream ?? null },
    allowPrivate: given.allowPrivate ?? false,
    ...(given.scan !== undefined && given.scan !== "grade" && { scan: given.scan }),
    ...(given.intrusive && { intrusive: given.intrusive }),
    contacts: (given.contacts ?? []).map(toContact),
  };
}

function toDomain(input: Given<CustomerFields["domains"]>[number]): Domain {
  if (typeof input === "string") return { name: passed(readDomain(input)), tlsMode: null };
  return { name: passed(readDomain(input.name)), tlsMode: input.tlsMode ?? null };
}

function toDownstream(input: Given<CustomerFields["downstream"]>[number]): Downstream {
  const given = typeof input === "string" ? { ...passed(readServer(input)), tls: undefined, name: undefined } : input;
  const host = passed(readHost(given.host));
  const port = given.port ?? smtpPort;
  const ownName = canonicalAddress(host) === null ? host : null;
  return {
    host,
    port,
    tls: given.tls ?? (port === implicitPort ? "implicit" : "starttls"),
    name: given.name === undefined ? ownName : passed(readHostName(given.name)),
  };
}

function toRequirement(input: RequirementInput | undefined): Requirement {
  if (input === undefined) return defaultRequirement;
  if (typeof input === "string") return { level: input, floor: defaultFloor };
  return { level: input.level ?? defaultRequirement.level, floor: toFloor(input.floor ?? {}) };
}

function toFloor(input: FloorInput): Floor {
  if (typeof input === "string") return { ...defaultFloor, standard: input };
  const { acceptsNothingBelow, ...fields } = input;
  const written = Object.fromEntries(Object.entries(fields).filter(([, field]) => field !== undefined));
  return { ...defaultFloor, ...written, ...(acceptsNothingBelow && { acceptsNothingBelow }) };
}

function toContact(input: Given<CustomerFields["contacts"]>[number]): Contact {
  if (typeof input === "string") return passed(readContact(input));
  return {
    email: input.email === undefined ? null : toEmail(input.email),
    sms: input.sms ?? null,
    ...(input.after !== undefined && { after: passed(readDuration(input.after)) }),
  };
}

function toEmail(text: string): string {
  return passed(readEmail(text));
}

export function toGateway(input: Given<HeadInput["gateways"]>[number]): Gateway {
  if (typeof input === "string") {
    const host = passed(readHostName(input));
    return { id: host, hosts: [host], port: smtpPort };
  }
  const { id, hosts, port = smtpPort } = input;
  return { id, hosts: hosts.map((host) => passed(readHostName(host))), port };
}

function toVantage(input: Given<HeadInput["vantages"]>[number]): VantageConfig {
  if (typeof input === "string") return { id: input, sourceAddress: null, sees: "inside" };
  return { id: input.id, sourceAddress: canonicalAddress(input.sourceAddress ?? ""), sees: input.sees ?? "inside" };
}

export function toSettings({ tlsMode, vantages, policy, notify, windows, canaries, scan }: HeadInput): FleetSettings {
  return {
    tlsModeRule: tlsMode ?? seedTlsModeRule,
    vantages: (vantages ?? []).map(toVantage),
    policy: toPolicy(policy ?? {}),
    notify: toNotify(notify ?? {}),
    windows: (windows ?? []).map(toWindow),
    canaries: (canaries ?? []).map((text) => passed(readCanary(text))),
    ...(scan !== undefined && { scan: toScan(scan) }),
  };
}

function toScan({ every, pace }: Given<HeadInput["scan"]>): Partial<ScanSettings> {
  return {
    ...(every !== undefined && { everyMs: passed(readScanEvery(every)) }),
    ...(pace !== undefined && { pace: passed(readPace(pace)) }),
  };
}

function toWindow(input: Given<HeadInput["windows"]>[number]): MaintenanceWindow {
  const { id, reason, customer = null, host, class: cls = null } = input;
  const covers = { customer, host: host === undefined ? null : passed(readPlace(host)), class: cls };
  return { id, reason, covers, times: toTimes(input) };
}

function toTimes({ from, until, cron, zone, lasts }: Given<HeadInput["windows"]>[number]): WindowTimes {
  return from === undefined || until === undefined
    ? { kind: "recurring", cron: cron ?? "", zone: zone ?? "", lasts: passed(readDuration(lasts ?? "")) }
    : { kind: "once", from: passed(readMoment(from)), until: passed(readMoment(until)) };
}

function toPolicy({ flapsPerHour, ...durations }: Given<HeadInput["policy"]>): FleetSettings["policy"] {
  const { cleanFor, silentFor, remindAfter, acknowledgedFor } = durations;
  return {
    ...(cleanFor !== undefined && { cleanFor: passed(readDuration(cleanFor)) }),
    ...(silentFor !== undefined && { silentFor: passed(readDuration(silentFor)) }),
    ...(remindAfter !== undefined && { remindAfter: passed(readDuration(remindAfter)) }),
    ...(acknowledgedFor !== undefined && { acknowledgedFor: passed(readDuration(acknowledgedFor)) }),
    ...(flapsPerHour !== undefined && { flapsPerHour }),
  };
}

function toNotify({
  smtp,
  escalate,
  shared,
  heartbeat,
  weekly,
  test,
  ...web
}: Given<HeadInput["notify"]>): NotifySettings {
  return {
    smtp:
      smtp === undefined
        ? null
        : {
            host: passed(readRelay(smtp.host)),
            port: smtp.port ?? (smtp.user === undefined ? smtpPort : submissionPort),
            from: toEmail(smtp.from),
            to: [smtp.to].flat().map(toEmail),
            user: smtp.user ?? null,
            password: smtp.password ?? null,
            tls: smtp.tls ?? "required",
          },
    ...toWeb(web),
    escalate:
      escalate === undefined
        ? null
        : {
            after: escalate.after === undefined ? defaultEscalationMs : passed(readDuration(escalate.after)),
            to: [escalate.to ?? []].flat().map(toEmail),
            ...toWeb(escalate),
          },
    shared: shared ?? false,
    heartbeat: heartbeat ?? null,
    test: test ?? null,
    weekly: weekly === undefined ? null : weekly === true ? defaultWeekly : passed(readWeekly(weekly)),
  };
}

type WebInput = Pick<Given<HeadInput["notify"]>, "webhook" | "slack" | "teams" | "pagerduty">;

function toWeb({ webhook, slack, teams, pagerduty }: WebInput): WebSettings {
  return {
    webhooks: (webhook ?? []).map((one) => {
      const { url, token = null, secret = null } = typeof one === "string" ? { url: one } : one;
      return { url, token, secret };
    }),
    slack: slack ?? [],
    teams: teams ?? [],
    pagerduty: (pagerduty ?? []).map((one) => {
      const { routingKey, url = pagerDutyUrl } = typeof one === "string" ? { routingKey: one } : one;
      return { routingKey, url };
    }),
  };
}
