import type { SNSClient } from "@aws-sdk/client-sns";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { examineStack } from "../../lib/local/doctor-aws.ts";
import type { Customer } from "../../lib/model/customer.ts";
import type { SmsAccount } from "../../lib/model/sms-account.ts";
import type { KnownSubscription } from "../../lib/model/subscriptions.ts";
import { type EmbeddedStore, openEmbedded } from "../../lib/store/embedded.ts";
import { readSmsAccount } from "../../lib/world/sms-account.ts";
import { customerOf } from "../fakes/customers.ts";
import { fakeResolver } from "../fakes/resolver.ts";

const now = Date.UTC(2026, 10, 25, 12);
const topic = "arn:aws:sns:eu-central-1:123456789012:operators";
const well: SmsAccount = { sandbox: false, spendLimit: 50, deliveryLogged: true };

let embedded: EmbeddedStore;
beforeEach(async () => {
  embedded = await openEmbedded(null);
});
afterEach(() => embedded.close());

const lines = async (smsAccount: () => Promise<SmsAccount> = async () => well) =>
  (await examineStack({ store: embedded.store, now: () => now, resolver: fakeResolver({}), smsAccount })).map(
    ({ name, state, words }) => `${state} ${name}: ${words}`,
  );
const know = (...known: readonly KnownSubscription[]) =>
  embedded.store.state.putDocument("subscriptions", { value: { topic, known }, version: 0 });
const one = (endpoint: string, state: KnownSubscription["state"]): KnownSubscription => ({
  protocol: "email",
  endpoint,
  state,
  since: now - 1_000,
  wasConfirmed: true,
});
const withPhone: Customer = customerOf("acme", {
  contacts: [{ email: null, sms: "+4915112345678" }],
});

describe("the doctor of a stack", () => {
  it("finds a well one well", async () => {
    await know(one("ops@example.net", "confirmed"));
    expect(await lines()).toEqual([
      "good store: can be read",
      "good messages: leave by the stack's topic",
      `good subscriptions: 1 at ${topic}`,
      "good SMS sandbox: left: any number can be reached",
      "good SMS spend limit: 50 USD a month",
      "good SMS delivery: what became of each message is logged",
    ]);
  });

  it("names who gets no messages", async () => {
    expect(await lines()).toContainEqual(expect.stringMatching(/^unknown subscriptions: weren't listed yet/));
    await know(one("it@acme.example", "vanished"), one("ops@example.net", "confirmed"));
    expect(await lines()).toContainEqual(
      expect.stringMatching(/^bad subscriptions: email:it@acme\.example \(vanished\) get no messages/),
    );
  });

  it("and where nobody listens at all", async () => {
    await know();
    expect(await lines()).toContainEqual(expect.stringMatching(/^warning subscriptions: nobody listens at arn:/));
  });

  it("the sandbox is bad where phones are to be reached, and worth a word elsewhere", async () => {
    const caged = async () => ({ ...well, sandbox: true });
    expect(await lines(caged)).toContainEqual(expect.stringMatching(/^warning SMS sandbox: the account is in it/));
    await embedded.store.config.putCustomers([withPhone]);
    expect(await lines(caged)).toContainEqual(expect.stringMatching(/^bad SMS sandbox: the account is in it/));
  });

  it.each([
    [null, /^warning SMS spend limit: 1 USD a month, AWS's own: above it SMS are dropped/],
    [1, /^warning SMS spend limit: 1 USD a month: above it/],
    [0, /^warning SMS spend limit: 0 USD a month: above it/],
    [2, /^good SMS spend limit: 2 USD a month$/],
  ])("a spend limit of %s", async (spendLimit, said) => {
    expect(await lines(async () => ({ ...well, spendLimit }))).toContainEqual(expect.stringMatching(said));
  });

  it("delivery that isn't logged, and an account that may not be asked", async () => {
    const unlogged = async () => ({ ...well, deliveryLogged: false });
    expect(await lines(unlogged)).toContainEqual(expect.stringMatching(/^warning SMS delivery: what becomes/));
    const refused = () => Promise.reject(new Error("not authorized to perform: SNS:GetSMSAttributes"));
    expect((await lines(refused)).at(-1)).toBe(
      "unknown SMS: the account's settings can't be read: not authorized to perform: SNS:GetSMSAttributes",
    );
  });
});

describe("the account's SMS settings", () => {
  const accountOf = (attributes: Record<string, string>, IsInSandbox = false) => {
    const send = async (command: object) =>
      command.constructor.name.startsWith("GetSMSSandbox") ? { IsInSandbox } : { attributes };
    return readSmsAccount({ send } as unknown as SNSClient);
  };

  it("are what AWS answers, and its own where nothing was set", async () => {
    const role = "arn:aws:iam::123456789012:role/sms";
    expect(await accountOf({ MonthlySpendLimit: "20", DeliveryStatusIAMRole: role })).toEqual({
      sandbox: false,
      spendLimit: 20,
      deliveryLogged: true,
    });
    expect(await accountOf({}, true)).toEqual({ sandbox: true, spendLimit: null, deliveryLogged: false });
  });
});
