/** The customers file as people write it. The JSON Schema for editors is made of the same. */

import { isIP } from "node:net";
import * as z from "zod";
import { standardFloors } from "../judge/grades/floors.ts";
import { requirementLevels } from "../model/customer.ts";
import { scanDepths } from "../model/deep-scan.ts";
import { standingOf, suffixOf, unrelatedNetworks } from "../model/network.ts";
import type { ProtocolName } from "../model/observation.ts";
import { expectedPace } from "../model/pace.ts";
import { fewestCanaries, fewestCanaryNetworks } from "../model/sight.ts";
import { notify } from "./notify-schema.ts";
import { duration, fields, id, list, oneOf, readable, text, whole } from "./shapes.ts";
import {
  dayPattern,
  expectedScanEvery,
  isDay,
  phonePattern,
  readCanary,
  readContact,
  readDomain,
  readEmail,
  readHost,
  readHostName,
  readPace,
  readScanEvery,
  readServer,
} from "./values.ts";
import { maintenanceWindow } from "./window-schema.ts";

const yesOrNo = z.boolean({ error: "true or false" });
const day = text("a date like 2015-03-01", dayPattern).refine(isDay, { error: "a date like 2015-03-01" });
const port = whole("a port, 1 to 65535", 1, 65_535);
const hostName = readable("a host name like mail.acme.example", readHostName);
const host = readable("a host name or an address", readHost);
const domainName = readable("a domain name like acme.example", readDomain);
const email = readable("an e-mail address like it@acme.example", readEmail);
const tlsMode = oneOf(["enabled", "disabled", "enforced"]);
const level = oneOf(requirementLevels);
const protocols = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"] as const satisfies readonly ProtocolName[];

const standard = oneOf(standardFloors);
const figures = {
  protocol: oneOf(protocols).optional().describe("The oldest protocol that isn't weak; TLSv1.2 when empty."),
  cipherBits: whole("a number of bits, 40 to 256", 40, 256).optional().describe("Of the cipher; 128 when empty."),
  rsaBits: whole("a number of bits, 512 to 16384", 512, 16_384)
    .optional()
    .describe("Of RSA keys and of Diffie-Hellman; 2048 when empty."),
  ecBits: whole("a number of bits, 112 to 521", 112, 521).optional().describe("Of elliptic curves; 224 when empty."),
  forwardSecrecy: yesOrNo.optional().describe("True: static RSA is weak."),
};
const floor = z
  .union(
    [
      standard,
      fields("a standard's name, or { standard, protocol, cipherBits, …, acceptsNothingBelow }", {
        standard: standard.optional().describe("Judged by instead of the figures."),
        ...figures,
        acceptsNothingBelow: yesOrNo
          .optional()
          .describe(
            "True: what the server would merely accept counts too, and not only what a modern sender gets. False when empty.",
          ),
      }).refine(
        (given) =>
          given.standard === undefined || Object.keys(figures).every((key) => Reflect.get(given, key) === undefined),
        { error: "a standard or figures, not both" },
      ),
    ],
    { error: "a standard's name, or { standard, protocol, cipherBits, …, acceptsNothingBelow }" },
  )
  .describe("Below this a session counts as weak: a published standard by its name, or figures.");

const requirement = z.union(
  [level, fields("a level, or { level, floor }", { level: level.optional(), floor: floor.optional() })],
  { error: "a level, or { level, floor }" },
);

const requirements = z
  .union(
    [
      level,
      fields("a level, or { gateway, downstream }", {
        gateway: requirement.optional().describe("Of the hop internet → gateway; tls when empty."),
        downstream: requirement.optional().describe("Of the hop gateway → customer; tls when empty."),
      }),
    ],
    { error: "a level, or { gateway, downstream }" },
  )
  .describe("What each hop must offer: less is an alarm. A lone level holds for both hops.");

