/** The model back in the shape that people write, in the shortest form: what is the default is left out. */

import {
  type Contact,
  type Customer,
  type Downstream,
  defaultFloor,
  defaultRequirement,
  type FleetSettings,
  type Floor,
  type Gateway,
  type Requirement,
  seedTlsModeRule,
  type VantageConfig,
} from "../model/customer.ts";
import {
  type EscalationSettings,
  type PagerDutySettings,
  pagerDutyUrl,
  type WebSettings,
} from "../model/notify-settings.ts";
import type { MaintenanceWindow } from "../model/silence.ts";
import { canonicalAddress } from "../protocols/ip/address.ts";
import { durationText, momentText, paceText, smtpPort } from "./values.ts";

export type Written = Readonly<Record<string, unknown>>;

export function writeCustomer(customer: Customer): Written {
  const { id, created, gateway, domains, downstream, require, vantage, allowPrivate, scan, intrusive, contacts } =
    customer;
  return {
    id,
    ...given({ created, gateway }),
    ...(domains.length > 0 && { domains: domains.map(({ name, tlsMode }) => (tlsMode ? { name, tlsMode } : name)) }),
    ...(downstream.length > 0 && { downstream: downstream.map(writeServer) }),
    ...hops(
      { gateway: writeRequirement(require.gateway), downstream: writeRequirement(require.downstream) },
      "require",
    ),
    ...hops(vantage, "vantage"),
    ...(allowPrivate && { allowPrivate }),
    ...(scan !== undefined && { scan }),
    ...(intrusive && { intrusive }),
    ...(contacts.length > 0 && { contacts: contacts.map(writeContact) }),
  };
}

/** The file without its customers. */
export function writeHead(settings: FleetSettings, gateways: readonly Gateway[]): Written {
  const { tlsModeRule, vantages, policy, notify, windows, canaries, scan } = settings;
  const isSeed = Object.entries(seedTlsModeRule).every(([key, value]) => Reflect.get(tlsModeRule, key) === value);
  const writtenPolicy = given({
    cleanFor: policy.cleanFor === undefined ? null : durationText(policy.cleanFor),
    silentFor: policy.silentFor === undefined ? null : durationText(policy.silentFor),
    remindAfter: policy.remindAfter === undefined ? null : durationText(policy.remindAfter),
    acknowledgedFor: policy.acknowledgedFor === undefined ? null : durationText(policy.acknowledgedFor),
    flapsPerHour: policy.flapsPerHour ?? null,
  });
  const writtenNotify = {
    ...(notify.smtp && { smtp: given({ ...notify.smtp }) }),
    ...writeWeb(notify),
    ...(notify.escalate && { escalate: writeEscalation(notify.escalate) }),
    ...(notify.shared && { shared: true }),
    ...given({ heartbeat: notify.heartbeat }),
    ...given({ test: notify.test }),
    ...(notify.weekly && { weekly: `${notify.weekly.day} ${notify.weekly.time} ${notify.weekly.zone}` }),
  };
  return {
    gateways: gateways.map(({ id, hosts, port }) => ({ id, hosts, ...(port !== smtpPort && { port }) })),
    ...(vantages.length > 0 && { vantages: vantages.map(writeVantage) }),
    ...(canaries.length > 0 && { canaries: canaries.map(writeCanary) }),
    ...(!isSeed && { tlsMode: tlsModeRule }),
    ...(scan !== undefined && Object.keys(scan).length > 0 && { scan: writeScan(scan) }),
    ...(Object.keys(writtenPolicy).length > 0 && { policy: writtenPolicy }),
    ...(Object.keys(writtenNotify).length > 0 && { notify: writtenNotify }),
    ...(windows.length > 0 && { windows: windows.map(writeWindow) }),
  };
}

function writeScan({ everyMs, pace }: NonNullable<FleetSettings["scan"]>): Written {
  return {
    ...(everyMs !== undefined && { every: everyMs === null ? "never" : durationText(everyMs) }),
    ...(pace !== undefined && { pace: paceText(pace) }),
  };
}

function writeCanary({ host, port }: FleetSettings["canaries"][number]): string {
  if (port === smtpPort) return host;
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

function writeVantage({ sees, ...vantage }: VantageConfig): Written {
  return given({ ...vantage, sees: sees === "inside" ? null : sees });
}

function writeWindow({ id, reason, covers, times }: MaintenanceWindow): Written {
  const when =
    times.kind === "once"
      ? { from: momentText(times.from), until: momentText(times.until) }
      : { cron: times.cron, zone: times.zone, lasts: durationText(times.lasts) };
  return { id, reason, ...given({ ...covers }), ...when };
}

function writeContact({ email, sms, after }: Contact): Written {
  return given({ email, sms, after: after === undefined ? null : durationText(after) });
}

function writeEscalation({ after, to, ...web }: EscalationSettings): Written {
  return { after: durationText(after), ...(to.length > 0 && { to }), ...writeWeb(web) };
}

function writeWeb({ webhooks, slack, teams, pagerduty }: WebSettings): Written {
  return {
    ...(webhooks.length > 0 && { webhook: webhooks.map((webhook) => given({ ...webhook })) }),
    ...(slack.length > 0 && { slack }),
    ...(teams.length > 0 && { teams }),
    ...(pagerduty.length > 0 && { pagerduty: pagerduty.map(writePagerDuty) }),
  };
}

function writePagerDuty({ routingKey, url }: PagerDutySettings): Written {
  return { routingKey, ...(url !== pagerDutyUrl && { url }) };
}

function writeServer({ host, port, tls, name }: Downstream): Written {
  const ownName = canonicalAddress(host) === null ? host : null;
  return { host, port, tls, ...given({ name: name === ownName ? null : name }) };
}

function writeRequirement({ level, floor }: Requirement): unknown {
  const other = Object.fromEntries(
    Object.entries(floor).filter(([key, value]) => defaultFloor[key as keyof Floor] !== value),
  );
  const { standard, ...others } = other;
  if (standard !== undefined && Object.keys(others).length === 0) return { level, floor: standard };
  if (Object.keys(other).length > 0) return { level, floor: other };
  return level === defaultRequirement.level ? null : level;
}

/** `{ [key]: { gateway, downstream } }` with what is given; nothing where neither is. */
function hops(both: { readonly gateway: unknown; readonly downstream: unknown }, key: string): Written {
  const written = given(both);
  return Object.keys(written).length > 0 ? { [key]: written } : {};
}

function given(fields: Written): Written {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
}
