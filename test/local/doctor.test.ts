import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { type DoctorWorld, examine } from "../../lib/local/doctor.ts";
import { checkCanaries } from "../../lib/local/doctor-canaries.ts";
import { checkContacts, nobodyTold, type ToldFleet, type Ways } from "../../lib/local/doctor-contacts.ts";
import type { Contact, Customer } from "../../lib/model/customer.ts";
import { type NotifySettings, noNotify, type SmtpSettings } from "../../lib/model/notify-settings.ts";
import type { DnsAnswer, Resolver } from "../../lib/model/ports.ts";
import { reverseName } from "../../lib/protocols/dns/reverse.ts";
import { customerOf } from "../fakes/customers.ts";
import { fakeResolver } from "../fakes/resolver.ts";

const zone: Record<string, unknown[]> = {
  "MX example.com": [{ preference: 10, exchange: "mx.example.com" }],
  "A mx.example.com": ["198.51.100.1"],
  "AAAA mx.example.com": ["2001:db8::1"],
  "A watch.example.net": ["198.51.100.9"],
  "PTR 9.100.51.198.in-addr.arpa": ["watch.example.net"],
};

const resolver: Resolver = async (name, type): Promise<DnsAnswer> => ({
  kind: "answer",
  ttl: 300,
  records: (zone[`${type} ${name}`] ?? []).map((data) => ({ name, type, ttl: 300, data })),
});

const healthy: DoctorWorld = {
  resolver,
  dial: async () => ({ kind: "connected", socket: new PassThrough(), localAddress: "198.51.100.9" }),
  now: () => 1_000_000,
  ehloName: "watch.example.net",
  publicDomains: ["example.com"],
  otherClock: async () => 1_001_000,
  tryStore: async () => {},
  checkContacts: async () => [],
  checkCanaries: async () => [],
};

const stateOf = async (over: Partial<DoctorWorld>, name: string) => {
  const check = (await examine({ ...healthy, ...over })).find((candidate) => candidate.name === name);
  return `${check?.state}: ${check?.words}`;
};

describe("doctor", () => {
  it("finds a healthy place healthy", async () => {
    expect((await examine(healthy)).map(({ state }) => state)).toEqual(Array(6).fill("good"));
  });

  it("tells the family whose port 25 is closed, and what was tried", async () => {
    const dial: DoctorWorld["dial"] = async ({ address }) =>
      address.includes(":")
        ? { kind: "failed", silence: "network-unreachable" }
        : { kind: "connected", socket: new PassThrough(), localAddress: "198.51.100.9" };
    expect(await stateOf({ dial }, "port 25, IPv4")).toMatch(/^good/);
    expect(await stateOf({ dial }, "port 25, IPv6")).toMatch(
      /^bad: closed \(mx\.example\.com \[2001:db8::1\]: network-unreachable\)/,
    );
  });

  it("does not blame the port for what DNS doesn't say", async () => {
    const dumb: Resolver = async () => ({ kind: "failed", reason: "timeout", ttl: 60 });
    expect(await stateOf({ resolver: dumb }, "DNS")).toMatch(/^bad: no mail hosts found .*\(example\.com: timeout\)/);
    expect(await stateOf({ resolver: dumb }, "port 25, IPv4")).toMatch(/^unknown/);
    expect(await stateOf({ resolver: dumb }, "EHLO name")).toMatch(/^unknown/);
  });

  it("wants EHLO name, address and PTR to agree (RFC 1912 §2.1)", async () => {
    expect(await stateOf({ ehloName: "[192.0.2.1]" }, "EHLO name")).toMatch(/^bad: .*--ehlo/);
    expect(await stateOf({ ehloName: "mx.example.com" }, "EHLO name")).toMatch(
      /^bad: .*198\.51\.100\.1 points to nothing/,
    );
    expect(await stateOf({ ehloName: "nowhere.example.net" }, "EHLO name")).toMatch(/^bad: .*has no address/);
  });

  it("tells a wrong clock from one that can't be compared", async () => {
    expect(await stateOf({ otherClock: async () => 91_000 }, "clock")).toMatch(/^bad: 909 s ahead/);
    expect(await stateOf({ otherClock: () => Promise.reject(new Error("offline")) }, "clock")).toMatch(
      /^unknown: .*offline/,
    );
  });

  it("tells why the store can't be used", async () => {
    const tryStore = () => Promise.reject(new Error("data: permission denied"));
    expect(await stateOf({ tryStore }, "store")).toBe("bad: can't be used: data: permission denied");
  });
});

