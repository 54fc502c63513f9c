/**
 * What an operator may set with `cdk deploy -c KEY=VALUE` (or in cdk.json's `context`), checked before anything is built.
 * All are optional; docs/aws.md has the table.
 */

import * as z from "zod";
import { duration, ehloName, resolverAddress } from "../cli/options.ts";
import { defaultVantage } from "../model/customer.ts";
import { InputError } from "../model/input-error.ts";
import { accepts, count, flag, list, oneOf, oneOfNumbers, optionalText, parsedBy } from "./context-values.ts";

/** How probes leave: `none` from outside any VPC, where port 25 is closed; the others from one, by an Elastic IP. */
const egresses = ["none", "nat-gateway", "nat-instance"] as const;
type Egress = (typeof egresses)[number];

/** Who is let in to the API before the token is asked for. */
export type ApiAuth =
  /** Everybody: the token decides. */
  | { readonly kind: "token" }
  /** Whoever signs as a principal that may invoke the API: machines, no browsers. */
  | { readonly kind: "iam" }
  /** Whoever has a JWT of this issuer for one of these audiences. */
  | { readonly kind: "oidc"; readonly issuer: string; readonly audience: readonly string[] };

/** A name of one's own, and the ARN of ACM's certificate for it: of the home region, or of us-east-1 behind CloudFront. */
export interface ApiDomain {
  readonly name: string;
  readonly certificate: string;
}

/** What CloudFront asks before it asks the API. */
export type WebAcl =
  /** Made with the stack. */
  | { readonly kind: "managed" }
  /** The operator's own. */
  | { readonly kind: "own"; readonly arn: string };

export interface StackSettings {
  /** Also what `chainmail --stack NAME` takes: the tables are called NAME-config, NAME-state, NAME-ledger. */
  readonly stackName: string;
  readonly alertEmail: readonly string[];
  /** E.164. */
  readonly alertSms: readonly string[];
  /** Second contacts: told of what nobody acknowledged in time. */
  readonly escalateEmail: readonly string[];
  /** E.164. */
  readonly escalateSms: readonly string[];
  /** The interval between two looks: whole minutes. */
  readonly everyMs: number;
  /** Null: the probe says its address literal. */
  readonly ehlo: string | null;
  /** Empty: the resolver of the Lambda environment. */
  readonly resolvers: readonly string[];
  readonly egress: Egress;
  /** Vantages whose port 25 AWS has opened: `here`, or a further region. The others don't wait for it. */
  readonly port25: readonly string[];
  /** Zones with a NAT of their own. */
  readonly zones: number;
  /** Probes leave by IPv6 as well, past the NAT. */
  readonly ipv6: boolean;
  /** Results reach SQS by an interface endpoint, and not through the NAT. */
  readonly sqsEndpoint: boolean;
  /** Null: wherever it is deployed to. */
  readonly region: string | null;
  /** Further regions to look from; each is a vantage of that name. */
  readonly vantages: readonly string[];
  /** Requests a second. */
  readonly apiRate: number;
  readonly apiAuth: ApiAuth;
  readonly apiDomain: ApiDomain | null;
  /** Null: no CloudFront stands before the API. */
  readonly webAcl: WebAcl | null;
  /** Tables, queues and topics are encrypted with a key of the account's own. */
  readonly customerKey: boolean;
  readonly logDays: number;
  readonly tracing: boolean;
  /** False: `cdk destroy` takes the tables as well. */
  readonly keepTables: boolean;
  /** The schedule stands still, while a fleet is moved. */
  readonly paused: boolean;
  /** How many the monthly estimate is made for. */
  readonly customers: number;
}

const minute = 60_000;
const hour = 60 * minute;
const everyText = duration(minute, hour);

const mail = /^[^\s<>@,\p{C}]{1,64}@[a-z0-9-]+(\.[a-z0-9-]+)+$/iu;
const e164 = /^\+[1-9]\d{6,14}$/;
const stackNameText = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;
const regionText = /^[a-z]{2,4}(-[a-z]+)+-\d$/;
const issuerUrl = /^https:\/\/[a-z0-9.-]+(:\d+)?(\/[\w./-]*)?$/i;
const domainName = /^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$/i;
const certificateArn = /^arn:aws[\w-]*:acm:[a-z0-9-]+:\d{12}:certificate\/[\w-]+$/;
const webAclText = /^(managed|arn:aws[\w-]*:wafv2:us-east-1:\d{12}:global\/webacl\/[\w-]+\/[\w-]+)$/;
/** What CloudWatch takes, from a week to two years. */
const retentions = [7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731] as const;

