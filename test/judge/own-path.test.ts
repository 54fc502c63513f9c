import { describe, expect, it } from "vitest";
import { contactsOnOwnPath, operatorsOnOwnPath, ownPathWarnings } from "../../lib/judge/own-path.ts";
import { noNotify, type SmtpSettings } from "../../lib/model/notify-settings.ts";

const isWatched = (domain: string) => ["acme.example", "beta.example"].includes(domain);
const mail = (email: string) => ({ email, sms: null });
const phone = { email: null, sms: "+4915112345678" };
const smtp: SmtpSettings = {
  host: "relay.example.net",
  port: 25,
  from: "monitor@example.net",
  to: ["ops@beta.example"],
  user: null,
  password: null,
  tls: "required",
};

describe("contacts that are told by the watched path alone", () => {
  it.each([
    ["its own domain", [mail("it@acme.example")], ["it@acme.example"]],
    ["another customer's domain", [mail("it@beta.example")], ["it@beta.example"]],
    ["whatever the case", [mail("it@ACME.Example")], ["it@ACME.Example"]],
    ["two, both watched", [mail("a@acme.example"), mail("b@beta.example")], ["a@acme.example", "b@beta.example"]],
    ["one elsewhere too", [mail("it@acme.example"), mail("it@elsewhere.example")], []],
    ["a phone too", [mail("it@acme.example"), phone], []],
    ["elsewhere", [mail("it@elsewhere.example")], []],
    ["a domain below it is another one", [mail("it@sub.acme.example")], []],
    ["nobody", [], []],
  ])("%s", (_name, contacts, warned) => {
    expect(contactsOnOwnPath(contacts, isWatched)).toEqual(warned);
  });

  it("the operator as well, unless there is a web service or an address elsewhere", () => {
    const escalate = { ...noNotify, after: 60_000, to: ["boss@elsewhere.example"] };
    expect(operatorsOnOwnPath({ ...noNotify, smtp }, isWatched)).toEqual(["ops@beta.example"]);
    expect(operatorsOnOwnPath({ ...noNotify, smtp, slack: ["https://hooks.example"] }, isWatched)).toEqual([]);
    expect(operatorsOnOwnPath({ ...noNotify, smtp, escalate }, isWatched)).toEqual([]);
    expect(operatorsOnOwnPath(noNotify, isWatched)).toEqual([]);
  });

  it("each in a sentence that says what to do", () => {
    const domains = [{ name: "acme.example", tlsMode: null }];
    const customers = [{ id: "acme", contacts: [mail("it@acme.example")], domains }];
    expect(ownPathWarnings(noNotify, customers)).toEqual([
      "customer 'acme': it@acme.example is delivered through mail servers that are watched here; when these break, no message reaches it: add a second channel that doesn't depend on them",
    ]);
  });
});
