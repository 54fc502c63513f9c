import { describe, expect, it } from "vitest";
import { InputError } from "../../lib/model/input-error.ts";
import { readContext } from "../../lib/stack/context.ts";

const refusal = (context: Record<string, unknown>): string => {
  try {
    readContext(context);
  } catch (error) {
    if (error instanceof InputError) return error.message;
    throw error;
  }
  throw new Error("was accepted");
};

describe("context of the stack", () => {
  it("asks for nothing", () => {
    expect(readContext({})).toEqual({
      stackName: "Chainmail",
      alertEmail: [],
      alertSms: [],
      escalateEmail: [],
      escalateSms: [],
      everyMs: 300_000,
      ehlo: null,
      resolvers: [],
    });
  });

  it("takes one or several recipients and resolvers in one text", () => {
    const settings = readContext({
      alertEmail: "ops@example.com, night@example.com",
      alertSms: "+4915112345678",
      escalateEmail: "boss@example.com",
      escalateSms: "+4915112345679,+4915112345680",
      resolver: "192.0.2.53,[2001:db8::53]:5353",
      every: "15m",
      ehlo: "probe.example.com",
      stackName: "Chainmail-test",
    });
    expect(settings).toEqual({
      stackName: "Chainmail-test",
      alertEmail: ["ops@example.com", "night@example.com"],
      alertSms: ["+4915112345678"],
      escalateEmail: ["boss@example.com"],
      escalateSms: ["+4915112345679", "+4915112345680"],
      everyMs: 900_000,
      ehlo: "probe.example.com",
      resolvers: ["192.0.2.53", "[2001:db8::53]:5353"],
    });
  });

  it("leaves CDK's own keys alone", () => {
    const own = {
      "@aws-cdk/core:newStyleStackSynthesis": true,
      "aws:cdk:bundling-stacks": ["**"],
      "cli-telemetry": false,
    };
    expect(readContext(own)).toEqual(readContext({}));
  });

  it.each([
    ["alertEmail", "ops@", "'ops@' isn't right: expected mail addresses like ops@example.com"],
    ["alertEmail", "ops@example.com,,", "'' isn't right"],
    ["alertSms", "0151 12345678", "'0151 12345678' isn't right: expected phone numbers like +4915112345678 (E.164)"],
    ["alertSms", "+0123456789", "E.164"],
    ["every", "30s", "expected a duration from 1m to 1h"],
    ["every", "2h", "expected a duration from 1m to 1h"],
    ["every", "90s", "expected whole minutes from 1m to 1h"],
    ["every", "5", "expected a duration from 1m to 1h"],
    ["every", 5, "expected text"],
    ["ehlo", "not a name", "expected a host name or an address literal"],
    ["resolver", "dns.example", "'dns.example' isn't right: expected addresses like 192.0.2.53"],
    ["stackName", "my_stack", "expected a letter, then up to"],
  ])("refuses %s = %j and says what was expected", (key, value, expected) => {
    const message = refusal({ [key]: value });
    expect(message).toContain(`context '${key}': ${JSON.stringify(value)}: `);
    expect(message).toContain(expected);
  });

  it("refuses a key that nobody knows, and names those that are known", () => {
    expect(refusal({ alertMail: "ops@example.com" })).toBe(
      "context 'alertMail': there is no such key; expected one of stackName, alertEmail, alertSms, escalateEmail, escalateSms, every, ehlo, resolver",
    );
  });

  it("tells all faults at once", () => {
    const lines = refusal({ every: "1s", alertSms: "12", colour: "red" }).split("\n");
    expect(lines.map((line) => /'(\w+)'/.exec(line)?.[1])).toEqual(["colour", "alertSms", "every"]);
  });
});