const schema = z
  .object({
    stackName: z
      .string()
      .regex(stackNameText, "expected a letter, then up to 63 letters, digits and dashes")
      .default("Chainmail"),
    alertEmail: addresses(),
    alertSms: numbers(),
    escalateEmail: addresses(),
    escalateSms: numbers(),
    every: z.string().default("5m").transform(parsedBy(wholeMinutes)),
    ehlo: z.string().transform(parsedBy(ehloName)).nullable().default(null),
    resolver: list("addresses like 192.0.2.53 or [2001:db8::53]:5353, separated by commas", accepts(resolverAddress)),
    egress: oneOf(egresses).default("none"),
    port25: list("here, or regions, separated by commas", (text) => text === defaultVantage || regionText.test(text)),
    zones: count(1, 2).default(1),
    ipv6: flag(),
    sqsEndpoint: flag(),
    region: optionalText(regionText, "a region like eu-central-1"),
    vantages: list("regions like us-east-1, separated by commas", (text) => regionText.test(text)),
    apiRate: count(1, 10_000).default(20),
    apiAuth: oneOf(["token", "iam", "oidc"]).default("token"),
    oidcIssuer: optionalText(issuerUrl, "the issuer's https URL"),
    oidcAudience: list("audiences without spaces, separated by commas", (text) => /^[^\s,]+$/.test(text)),
    apiDomain: optionalText(domainName, "a host name like status.example.com"),
    apiCertificate: optionalText(certificateArn, "the ARN of a certificate of ACM"),
    webAcl: optionalText(webAclText, "managed, or the ARN of a web ACL of CloudFront (global, in us-east-1)"),
    customerKey: flag(),
    logDays: oneOfNumbers(retentions).default(30),
    tracing: flag(),
    keepTables: flag(true),
    paused: flag(),
    customers: count(1, 10_000_000).default(100),
  })
  .superRefine((given, problems) => {
    const wrong = (key: string, message: string) => problems.addIssue({ code: "custom", path: [key], message });
    const outside = "only with egress nat-gateway or nat-instance: without a VPC there is none";
    if (given.egress === "none") {
      if (given.port25.length > 0) wrong("port25", `expected ${outside}`);
      if (given.ipv6) wrong("ipv6", `expected ${outside}`);
      if (given.sqsEndpoint) wrong("sqsEndpoint", `expected ${outside}`);
      if (given.zones > 1) wrong("zones", `expected ${outside}`);
    }
    const places = [defaultVantage, ...given.vantages];
    if (given.port25.some((vantage) => !places.includes(vantage)))
      wrong("port25", `expected vantages of this stack: ${places.join(", ")}`);
    const repeated = given.vantages.find((region, at) => given.vantages.indexOf(region) !== at);
    if (repeated !== undefined) wrong("vantages", `'${repeated}' stands there twice: expected each region once`);
    if (given.vantages.length > 0 && given.region === null)
      wrong(
        "vantages",
        "expected the home region to be known, which further vantages send their results to: -c region=eu-central-1, or AWS_REGION or a profile with a region",
      );
    if (given.region !== null && given.vantages.includes(given.region))
      wrong("vantages", `expected regions other than the home region '${given.region}', which is looked from anyway`);
    const isOidc = given.apiAuth === "oidc";
    if (isOidc !== (given.oidcIssuer !== null))
      wrong("oidcIssuer", "expected the issuer's https URL with apiAuth=oidc, and only with it");
    if (isOidc !== given.oidcAudience.length > 0)
      wrong("oidcAudience", "expected the audiences with apiAuth=oidc, and only with it");
    if ((given.apiDomain === null) !== (given.apiCertificate === null))
      wrong(
        given.apiDomain === null ? "apiDomain" : "apiCertificate",
        "expected apiDomain and apiCertificate together, or neither",
      );
    if (given.webAcl !== null && given.apiCertificate !== null && !given.apiCertificate.includes(":acm:us-east-1:"))
      wrong("apiCertificate", "expected a certificate of us-east-1 with webAcl: CloudFront takes no other");
  });

/**
 * @param context every key that CDK knows of, its own feature flags and look-ups included.
 * @param cliRegion where the CDK's command line would deploy to, if it knows.
 * Throws {@link InputError} that names all faults.
 */
export function readContext(context: Readonly<Record<string, unknown>>, cliRegion?: string): StackSettings {
  const ours = Object.fromEntries(Object.entries(context).filter(([key]) => looksLikeOurs(key)));
  const faults = Object.keys(ours).filter(isUnknown).map(unknownKey);
  const parsed = schema.safeParse({ ...homeRegion(ours, cliRegion), ...ours });
  if (!parsed.success) faults.push(...parsed.error.issues.map((issue) => fault(ours, issue)));
  if (!parsed.success || faults.length > 0) throw new InputError(faults.join("\n"));
  const { every, resolver, apiAuth, oidcIssuer, oidcAudience, apiDomain, apiCertificate, webAcl, ...same } =
    parsed.data;
  return {
    ...same,
    everyMs: every,
    resolvers: resolver,
    apiAuth:
      apiAuth === "oidc" ? { kind: apiAuth, issuer: oidcIssuer ?? "", audience: oidcAudience } : { kind: apiAuth },
    apiDomain: apiDomain === null ? null : { name: apiDomain, certificate: apiCertificate ?? "" },
    webAcl: webAcl === null ? null : webAcl === "managed" ? { kind: webAcl } : { kind: "own", arn: webAcl },
  };
}

/** It matters with further vantages only: without them the same template serves every region. */
function homeRegion({ vantages }: Readonly<Record<string, unknown>>, cliRegion: string | undefined) {
  return vantages === undefined || cliRegion === undefined ? {} : { region: cliRegion };
}

/** CDK's own keys have a colon, a slash, an at sign, a dash or an equals sign in them. */
function looksLikeOurs(key: string): boolean {
  return /^\w+$/.test(key);
}

function isUnknown(key: string): boolean {
  return !(key in schema.shape);
}

function unknownKey(key: string): string {
  const known = Object.keys(schema.shape).join(", ");
  return `context '${key}': there is no such key; expected one of ${known}`;
}

function fault(ours: Readonly<Record<string, unknown>>, { path, message, code }: z.core.$ZodIssue): string {
  const key = String(path[0]);
  const expected = code === "invalid_type" ? "expected text" : message;
  const given = key in ours ? `${JSON.stringify(ours[key])}: ` : "";
  return `context '${key}': ${given}${expected}`;
}

function addresses() {
  return list("mail addresses like ops@example.com, separated by commas", (text) => mail.test(text));
}

function numbers() {
  return list("phone numbers like +4915112345678 (E.164), separated by commas", (text) => e164.test(text));
}

function wholeMinutes(text: string): number {
  const ms = everyText(text);
  if (ms % minute !== 0) throw new Error("expected whole minutes from 1m to 1h, like 5m.");
  return ms;
}
