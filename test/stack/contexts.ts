/** The five contexts that the stack is looked at in. */

const operators = { alertEmail: "ops@example.com" };

export const contexts = {
  minimal: {},
  full: {
    ...operators,
    alertSms: "+4915112345678",
    escalateEmail: "boss@example.com",
    escalateSms: "+4915112345679",
    ehlo: "probe.example.com",
    egress: "nat-gateway",
    port25: "here",
    zones: "2",
    sqsEndpoint: "true",
    customerKey: "true",
    tracing: "true",
    logDays: "90",
    apiAuth: "oidc",
    oidcIssuer: "https://id.example.com",
    oidcAudience: "chainmail",
    apiDomain: "status.example.com",
    apiCertificate: "arn:aws:acm:us-east-1:123456789012:certificate/0a1b2c3d",
    webAcl: "managed",
  },
  "two regions": {
    ...operators,
    region: "eu-central-1",
    vantages: "us-east-1",
  },
  "nat-instance": { ...operators, ehlo: "probe.example.com", egress: "nat-instance" },
  ipv6: { ...operators, egress: "nat-gateway", ipv6: "true" },
} as const;
export type ContextName = keyof typeof contexts;
