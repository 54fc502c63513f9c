import { describe, expect, it } from "vitest";
import { type ExchangesOf, ownPaths, type WatchedFleet } from "../../lib/judge/own-path.ts";
import type { Contact } from "../../lib/model/customer.ts";
import { type NotifySettings, noNotify, type SmtpSettings } from "../../lib/model/notify-settings.ts";

const mail = (email: string): Contact => ({ email, sms: null });
const phone: Contact = { email: null, sms: "+4915112345678" };
const smtp: SmtpSettings = {
  host: "relay.example.net",
  port: 25,
  from: "monitor@example.net",
  to: ["ops@beta.example"],
  user: null,
  password: null,
  tls: "required",
};
const customer = (id: string, contacts: readonly Contact[], host = `mail.${id}.example`) => ({
  id,
  contacts,
  domains: [{ name: `${id}.example`, tlsMode: null }],
  downstream: [{ host, port: 25, tls: "starttls", name: host } as const],
});
const gateways = [{ hosts: ["mx1.gateway.example", "mx2.gateway.example"] }];
const fleet = (contacts: readonly Contact[]): WatchedFleet => ({
  gateways,
  customers: [customer("acme", contacts), customer("beta", [])],
});

const zone: Readonly<Record<string, readonly string[]>> = {
  "acme.example": ["acme.shared.example"],
  "elsewhere.example": ["mx.elsewhere.example"],
  "holding.example": ["mx9.elsewhere.example", "mx2.gateway.example"],
  "direct.example": ["mail.beta.example"],
  "sister.example": ["acme.shared.example"],
};
const dns: ExchangesOf = (domain) => zone[domain] ?? [];
const silent: ExchangesOf = () => [];

function warned(contacts: readonly Contact[], exchangesOf = dns): readonly string[] {
  const watched = fleet(contacts);
  const [acme] = watched.customers;
  return acme === undefined ? [] : ownPaths(noNotify, watched).addressesOf(acme, exchangesOf);
}

describe("contacts that are told by the watched path alone", () => {
  it.each([
    ["its own domain", [mail("it@acme.example")], ["it@acme.example"]],
    ["another customer's domain", [mail("it@beta.example")], ["it@beta.example"]],
    ["whatever the case", [mail("it@ACME.Example")], ["it@ACME.Example"]],
    ["two, both watched", [mail("a@acme.example"), mail("b@beta.example")], ["a@acme.example", "b@beta.example"]],
    ["a domain whose MX is a monitored gateway's host", [mail("it@holding.example")], ["it@holding.example"]],
    ["a domain whose MX is a customer's own server", [mail("it@direct.example")], ["it@direct.example"]],
    ["a domain that shares an MX with its own", [mail("it@sister.example")], ["it@sister.example"]],
    ["one elsewhere too", [mail("it@acme.example"), mail("it@elsewhere.example")], []],
    ["a phone too", [mail("it@acme.example"), phone], []],
    ["elsewhere", [mail("it@elsewhere.example")], []],
    ["a domain below it is another one", [mail("it@sub.acme.example")], []],
    ["nobody", [], []],
  ])("%s", (_name, contacts, addresses) => {
    expect(warned(contacts)).toEqual(addresses);
  });

  it("what DNS doesn't say is no path", () => {
    expect(warned([mail("it@holding.example")], silent)).toEqual([]);
    expect(warned([mail("it@acme.example")], silent)).toEqual(["it@acme.example"]);
  });

  it.each([
    ["nothing where the domain alone tells", [mail("it@acme.example")], []],
    ["nothing where there is a phone", [mail("it@holding.example"), phone], []],
    [
      "each foreign domain once, and the customer's own beside it",
      [mail("a@holding.example"), mail("b@holding.example")],
      ["holding.example", "acme.example"],
    ],
  ])("asks DNS for %s", (_name, contacts, asks) => {
    expect(ownPaths(noNotify, fleet(contacts)).asks).toEqual(asks);
  });

  it("the operator as well, unless there is a web service or an address elsewhere", () => {
    const escalate = { ...noNotify, after: 60_000, to: ["boss@elsewhere.example"] };
    const said = (over: Partial<NotifySettings>) => ownPaths({ ...noNotify, ...over }, fleet([])).warnings(dns);
    expect(said({ smtp })).toEqual([expect.stringMatching(/^the operator: ops@beta\.example is delivered/)]);
    expect(said({ smtp: { ...smtp, to: ["ops@holding.example"] } })).toHaveLength(1);
    expect(said({ smtp, slack: ["https://hooks.example"] })).toEqual([]);
    expect(said({ smtp, escalate })).toEqual([]);
    expect(said({})).toEqual([]);
  });

  it("each in a sentence that says what to do", () => {
    expect(ownPaths(noNotify, fleet([mail("it@acme.example")])).warnings(dns)).toEqual([
      "customer 'acme': it@acme.example is delivered through mail servers that are watched here; when these break, no message reaches it: add a second channel that doesn't depend on them",
    ]);
  });
});
