/** On AWS a customer's contacts are told by the relay of the customers file and by their phones, without a filter of the topic each. */

import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { SMTPServer } from "smtp-server";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { handler as notify } from "../../lambdas/notify.ts";
import { handler as status } from "../../lambdas/status.ts";
import { type Customer, defaultSettings } from "../../lib/model/customer.ts";
import { noNotify } from "../../lib/model/notify-settings.ts";
import { context, openCause, owed } from "../fakes/causes.ts";
import { customerOf } from "../fakes/customers.ts";
import { rightsOf, synthesized } from "../stack/synthesized.ts";
import { type FakeAws, startAws } from "./aws.ts";
import { httpRequest, sqsEvent } from "./events.ts";

const mails: { readonly to: readonly string[]; readonly mail: string }[] = [];
let aws: FakeAws;
let relay: SMTPServer;
beforeAll(async () => {
  aws = await startAws();
  vi.spyOn(process.stdout, "write").mockImplementation(() => true);
  relay = new SMTPServer({
    disabledCommands: ["STARTTLS", "AUTH"],
    logger: false,
    onData(stream, { envelope }, done) {
      void text(stream).then((mail) => {
        mails.push({ to: envelope.rcptTo.map(({ address }) => address), mail });
        done();
      });
    },
  });
  relay.listen(0, "127.0.0.1");
  await once(relay.server, "listening");
  const { port } = relay.server.address() as AddressInfo;
  const smtp = { host: "127.0.0.1", port, from: "monitor@gateway.example", user: null, password: null };
  await aws.store.config.putSettings({
    ...defaultSettings,
    notify: { ...noNotify, smtp: { ...smtp, to: ["ops@gateway.example"], tls: "off" } },
  });
  const acme: Customer = customerOf("acme", {
    contacts: [
      { email: "it@acme.example", sms: null },
      { email: null, sms: "+4915112345678" },
    ],
  });
  await aws.store.config.putCustomers([acme]);
});
afterAll(async () => {
  vi.restoreAllMocks();
  await new Promise<void>((resolve) => relay.close(resolve));
  await aws.close();
});

it("the topic, the operator's address, the contact's and its phone get one message each", async () => {
  const own = { ...context, customer: "acme", customers: 1 };
  const cause = openCause([owed({ context: own, kind: "worse" })], { context: own });
  await aws.store.state.putCause({ value: cause, version: 0 });
  const wakeUp = sqsEvent("outbox", ["{}"]);
  expect(await notify(wakeUp)).toEqual({ batchItemFailures: [] });
  expect(await notify(wakeUp)).toEqual({ batchItemFailures: [] });
  expect(mails.map(({ to }) => to)).toEqual([["ops@gateway.example"], ["it@acme.example"]]);
  expect(mails[1]?.mail).toContain("[CM-7F3A.1]");
  const phones = aws.published.filter((fields) => fields.get("PhoneNumber") !== null);
  expect(phones.map((fields) => fields.get("PhoneNumber"))).toEqual(["+4915112345678"]);
  expect(aws.published.filter((fields) => fields.get("TopicArn") !== null)).toHaveLength(1);
});

it("the contact's mail has a link by which it unsubscribes at the status API, within its rights, and is told no more", async () => {
  const [link = ""] = /(?<=<)https:\/\/status\.example\/unsubscribe\/[\w.-]+(?=>)/.exec(mails[1]?.mail ?? "") ?? [];
  expect(mails[0]?.mail).not.toContain("/unsubscribe/");
  expect(mails[1]?.mail).toContain("List-Unsubscribe-Post: List-Unsubscribe=One-Click");
  const { pathname } = new URL(link);
  aws.used();
  const ask = async (over: object) => {
    const method = "body" in over ? "POST" : "GET";
    const type = { "content-type": "application/x-www-form-urlencoded" };
    const request = { ...httpRequest(method, pathname, type), ...over };
    return status(request as Parameters<typeof status>[0]);
  };
  expect((await ask({})).body).toContain("Nothing has changed yet");
  expect(await ask({ body: "List-Unsubscribe=One-Click" })).toMatchObject({ statusCode: 200 });
  expect(rightsOf(synthesized().template, "StatusApi")).toEqual(expect.arrayContaining([...aws.used()]));

  mails.length = 0;
  const own = { ...context, customer: "acme", customers: 1 };
  const subject = "192.0.2.77:25";
  const cause = openCause([owed({ context: own, kind: "worse", subject })], { context: own, subject });
  await aws.store.state.putCause({ value: cause, version: 0 });
  await notify(sqsEvent("outbox", ["{}"]));
  expect(mails.map(({ to }) => to)).toEqual([["ops@gateway.example"], ["ops@gateway.example"]]);
  expect(mails.map(({ mail }) => /^Subject: .*/m.exec(mail)?.[0])).toContainEqual(
    expect.stringMatching(/Contact unsubscribed: it@acme\.example/),
  );
});
