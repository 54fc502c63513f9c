import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import type { Letter } from "../../lib/model/ports.ts";
import { notify } from "../../lib/steps/notify.ts";
import { unsubscribeLinks } from "../../lib/steps/unsubscribe-link.ts";
import { fakeChannel } from "../fakes/channels.ts";
import { customerOf } from "../fakes/customers.ts";
import { type Fixture, fixture, form } from "./helpers.ts";
import { noon } from "./looks.ts";

const address = "It@acme.example";
const key = "it@acme.example";
const baseUrl = "https://status.example";

let world: Fixture;
let link: string;
const ops = fakeChannel("smtp:ops@operator.example");
const app = () => world.app({ auth: { kind: "tokens" }, baseUrl });
const post = (fields: Readonly<Record<string, string>>, headers = {}) => app().request(link, form(fields, headers));
const choice = () => world.store.state.choice(key);

beforeAll(async () => {
  world = await fixture();
  const contacts = [
    { email: address, sms: null },
    { email: "boss@acme.example", sms: null },
  ];
  await world.store.config.putCustomers([customerOf("acme", { contacts })]);
  link = (await unsubscribeLinks(world.store.state, baseUrl))({ customer: "acme", address }) ?? "";
});
afterAll(() => world.close());
beforeEach(() => {
  ops.letters.length = 0;
});

/** What the operator hears of it. */
async function told(): Promise<readonly Letter[]> {
  const telling = { operators: [ops], contactChannels: () => [], alertLog: null, baseUrl: null };
  await notify({ store: world.store, now: () => noon + 3_600_000, ...telling });
  return ops.letters.filter(({ event }) => event.class === "deaf");
}

describe("the link in a contact's mail", () => {
  it("is the same each time, and is nobody else's", async () => {
    const again = await unsubscribeLinks(world.store.state, baseUrl);
    expect(again({ customer: "acme", address })).toBe(link);
    expect(again({ customer: "acme", address: "boss@acme.example" })).not.toBe(link);
    expect((await unsubscribeLinks(world.store.state, null))({ customer: "acme", address })).toBe(null);
  });

  it("asks first, of whoever opens it, and changes nothing", async () => {
    const response = await app().request(link);
    expect(response.status).toBe(200);
    expect(response.headers.get("cache-control")).toBe("no-store");
    const page = await response.text();
    expect(page).toContain("<strong>It@acme.example</strong>");
    expect(page).toContain('<form method="post"><button name="choice" value="unsubscribe">Unsubscribe</button></form>');
    expect((await app().request(link, { method: "HEAD" })).status).toBe(200);
    expect(await choice()).toBe(undefined);
    expect(await told()).toEqual([]);
  });

  it.each([
    ["a signature of nobody", (url: string) => url.replace(/.$/, (last) => (last === "A" ? "Q" : "A"))],
    [
      "another address under the same signature",
      (url: string) =>
        url.replace(
          /\/[\w-]+\./,
          `/unsubscribe/${Buffer.from(JSON.stringify(["acme", "boss@acme.example"])).toString("base64url")}.`,
        ),
    ],
    ["no signature", (url: string) => url.replace(/\.[^.]*$/, "")],
    ["more behind it", (url: string) => `${url}.x`],
    ["megabytes", (url: string) => `${url}${"A".repeat(100_000)}`],
  ])("with %s is none", async (_name, changed) => {
    for (const method of ["GET", "POST"]) {
      const response = await app().request(changed(link), method === "GET" ? {} : form({ choice: "unsubscribe" }));
      expect(response.status).toBe(404);
    }
    expect(await choice()).toBe(undefined);
  });

  it("is none before any was made", async () => {
    const fresh = await fixture();
    expect((await fresh.app({ baseUrl }).request(link)).status).toBe(404);
    await fresh.close();
  });

  it("posted without a choice is refused", async () => {
    expect((await post({})).status).toBe(400);
    expect((await post({ choice: "all" })).status).toBe(400);
    expect((await post({ "List-Unsubscribe": "no" })).status).toBe(400);
    expect(await choice()).toBe(undefined);
  });

  it("posted by its form unsubscribes that address, and tells the operator once", async () => {
    const response = await post({ choice: "unsubscribe" });
    expect(response.status).toBe(200);
    expect(await response.text()).toContain("gets no more of these messages");
    expect(await choice()).toMatchObject({ address: key, wants: false, by: "page" });
    await post({ choice: "unsubscribe" });
    const letters = await told();
    expect(letters.map(({ subject }) => subject)).toEqual([
      expect.stringMatching(/^\[CM-\w{6}\.1\] Contact unsubscribed: it@acme\.example, deaf, 1 customer$/),
    ]);
    expect(letters[0]?.text).toContain("it@acme.example wants no messages any more, and gets none.");
    expect(letters[0]?.text).toContain("customer 'acme' is left with boss@acme.example");
    // Neither reminded of nor ended by a message.
    ops.letters.length = 0;
    expect(await told()).toEqual([]);
    expect((await world.store.state.cause("deaf", key)).value).toBe(null);
  });

  it("then says so, and how to subscribe again", async () => {
    const page = await (await app().request(link)).text();
    expect(page).toContain("gets no more of these messages");
    expect(page).toContain('value="subscribe">Subscribe again');
    expect(await (await post({ choice: "subscribe" })).text()).toContain("gets messages again");
    expect(await choice()).toMatchObject({ wants: true });
    expect(await told()).toEqual([]);
  });

  it("posted by a mail program unsubscribes by one click, from whatever site and without a log-in", async () => {
    const click = await post(
      { "List-Unsubscribe": "One-Click" },
      { "Sec-Fetch-Site": "cross-site", Origin: "https://mail.example" },
    );
    expect(click.status).toBe(200);
    expect(await choice()).toMatchObject({ wants: false, by: "one-click" });
    expect(await told()).toHaveLength(1);
    const parts = new FormData();
    parts.set("List-Unsubscribe", "One-Click");
    expect((await app().request(link, { method: "POST", body: parts })).status).toBe(200);
    expect(await told()).toHaveLength(1);
  });

  it("of the last contact says that nobody there hears", async () => {
    await world.store.config.putCustomers([
      customerOf("solo", { contacts: [{ email: "one@solo.example", sms: null }] }),
    ]);
    const last =
      (await unsubscribeLinks(world.store.state, baseUrl))({ customer: "solo", address: "one@solo.example" }) ?? "";
    await app().request(last, form({ choice: "unsubscribe" }));
    expect((await told())[0]?.text).toContain("no contact of customer 'solo' is told any more");
  });
});