const domain = z.union(
  [
    domainName,
    fields("a domain name, or { name, tlsMode }", {
      name: domainName,
      tlsMode: tlsMode
        .optional()
        .describe("What the gateway does with TLS towards the customer; when empty the operator's rule decides."),
    }),
  ],
  { error: "a domain name, or { name, tlsMode }" },
);

const server = z.union(
  [
    readable("a host name or an address", readServer),
    fields("a host, or { host, port, tls, name }", {
      host: host.describe("A host name, or an address."),
      port: port.optional().describe("25 when empty."),
      tls: oneOf(["starttls", "implicit"]).optional().describe("implicit on port 465, else starttls."),
      name: hostName.optional().describe("What its certificate must match, where `host` is an address."),
    }),
  ],
  { error: "a host, or { host, port, tls, name }" },
);

const contact = z.union(
  [
    readable("an e-mail address, or a number like +4915112345678", readContact),
    fields("an e-mail address, or { email, sms, after }", {
      email: email.optional(),
      sms: text("a number like +4915112345678", phonePattern).optional().describe("In international form (E.164)."),
      after: duration
        .optional()
        .describe("A second contact: told when nobody acknowledged the incident for so long. At once when empty."),
    }).refine((given) => given.email !== undefined || given.sms !== undefined, { error: "an email or an sms" }),
  ],
  { error: "an e-mail address, or { email, sms, after }" },
);

const vantageOfHops = z
  .union([
    id,
    fields("the id of a vantage, or { gateway, downstream }", { gateway: id.optional(), downstream: id.optional() }),
  ])
  .describe(
    "The one vantage that sees each hop as the mail does; a lone id holds for both. Without it all that see the internet look.",
  );

export const customerSchema = z
  .union(
    [
      domainName.describe("Short for a customer with this id and this domain."),
      fields("a domain name, or { id, domains, downstream, … }", {
        id,
        created: day.optional().describe("When the account was made: decides the TLS mode of domains that name none."),
        gateway: id.optional().describe("One of `gateways`."),
        domains: list(domain, "domains").optional(),
        downstream: list(server, "servers").optional().describe("The customer's own mail servers."),
        require: requirements.optional(),
        vantage: vantageOfHops.optional(),
        allowPrivate: yesOrNo
          .optional()
          .describe("The operator vouches for private addresses of this customer, and for every port downstream."),
        scan: oneOf(scanDepths)
          .optional()
          .describe(
            "How deep its servers are scanned: none; grade, when empty: what the grades need; full: every suite and group, one connection beside each look, over hours.",
          ),
        intrusive: yesOrNo
          .optional()
          .describe(
            "True: the customer agreed that its servers are looked at for flaws by what no honest client sends (Heartbleed, ROBOT, …).",
          ),
        contacts: list(contact, "contacts").optional().describe("Told of incidents of this customer's own servers."),
      }).refine((given) => (given.domains?.length ?? 0) + (given.downstream?.length ?? 0) > 0, {
        error: "at least one of domains, downstream",
      }),
    ],
    { error: "a domain name, or { id, domains, downstream, … }" },
  )
  .describe("Only `id` and one of `domains`, `downstream` are required.");

const gateway = z.union(
  [
    hostName.describe("Short for a gateway with this id and this one host."),
    fields("a host name, or { id, hosts }", {
      id,
      hosts: list(hostName, "host names").describe("The gateway's MX host names."),
      port: port.optional().describe("Where its hosts listen: 25 when empty; another in a lab."),
    }),
  ],
  { error: "a host name, or { id, hosts }" },
);

const vantage = z.union(
  [
    id,
    fields("an id, or { id, sourceAddress, sees }", {
      id,
      sourceAddress: z
        .string({ error: "an address of this machine" })
        .refine((value) => z.union([z.ipv4(), z.ipv6()]).safeParse(value).success, {
          error: "an address of this machine",
        })
        .optional()
        .describe("The local address to dial from."),
      sees: oneOf(["internet", "inside"])
        .optional()
        .describe(
          "internet: as anybody does, so that it looks at every hop that names no vantage, beside `here`. inside, when empty: only at those that name it.",
        ),
    }),
  ],
  { error: "an id, or { id, sourceAddress, sees }" },
);

