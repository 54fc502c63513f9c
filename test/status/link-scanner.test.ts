/** Link scanners open every link of every mail before its reader does: whatever they open, nothing changes. */

import { ScanCommand } from "@aws-sdk/lib-dynamodb";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createToken } from "../../lib/customers/tokens.ts";
import { createApp } from "../../lib/status/app.ts";
import type { StatusContext } from "../../lib/status/context.ts";
import { unsubscribeLinks } from "../../lib/steps/unsubscribe-link.ts";
import { collectedOf } from "../../lib/steps/words/collected.ts";
import { digestOf } from "../../lib/steps/words/digest.ts";
import type { Draft } from "../../lib/steps/words/letter.ts";
import { draftOf } from "../../lib/steps/words/letter.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { chatNotification } from "../../lib/world/channels/amazon-q.ts";
import { cloudEventOf } from "../../lib/world/channels/cloud-event.ts";
import { pagerDutyEvent } from "../../lib/world/channels/pagerduty.ts";
import { slackMessage } from "../../lib/world/channels/slack.ts";
import { teamsMessage } from "../../lib/world/channels/teams.ts";
import { alert } from "../fakes/causes.ts";
import { form } from "./helpers.ts";
import { noon } from "./looks.ts";
import { everyMs, seed } from "./seed.ts";

const baseUrl = "https://status.example";
const confirmed: unknown[] = [];
const topic: StatusContext["topic"] & {} = {
  arns: ["arn:aws:sns:eu-central-1:123456789012:operators"],
  confirm: async (link) => {
    confirmed.push(link);
    return { kind: "confirmed", subscription: "" };
  },
};

let embedded: EmbeddedStore;
let app: ReturnType<typeof createApp>;
let open: ReturnType<typeof createApp>;
let token: string;
/** Stands in each of a contact's mails. */
let unsubscribe: string;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  const { store } = embedded;
  await seed(store);
  unsubscribe = (await unsubscribeLinks(store.state, baseUrl))({ customer: "lost", address: "it@lost.example" }) ?? "";
  token = await createToken(store.config, null, noon);
  const context = { store, now: () => noon + 40_000, everyMs, baseUrl, version: "1.2.3", topic };
  app = createApp({ ...context, auth: { kind: "tokens" } });
  open = createApp({ ...context, auth: { kind: "open" } });
});
afterAll(() => embedded.close());

/** All that is kept, item by item. */
async function everything(): Promise<unknown> {
  const tables = Object.values(embedded.tables);
  const scans = tables.map(async (TableName) => {
    const { Items = [], LastEvaluatedKey } = await embedded.client.send(new ScanCommand({ TableName }));
    expect(LastEvaluatedKey).toBe(undefined);
    return Items.map((item) => JSON.stringify(item)).sort();
  });
  return Promise.all(scans);
}

/** A message of each kind and to each reader. */
function drafts(): readonly Draft[] {
  const kinds = ["opened", "worse", "reminder", "escalated", "flapping", "recovered", "gone"] as const;
  const subjects = ["CM-7F3A", "CM-0BAD"].flatMap((incident) =>
    [null, "lost"].flatMap((customer) =>
      kinds.map((kind, index) => {
        const own = alert({ incident, id: `${incident}·${index + 1}`, kind });
        return { ...own, context: { ...own.context, customer } };
      }),
    ),
  );
  const [first, ...rest] = subjects;
  if (first === undefined) return [];
  return [
    ...subjects.map((one) => draftOf(one, baseUrl)),
    collectedOf([first, ...rest], baseUrl),
    digestOf([first, ...rest], baseUrl),
  ];
}

