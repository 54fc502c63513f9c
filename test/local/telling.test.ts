import { afterAll, beforeAll, expect, it } from "vitest";
import { type TellingOptions, tellingWorld } from "../../lib/local/telling.ts";
import { defaultSettings } from "../../lib/model/customer.ts";
import { noNotify } from "../../lib/model/notify-settings.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { fakeChannel } from "../fakes/channels.ts";

let embedded: EmbeddedStore;
beforeAll(async () => {
  embedded = await openEmbedded(null);
  const host = { host: "relay.example.net", port: 25, from: "monitor@example.net", to: ["ops@example.net"] };
  const smtp = { ...host, user: null, password: null, tls: "required" } as const;
  await embedded.store.config.putSettings({ ...defaultSettings, notify: { ...noNotify, smtp } });
});
afterAll(() => embedded.close());

const names = async (over: Partial<TellingOptions>) => {
  const { store } = embedded;
  const common = { store, now: () => 0, roots: [], operators: [], alertLog: null, baseUrl: null, everyMs: null };
  const { contactChannels } = await tellingWorld({ ...common, ...over });
  const contacts = [
    { email: "it@acme.example", sms: null },
    { email: null, sms: "+4915112345678" },
  ];
  return contacts.flatMap((contact) => contactChannels(contact, "acme")).map(({ name }) => name);
};

it("a contact's phone is one of its channels where this process can text, and none otherwise", async () => {
  expect(await names({ texter: (number) => fakeChannel(`sms:${number}`) })).toEqual([
    "smtp:it@acme.example",
    "sms:+4915112345678",
  ]);
  expect(await names({ texter: null })).toEqual(["smtp:it@acme.example"]);
  expect(await names({})).toEqual(["smtp:it@acme.example"]);
});

it("the key of links is made once, and only where there are pages to lead to", async () => {
  const key = async () => (await embedded.store.state.document("link-secret")).version;
  expect(await key()).toBe(0);
  await names({ baseUrl: "https://status.example" });
  await names({ baseUrl: "https://status.example" });
  expect(await key()).toBe(1);
});