const canary = readable("a public host name or address, with :port where it isn't 25", readCanary);

/** A name may lead to any network: `chainmail doctor` asks DNS. Here it tells who runs it. */
function networksOf(canaries: readonly string[]): number {
  const read = canaries.flatMap((text) => {
    const server = readCanary(text);
    return "value" in server ? [server.value.host] : [];
  });
  const standings = read.map((host) =>
    isIP(host) ? standingOf(host, null) : { network: `.${suffixOf(host)}`, suffix: suffixOf(host) },
  );
  return unrelatedNetworks(standings);
}

const tlsModeRule = fields("{ createdBefore, mode, otherwise }", {
  createdBefore: day,
  mode: tlsMode.describe("Of accounts made before that day."),
  otherwise: tlsMode.describe("Of all others, and of those without a date."),
}).describe("The gateway's TLS mode of domains that name none. When empty: before 2016-01-01 disabled, else enabled.");

const policy = fields("{ cleanFor, silentFor, remindAfter, acknowledgedFor, flapsPerHour }", {
  cleanFor: duration.optional().describe("Clean time that ends an incident; 10m when empty."),
  silentFor: duration.optional().describe("Silence that opens `unreachable`; 30m when empty."),
  remindAfter: duration.optional().describe("The first reminder, doubled each time; 1d when empty."),
  acknowledgedFor: duration.optional().describe("An acknowledgement lapses after it; 7d when empty."),
  flapsPerHour: whole("a number, 1 to 60", 1, 60)
    .optional()
    .describe("Openings an hour after which it is quiet; 3 when empty."),
});

const scan = fields("{ every, pace }", {
  every: readable(expectedScanEvery, readScanEvery)
    .optional()
    .describe("How often all that a scan asks is asked again; 1d when empty."),
  pace: readable(expectedPace, readPace)
    .optional()
    .describe("Connections to one host, at most, beside the light probes; 2/1m when empty."),
});

/** The file without its customers, which are read one by one. */
const head = {
  gateways: list(gateway, "gateways").optional(),
  vantages: list(vantage, "vantages").optional().describe("Further places to look from within this process."),
  canaries: list(canary, "canaries")
    .refine((list) => list.length === 0 || list.length >= fewestCanaries, {
      error: `at least ${fewestCanaries} canaries, or none`,
    })
    .refine((list) => list.length === 0 || networksOf(list) >= fewestCanaryNetworks, {
      error: `canaries in at least ${fewestCanaryNetworks} unrelated networks`,
    })
    .optional()
    .describe(
      "Public mail servers of others that are always well, in other networks than ours: when most of them fail, the fault is ours. At least three.",
    ),
  tlsMode: tlsModeRule.optional(),
  scan: scan.optional().describe("The scans of the schedule: what each server would accept."),
  policy: policy.optional().describe("Figures of the incident machine."),
  notify: notify.optional().describe("Where messages go, beside the console and the operators' topic."),
  windows: list(maintenanceWindow, "maintenance windows")
    .optional()
    .describe("When nobody is told: what still holds at the end of a window is told then."),
};
export const headSchema = fields("gateways and customers", head, ["customers"]);

export type HeadInput = z.infer<typeof headSchema>;
export type CustomerInput = z.infer<typeof customerSchema>;

/** What editors are given: `# yaml-language-server: $schema=docs/schema/customers.json`. */
export function customersJsonSchema(): Record<string, unknown> {
  const file = headSchema.extend({ customers: list(customerSchema, "customers") });
  return { title: "Chainmail customers file", ...z.toJSONSchema(file) };
}
