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
      egress: "none",
      port25: [],
      zones: 1,
      ipv6: false,
      sqsEndpoint: false,
      region: null,
      vantages: [],
      apiRate: 20,
      apiAuth: { kind: "token" },
      apiDomain: null,
      webAcl: null,
      customerKey: false,
      logDays: 30,
      tracing: false,
      keepTables: true,
      paused: false,
      customers: 100,
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
    expect(settings).toMatchObject({
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

  it("takes numbers and switches as text, as -c brings them, and as JSON's own, as cdk.json may", () => {
    const wanted = { egress: "nat-gateway", zones: 2, ipv6: true, sqsEndpoint: true, logDays: 90, keepTables: false };
    expect(readContext(wanted)).toMatchObject(wanted);
    const asText = Object.fromEntries(Object.entries(wanted).map(([key, value]) => [key, String(value)]));
    expect(readContext(asText)).toMatchObject(wanted);
  });

  it("takes further regions, once it knows where home is: by the context, or by the CDK's command line", () => {
    const vantages = "us-east-1, ap-southeast-2";
    const wanted = { vantages: ["us-east-1", "ap-southeast-2"], region: "eu-central-1" };
    expect(readContext({ vantages, region: "eu-central-1" })).toMatchObject(wanted);
    expect(readContext({ vantages }, "eu-central-1")).toMatchObject(wanted);
    expect(readContext({ vantages, region: "eu-central-1" }, "eu-west-1")).toMatchObject(wanted);
    expect(readContext({}, "eu-west-1").region).toBeNull();
  });

  it("takes who is let in, and under which name", () => {
    const oidc = { apiAuth: "oidc", oidcIssuer: "https://id.example.com/realms/a", oidcAudience: "chainmail, ops" };
    const certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b-2c";
    expect(readContext({ ...oidc, apiDomain: "status.example.com", apiCertificate: certificate })).toMatchObject({
      apiAuth: { kind: "oidc", issuer: "https://id.example.com/realms/a", audience: ["chainmail", "ops"] },
      apiDomain: { name: "status.example.com", certificate },
    });
    expect(readContext({ apiAuth: "iam" }).apiAuth).toEqual({ kind: "iam" });
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
    ["egress", "nat", "expected none, nat-gateway or nat-instance"],
    ["egress", true, "expected none, nat-gateway or nat-instance"],
    ["port25", "open", "'open' isn't right: expected here, or regions"],
    ["port25", "here", "expected only with egress nat-gateway or nat-instance"],
    ["port25", "us-east-1", "expected vantages of this stack: here"],
    ["zones", "3", "expected a whole number from 1 to 2"],
    ["zones", "one", "expected a whole number from 1 to 2"],
    ["zones", "2", "expected only with egress nat-gateway or nat-instance"],
    ["ipv6", "yes", "expected true or false"],
    ["ipv6", "true", "expected only with egress nat-gateway or nat-instance"],
    ["sqsEndpoint", true, "expected only with egress nat-gateway or nat-instance"],
    ["region", "Frankfurt", "expected a region like eu-central-1"],
    ["vantages", "us-east-1,virginia", "'virginia' isn't right: expected regions like us-east-1"],
    ["vantages", "us-east-1", "expected the home region to be known"],
    ["apiRate", "0", "expected a whole number from 1 to 10000"],
    ["apiAuth", "basic", "expected token, iam or oidc"],
    ["oidcIssuer", "http://id.example.com", "expected the issuer's https URL"],
    ["oidcIssuer", "https://id.example.com", "with apiAuth=oidc, and only with it"],
    ["oidcAudience", "chainmail", "with apiAuth=oidc, and only with it"],
    ["apiDomain", "https://status.example.com", "expected a host name like status.example.com"],
    ["apiCertificate", "arn:aws:iam::1:server", "expected the ARN of a certificate of ACM"],
    [
      "webAcl",
      "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/a/b",
      "expected managed, or the ARN of a web ACL of CloudFront",
    ],
    ["customerKey", "alias/mine", "expected true or false"],
    ["logDays", "31", "expected one of 7, 14, 30"],
    ["tracing", "on", "expected true or false"],
    ["keepTables", "1", "expected true or false"],
    ["paused", "yes", "expected true or false"],
    ["customers", "-1", "expected a whole number from 1 to 10000000"],
  ])("refuses %s = %j and says what was expected", (key, value, expected) => {
    const message = refusal({ [key]: value });
    expect(message).toContain(`context '${key}': ${JSON.stringify(value)}: `);
    expect(message).toContain(expected);
  });

  it("refuses what doesn't go together, by the key that is to be changed", () => {
    expect(refusal({ vantages: "us-east-1,us-east-1", region: "eu-central-1" })).toContain(
      "context 'vantages': \"us-east-1,us-east-1\": 'us-east-1' stands there twice",
    );
    expect(refusal({ vantages: "eu-central-1", region: "eu-central-1" })).toContain("other than the home region");
    expect(refusal({ apiAuth: "oidc" }).split("\n")).toEqual([
      "context 'oidcIssuer': expected the issuer's https URL with apiAuth=oidc, and only with it",
      "context 'oidcAudience': expected the audiences with apiAuth=oidc, and only with it",
    ]);
    const certificate = "arn:aws:acm:eu-central-1:123456789012:certificate/0a1b";
    const webAcl = "arn:aws:wafv2:us-east-1:123456789012:global/webacl/chainmail/0a1b";
    expect(refusal({ apiDomain: "status.example.com", apiCertificate: certificate, webAcl })).toContain(
      "context 'apiCertificate': \"arn:aws:acm:eu-central-1:123456789012:certificate/0a1b\": expected a certificate of us-east-1",
    );
    expect(refusal({ apiDomain: "status.example.com" })).toBe(
      "context 'apiCertificate': expected apiDomain and apiCertificate together, or neither",
    );
  });

  it("refuses a key that nobody knows, and names those that are known", () => {
    expect(refusal({ alertMail: "ops@example.com" })).toBe(
      "context 'alertMail': there is no such key; expected one of stackName, alertEmail, alertSms, escalateEmail, escalateSms, every, ehlo, resolver, egress, port25, zones, ipv6, sqsEndpoint, region, vantages, apiRate, apiAuth, oidcIssuer, oidcAudience, apiDomain, apiCertificate, webAcl, customerKey, logDays, tracing, keepTables, paused, customers",
    );
  });

  it("tells all faults at once", () => {
    const lines = refusal({ every: "1s", alertSms: "12", colour: "red" }).split("\n");
    expect(lines.map((line) => /'(\w+)'/.exec(line)?.[1])).toEqual(["colour", "alertSms", "every"]);
  });
});