const fleet = (notify: Partial<NotifySettings>, customers: readonly Customer[] = []): ToldFleet => ({
  notify: { ...noNotify, ...notify },
  gateways: [{ id: "gateway", hosts: ["mx.gateway.example"], port: 25 }],
  unsubscribed: new Set(),
  customers: (async function* () {
    yield* customers;
  })(),
});
const smtp = { host: "mail.example.net", port: 25, from: "monitor@example.net", to: ["ops@example.net"] };
const relay: SmtpSettings = { ...smtp, user: null, password: null, tls: "required" };
const customer = (id: string, contacts: readonly Contact[]): Customer =>
  customerOf(id, { domains: [{ name: `${id}.example`, tlsMode: null }], contacts });
const own = customer("acme", [{ email: "it@acme.example", sms: null }]);
const none = { topic: false, phones: false };
const onAws = { topic: true, phones: true };
const lines = async (told: ToldFleet, ways: Ways, ask: Resolver = resolver) =>
  (await checkContacts(told, ways, ask)).map(({ name, state, words }) => `${state} ${name} ${words}`);

describe("who is told", () => {
  it("nobody, without a channel", async () => {
    expect(await lines(fleet({}), none)).toEqual([`warning messages ${nobodyTold}`]);
    expect(await lines(fleet({}), onAws)).toEqual(["good messages leave by the stack's topic"]);
  });

  it("names the kinds of channels that there are", async () => {
    const notify = { smtp: relay, slack: ["https://hooks.slack.example/1", "https://hooks.slack.example/2"] };
    expect(await lines(fleet(notify), none)).toEqual([
      "good messages go to mail, 2 Slack; try them by 'chainmail notify --test'",
    ]);
  });

  it("contacts that this installation doesn't reach", async () => {
    const phone = customer("late", [{ email: null, sms: "+4915112345678" }]);
    const elsewhere = customer("acme", [{ email: "it@elsewhere.example", sms: null }]);
    expect(await lines(fleet({ slack: ["https://hooks.slack.example/1"] }, [elsewhere]), none)).toContain(
      "warning contacts those of customer 'acme' aren't told: there is no notify.smtp to reach them by",
    );
    expect(await lines(fleet({ smtp: relay }, [elsewhere, phone]), none)).toContain(
      "warning contacts those of customer 'late' aren't told: they have nothing but phones",
    );
    expect(await lines(fleet({ smtp: relay }, [elsewhere, phone]), onAws)).toHaveLength(1);
  });

  it("demands a second path where the only one is watched, and names three", async () => {
    const many = [1, 2, 3, 4].map((number) => customer(`c${number}`, [{ email: `it@c${number}.example`, sms: null }]));
    const said = await lines(fleet({ smtp: relay }, [own]), none);
    expect(said).toContainEqual(expect.stringMatching(/^warning second path customer 'acme': it@acme\.example is/));
    const all = await lines(fleet({ smtp: relay }, many), none);
    expect(all.filter((line) => line.startsWith("warning second path customer"))).toHaveLength(3);
    expect(all.at(-1)).toBe("warning second path and the same of 1 more");
  });

  it("phones that nothing is configured for, also where a mail goes to the same customer", async () => {
    const both = customer("acme", [{ email: "it@elsewhere.example", sms: "+4915112345678" }]);
    expect(await lines(fleet({ smtp: relay }, [both]), none)).toContainEqual(
      expect.stringMatching(/^warning phones those of customer 'acme' get no SMS: .*AWS_REGION/),
    );
    expect(await lines(fleet({ smtp: relay }, [both]), { topic: false, phones: true })).toHaveLength(1);
  });

  it("second contacts that no relay mails", async () => {
    const escalate = { ...noNotify, after: 60_000, to: ["boss@example.net"] };
    const said =
      "warning second contacts boss@example.net of notify.escalate.to aren't mailed: there is no notify.smtp to reach them by";
    expect(await lines(fleet({ slack: ["https://hooks.slack.example/1"], escalate }), none)).toContain(said);
    expect(await lines(fleet({ escalate }), onAws)).toContain(`${said}, or deploy with -c escalateEmail=...`);
    expect(await lines(fleet({ smtp: relay, escalate }), none)).toHaveLength(1);
  });

  it("contacts that unsubscribed, and who has no other", async () => {
    const solo = customer("solo", [{ email: "One@elsewhere.example", sms: null }]);
    const two = customer("two", [
      { email: "a@elsewhere.example", sms: null },
      { email: "b@elsewhere.example", sms: null },
    ]);
    const told = {
      ...fleet({ smtp: relay }, [two, solo]),
      unsubscribed: new Set(["one@elsewhere.example", "b@elsewhere.example"]),
    };
    expect(await lines(told, none)).toEqual([
      expect.stringMatching(/^good messages/),
      "warning unsubscribed One@elsewhere.example of customer 'solo', who has no other contact, b@elsewhere.example of customer 'two' get no messages by their own wish",
    ]);
  });

  it("an unsubscribed contact is no second path", async () => {
    const acme = customer("acme", [
      { email: "it@acme.example", sms: null },
      { email: "it@elsewhere.example", sms: null },
    ]);
    const told = { ...fleet({ smtp: relay }, [acme]), unsubscribed: new Set(["it@elsewhere.example"]) };
    expect(await lines(told, none)).toContainEqual(
      expect.stringMatching(/^warning second path customer 'acme': it@acme/),
    );
  });

  it("asks DNS where mail for contacts is delivered", async () => {
    const holding = customer("acme", [{ email: "it@holding.example", sms: null }]);
    const mx = fakeResolver({ "MX holding.example": ["10 mx.gateway.example"] });
    expect(await lines(fleet({ smtp: relay }, [holding]), none, mx)).toContainEqual(
      expect.stringMatching(/^warning second path customer 'acme': it@holding\.example is delivered through/),
    );
    expect(await lines(fleet({ smtp: relay }, [holding]), none, fakeResolver({}))).toHaveLength(1);
    const dumb: Resolver = async () => ({ kind: "failed", reason: "timeout", ttl: 60 });
    expect(await lines(fleet({ smtp: relay }, [holding]), none, dumb)).toContainEqual(
      expect.stringMatching(
        /^unknown second path whether .* isn't known: .*example\.net, holding\.example, acme\.example is/,
      ),
    );
  });

  it("says what it couldn't read", async () => {
    const checkContacts = () => Promise.reject(new Error("data: permission denied"));
    expect(await stateOf({ checkContacts }, "messages")).toBe(
      "unknown: who is told can't be read: data: permission denied",
    );
  });
});

