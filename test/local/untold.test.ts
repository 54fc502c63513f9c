import { describe, expect, it } from "vitest";
import { untold } from "../../lib/local/untold.ts";
import { type Customer, defaultSettings } from "../../lib/model/customer.ts";
import { type NotifySettings, noNotify, type SmtpSettings } from "../../lib/model/notify-settings.ts";
import { customerOf } from "../fakes/customers.ts";

const host = { host: "relay.example.net", port: 25, from: "monitor@example.net", to: ["ops@example.net"] };
const smtp: SmtpSettings = { ...host, user: null, password: null, tls: "required" };
const phone = customerOf("acme", { contacts: [{ email: "it@acme.example", sms: "+4915112345678" }] });
const texter = async () => () => ({ name: "sms", deliver: async () => ({ kind: "sent" }) as const });

function lines(notify: Partial<NotifySettings>, customers: readonly Customer[], ask: Parameters<typeof untold>[1]) {
  const settings = { ...defaultSettings, notify: { ...noNotify, ...notify } };
  const config = {
    settings: async () => settings,
    customers: async function* () {
      yield* customers;
    },
  };
  return untold(config, ask);
}

describe("what a process says at its start of who isn't told", () => {
  it("nothing where everybody is", async () => {
    expect(await lines({ smtp }, [phone], texter)).toEqual([]);
  });

  it("a contact's phone, where no AWS credentials are configured", async () => {
    expect(await lines({ smtp }, [phone], async () => null)).toEqual([
      expect.stringMatching(
        /^phones: those of customer 'acme' get no SMS: this process has no AWS region and credentials/,
      ),
    ]);
  });

  it("nobody at all, contacts without a relay, and second contacts", async () => {
    const mail = customerOf("beta", { contacts: [{ email: "it@beta.example", sms: null }] });
    const escalate = { ...noNotify, after: 60_000, to: ["boss@example.net"] };
    expect(await lines({ escalate }, [mail], texter)).toEqual([
      expect.stringMatching(/^beside this terminal nobody is told/),
      expect.stringMatching(/^second contacts: boss@example\.net/),
      expect.stringMatching(/^contacts: those of customer 'beta' aren't told/),
    ]);
  });

  it("and looks for credentials only where somebody has a phone", async () => {
    const fail = () => Promise.reject(new Error("asked"));
    await expect(lines({ smtp }, [phone], fail)).rejects.toThrow("asked");
    expect(await lines({ smtp }, [customerOf("beta")], fail)).toEqual([]);
  });
});