/** Every URL of our own in whatever is sent. */
function linksOf(draft: Draft): readonly string[] {
  const letter = { ...draft, to: "x" };
  const sent = [
    draft.subject,
    draft.text,
    draft.sms,
    ...[
      slackMessage(letter),
      teamsMessage(letter),
      pagerDutyEvent(letter, "R0".repeat(16)),
      chatNotification(letter),
      cloudEventOf(letter, baseUrl),
    ].map((message) => JSON.stringify(message)),
  ];
  return sent.flatMap((text) => [...text.matchAll(/https:\/\/status\.example[^\s"'<>|\\)\]]*/g)].map(([url]) => url));
}

/** Where a page leads: its links, and where its forms would be sent to. */
function leadsTo(html: string, from: string): readonly string[] {
  return [...html.matchAll(/\s(?:href|src|action)="([^"]*)"/g)].flatMap(([, to = ""]) => {
    const url = new URL(to.replaceAll("&amp;", "&").replaceAll("&quot;", '"').replaceAll("&#39;", "'"), from);
    url.hash = "";
    return url.origin === baseUrl ? [url.href] : [];
  });
}

/** Opens each link, and each link behind it, by every method that a scanner uses. */
async function crawl(from: readonly string[], asked: typeof app, headers: Readonly<Record<string, string>>) {
  const seen = new Set<string>();
  const queue = [...from];
  const statuses = new Map<string, number>();
  for (let url = queue.pop(); url !== undefined && seen.size < 2_000; url = queue.pop()) {
    if (seen.has(url)) continue;
    seen.add(url);
    await asked.request(url, { method: "HEAD", headers });
    const response = await asked.request(url, { headers });
    statuses.set(url, response.status);
    const location = response.headers.get("location");
    if (location !== null) queue.push(new URL(location, url).href);
    if (response.headers.get("content-type")?.startsWith("text/html"))
      queue.push(...leadsTo(await response.text(), url));
  }
  return statuses;
}

describe("a link scanner", () => {
  const links = [...new Set(drafts().flatMap(linksOf))];

  it("finds links in every message", () => {
    for (const draft of drafts()) expect(linksOf(draft).length, draft.id).toBeGreaterThan(0);
    expect(links).toEqual(expect.arrayContaining([`${baseUrl}/incidents/CM-7F3A`, `${baseUrl}/customers/lost`]));
  });

  it.each([
    ["without a token", () => app, () => ({})],
    ["in its reader's browser, logged in", () => app, () => ({ cookie: `chainmail=${token}` })],
    ["where nobody is asked for a token", () => open, () => ({})],
  ])("%s changes nothing", async (_name, of, headersOf) => {
    const before = await everything();
    const statuses = await crawl([...links, unsubscribe], of(), headersOf());
    expect(statuses.get(unsubscribe)).toBe(200);
    expect(await everything()).toEqual(before);
    expect(confirmed).toEqual([]);
    expect([...statuses.values()].filter((status) => status >= 500)).toEqual([]);
    expect(statuses.size).toBeGreaterThan(links.length);
    expect(statuses.size, "links were left out").toBeLessThan(2_000);
  });

  it("reaches the forms that act, and gets nowhere by GET", async () => {
    const statuses = await crawl(links, open, {});
    expect(statuses.get(`${baseUrl}/incidents/CM-7F3A/acknowledge`)).toBe(405);
    expect(statuses.get(`${baseUrl}/subscriptions`)).toBe(200);
    expect(statuses.get(`${baseUrl}/incidents/CM-7F3A`)).toBe(200);
  });

  it("unsubscribing takes the POST of a person, or of a mail program's button", async () => {
    const page = await (await app.request(unsubscribe)).text();
    expect(page).toContain('<form method="post">');
    await app.request(unsubscribe, form({ choice: "unsubscribe" }));
    expect(await embedded.store.state.choice("it@lost.example")).toMatchObject({ wants: false });
  });

  it("acknowledging takes the POST of a person", async () => {
    const before = await everything();
    const path = `${baseUrl}/incidents/CM-7F3A/acknowledge`;
    expect((await open.request(path, form({ by: "Ada" }))).status).toBe(303);
    expect(await everything()).not.toEqual(before);
    const cause = (await embedded.store.state.cause("cleartext", "198.51.100.2:25")).value;
    expect(cause?.incident?.acknowledged?.by).toBe("Ada");
  });
});