describe("reverse names (RFC 1035 §3.5, RFC 3596 §2.5)", () => {
  it.each([
    ["192.0.2.1", "1.2.0.192.in-addr.arpa"],
    ["2001:db8::1", `1.${"0.".repeat(23)}8.b.d.0.1.0.0.2.ip6.arpa`],
    ["::1", `1.${"0.".repeat(31)}ip6.arpa`],
  ])("%s → %s", (address, name) => {
    expect(reverseName(address)).toBe(name);
  });
});

describe("canaries", () => {
  const answering =
    (addresses: Readonly<Record<string, string>>): Resolver =>
    async (name, type) => {
      const data = type === "A" ? addresses[name] : undefined;
      return { kind: "answer", ttl: 300, records: data === undefined ? [] : [{ name, type, ttl: 300, data }] };
    };
  const hosts = ["mx.one.example", "mx.two.example", "mx.three.example"];
  const look = async (addresses: readonly string[], named = hosts) => {
    const zone = Object.fromEntries(named.map((host, at) => [host, addresses[at] ?? ""]).filter(([, data]) => data));
    const checks = await checkCanaries(
      named.map((host) => ({ host, port: 25 })),
      answering(zone),
    );
    return checks.map(({ state, words }) => `${state}: ${words}`);
  };

  it("are not asked for where none are named", async () => {
    expect(await look([], [])).toEqual([]);
  });

  it("are good where three public ones stand in two unrelated networks by their addresses", async () => {
    expect(await look(["60.0.1.1", "60.0.2.1", "61.0.0.1"])).toEqual([
      "good: 3 public servers in 2 unrelated networks",
    ]);
  });

  it.each([
    ["all are of one network", ["60.0.1.1", "60.0.2.1", "60.0.3.1"], "all are in one network, and it takes 2"],
    ["a name leads to a private address", ["60.0.1.1", "61.0.2.1", "10.0.0.1"], "mx.three.example leads to 10.0.0.1"],
    ["a name has no address", ["60.0.1.1", "61.0.2.1"], "mx.three.example has no address; 2 can be watched"],
  ])("are bad where %s", async (_name, addresses, words) => {
    const [check, ...more] = await look(addresses);
    expect(check).toMatch(/^bad: /);
    expect(check).toContain(words);
    expect(more).toEqual([]);
  });

  it("that can't be read are unknown", async () => {
    const broken = () => Promise.reject(new Error("locked"));
    expect(await stateOf({ checkCanaries: broken }, "canaries")).toBe("unknown: what they are can't be read: locked");
  });
});
