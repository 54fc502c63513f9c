/** The `notify` block as people write it: who is told beside the console, and who after them. */

import * as z from "zod";
import { duration, fields, list, oneOf, readable, text, whole } from "./shapes.ts";
import { isWebhook, readEmail, readRelay, readWeekly, routingKeyPattern, webhookSecretPattern } from "./values.ts";

const port = whole("a port, 1 to 65535", 1, 65_535);
const relay = readable("a host name or an address", readRelay);
const email = readable("an e-mail address like it@acme.example", readEmail);

const smtp = fields("{ host, port, from, to, user, password, tls }", {
  host: relay,
  port: port.optional().describe("587 with a user, else 25."),
  from: email,
  to: z
    .union([email, list(email, "e-mail addresses").min(1, { error: "at least one e-mail address" })])
    .describe("The operator's addresses; contacts of customers come in addition."),
  user: z.string({ error: "text" }).optional(),
  password: z.string({ error: "text" }).optional(),
  tls: oneOf(["required", "opportunistic", "off"])
    .optional()
    .describe("required when empty; off for a relay on loopback."),
}).refine((given) => (given.user === undefined) === (given.password === undefined), {
  error: "both user and password, or neither",
});

const webhookUrl = z
  .string({ error: "an https:// URL (http:// only to loopback)" })
  .refine(isWebhook, { error: "an https:// URL (http:// only to loopback)" });
const webhook = z.union([
  webhookUrl,
  fields("a URL, or { url, token, secret }", {
    url: webhookUrl,
    token: z.string({ error: "text" }).optional().describe("Sent as `Authorization: Bearer …`."),
    secret: text("text, or base64 behind whsec_", webhookSecretPattern)
      .optional()
      .describe("Signs each message with HMAC-SHA256, as Standard Webhooks has it."),
  }),
]);

const routingKey = text("an integration key: letters, digits, '_' and '-'", routingKeyPattern);
const pagerduty = z.union([
  routingKey,
  fields("an integration key, or { routingKey, url }", {
    routingKey,
    url: webhookUrl.optional().describe("Of the Events API; the service region EU has one of its own."),
  }),
]);

const weekly = "true, or a time like 'monday 08:00 Europe/Berlin'";

const web = {
  webhook: list(webhook, "webhooks").optional().describe("Told by CloudEvents: docs/schema/event.json."),
  slack: list(webhookUrl, "URLs").optional().describe("Incoming webhooks of Slack."),
  teams: list(webhookUrl, "URLs").optional().describe("Webhooks of workflows in Microsoft Teams."),
  pagerduty: list(pagerduty, "integration keys").optional().describe("Services of PagerDuty (Events API v2)."),
};

const escalate = fields("{ after, to, webhook, slack, teams, pagerduty }", {
  after: duration.optional().describe("30m when empty."),
  to: z
    .union([email, list(email, "e-mail addresses")])
    .optional()
    .describe("Addresses, by the relay of `smtp`."),
  ...web,
})
  .refine(
    ({ to, webhook: hooks, slack, teams, pagerduty: pagers }) =>
      [to, hooks, slack, teams, pagers].flat().some((one) => one !== undefined),
    {
      error: "at least one of to, webhook, slack, teams, pagerduty",
    },
  )
  .describe("Second contacts: told of an incident that nobody acknowledged in time, and then of what becomes of it.");

export const notify = fields("{ smtp, webhook, slack, teams, pagerduty, escalate, shared, heartbeat, weekly, test }", {
  smtp: smtp.optional(),
  ...web,
  escalate: escalate.optional(),
  shared: z
    .boolean({ error: "true or false" })
    .optional()
    .describe(
      "True: customers' own contacts are told of trouble that others share too, each once and in words for its own customers.",
    ),
  heartbeat: webhookUrl
    .optional()
    .describe("A URL that `chainmail up` asks for (GET) after each complete cycle: of a checker that misses it."),
  test: oneOf(["monthly"])
    .optional()
    .describe("`monthly`: everybody who would be told of trouble gets a message that is marked as a test."),
  weekly: z
    .union([readable(weekly, readWeekly), z.literal(true, { error: weekly })], { error: weekly })
    .optional()
    .describe("When the operators are told what the week was like; `true`: monday 08:00 UTC."),
});
