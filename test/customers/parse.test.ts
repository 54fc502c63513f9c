import { describe, expect, it, test } from "vitest";
import { type FileFormat, formatOf, parseFleet } from "../../lib/customers/parse.ts";
import { describeProblem } from "../../lib/customers/problem.ts";
import { defaultFloor, defaultRequirement, defaultSettings, seedTlsModeRule } from "../../lib/model/customer.ts";

function parse(text: string, format: FileFormat = "yaml") {
  const { fleet, errors } = parseFleet(text, { file: `customers.${format}`, format });
  return { fleet, errors: errors.map(describeProblem) };
}

function right(text: string, format: FileFormat = "yaml") {
  const { fleet, errors } = parse(text, format);
  expect(errors).toEqual([]);
  return fleet;
}

const sample = `gateways:
  - { id: acme-gateway, hosts: [mx1.gateway.example, mx2.gateway.example] }
customers:
  - id: acme
    created: 2015-03-01                       # with no tlsMode below: disabled, by the operator's rule
    gateway: acme-gateway
    domains: [{ name: acme.example, tlsMode: enabled }]
    downstream: [{ host: mail.acme.example, port: 25 }]      # host may be an address; then \`name\` is what its certificate must match
    require: { gateway: tls, downstream: verified }
    allowPrivate: false                       # true: the operator vouches for private addresses of this customer
    contacts: [{ email: it@acme.example }]
`;

const acme = {
  id: "acme",
  created: "2015-03-01",
  gateway: "acme-gateway",
  domains: [{ name: "acme.example", tlsMode: "enabled" }],
  downstream: [{ host: "mail.acme.example", port: 25, tls: "starttls", name: "mail.acme.example" }],
  require: { gateway: defaultRequirement, downstream: { level: "verified", floor: defaultFloor } },
  vantage: { gateway: null, downstream: null },
  allowPrivate: false,
  contacts: [{ email: "it@acme.example", sms: null }],
};

describe("the README's sample", () => {
  const expected = {
    settings: defaultSettings,
    gateways: [{ id: "acme-gateway", hosts: ["mx1.gateway.example", "mx2.gateway.example"], port: 25 }],
    customers: [acme],
  };

  it("is understood", () => {
    expect(right(sample)).toEqual(expected);
  });

  it("is understood when all of it is indented, with carriage returns, as one flow, and with an anchor", () => {
    expect(right(sample.replace(/^/gm, "  "))).toEqual(expected);
    expect(right(sample.replaceAll("\n", "\r\n"))).toEqual(expected);
    expect(right(sample.replace("id: acme\n", "id: &me acme\n"))).toEqual(expected);
    expect(right(JSON.stringify(JSON.parse(sampleJson())))).toEqual(expected);
  });

  it("is understood as JSON", () => {
    expect(right(sampleJson(), "json")).toEqual(expected);
  });

  function sampleJson(): string {
    return `{
      "gateways": [{ "id": "acme-gateway", "hosts": ["mx1.gateway.example", "mx2.gateway.example"] }],
      "customers": [{
        "id": "acme", "created": "2015-03-01", "gateway": "acme-gateway",
        "domains": [{ "name": "acme.example", "tlsMode": "enabled" }],
        "downstream": [{ "host": "mail.acme.example", "port": 25 }],
        "require": { "gateway": "tls", "downstream": "verified" },
        "allowPrivate": false, "contacts": [{ "email": "it@acme.example" }]
      }]
    }`;
  }
});

describe("short forms", () => {
  it("a bare name stands where a list has objects", () => {
    const { gateways, customers, settings } = right(`
gateways: [mx.gateway.example]
vantages: [inside]
customers:
  - id: acme
    domains: [acme.example, Bücher.Example.]
    downstream: [mail.acme.example, "mail2.acme.example:2525", "192.0.2.1:465", "[2001:DB8::1]:25", "2001:db8::2"]
    require: verified
    vantage: inside
    contacts: [it@acme.example, "+4915112345678", { email: boss@acme.example, after: 30m }]
  - other.example
`);
    expect(gateways).toEqual([{ id: "mx.gateway.example", hosts: ["mx.gateway.example"], port: 25 }]);
    expect(settings.vantages).toEqual([{ id: "inside", sourceAddress: null, sees: "inside" }]);
    expect(customers[0]).toMatchObject({
      domains: [
        { name: "acme.example", tlsMode: null },
        { name: "xn--bcher-kva.example", tlsMode: null },
      ],
      downstream: [
        { host: "mail.acme.example", port: 25, tls: "starttls", name: "mail.acme.example" },
        { host: "mail2.acme.example", port: 2525, tls: "starttls", name: "mail2.acme.example" },
        { host: "192.0.2.1", port: 465, tls: "implicit", name: null },
        { host: "2001:db8::1", port: 25, tls: "starttls", name: null },
        { host: "2001:db8::2", port: 25, tls: "starttls", name: null },
      ],
      require: { gateway: { level: "verified" }, downstream: { level: "verified" } },
      vantage: { gateway: "inside", downstream: "inside" },
      contacts: [
        { email: "it@acme.example", sms: null },
        { email: null, sms: "+4915112345678" },
        { email: "boss@acme.example", sms: null, after: 1_800_000 },
      ],
    });
    expect(customers[1]).toMatchObject({ id: "other.example", domains: [{ name: "other.example" }] });
  });

  it("only id and one of domains, downstream are required; an empty value is as good as none", () => {
    const { customers } = right(
      "customers:\n- id: a\n  domains: [a.example]\n  created:\n- { id: b, downstream: [b.example] }\n",
    );
    expect(customers.map(({ id, gateway, created }) => [id, gateway, created])).toEqual([
      ["a", null, null],
      ["b", null, null],
    ]);
  });

  it("a requirement may have a floor of its own, of which only what differs is written", () => {
    const { customers } = right(`
customers:
  - { id: a, domains: [a.example], require: { downstream: { level: verified, floor: { protocol: TLSv1.3 } } } }
`);
    expect(customers[0]?.require.downstream).toEqual({
      level: "verified",
      floor: { ...defaultFloor, protocol: "TLSv1.3" },
    });
    expect(customers[0]?.require.gateway).toEqual(defaultRequirement);
  });

  it("the name that the certificate of an address must match", () => {
    const { customers } = right("customers: [{ id: a, downstream: [{ host: 192.0.2.1, name: Mail.A.example }] }]");
    expect(customers[0]?.downstream[0]).toMatchObject({ host: "192.0.2.1", name: "mail.a.example" });
  });
});

describe("settings", () => {
  it("of the whole fleet", () => {
    const { settings } = right(`
customers: []
vantages: [{ id: inside, sourceAddress: 127.0.0.2 }, { id: eu2, sees: internet }]
tlsMode: { createdBefore: 2018-01-01, mode: disabled, otherwise: enforced }
policy: { cleanFor: 90s, silentFor: 1h, remindAfter: 2d, acknowledgedFor: 3d, flapsPerHour: 5 }
notify:
  smtp: { host: mail.operator.example, from: chainmail@operator.example, to: ops@operator.example, user: u, password: p }
  webhook: ["https://hooks.operator.example/x", { url: "http://127.0.0.1:9000/", token: t, secret: whsec_c2VjcmV0 }]
  slack: ["https://hooks.slack.com/services/T0/B0/x"]
  teams: ["https://prod.westeurope.logic.azure.com/workflows/x?sig=y"]
  pagerduty: [R0, { routingKey: R1, url: "https://events.eu.pagerduty.com/v2/enqueue" }]
  escalate: { after: 2h, to: boss@operator.example, slack: ["https://hooks.slack.com/services/T0/B0/y"] }
  heartbeat: https://checker.example/ping/1
  weekly: Monday 08:00 Europe/Berlin
  test: monthly
`);
    expect(settings).toEqual({
      tlsModeRule: { createdBefore: "2018-01-01", mode: "disabled", otherwise: "enforced" },
      vantages: [
        { id: "inside", sourceAddress: "127.0.0.2", sees: "inside" },
        { id: "eu2", sourceAddress: null, sees: "internet" },
      ],
      policy: {
        cleanFor: 90_000,
        silentFor: 3_600_000,
        remindAfter: 172_800_000,
        acknowledgedFor: 259_200_000,
        flapsPerHour: 5,
      },
      notify: {
        smtp: {
          host: "mail.operator.example",
          port: 587,
          from: "chainmail@operator.example",
          to: ["ops@operator.example"],
          user: "u",
          password: "p",
          tls: "required",
        },
        webhooks: [
          { url: "https://hooks.operator.example/x", token: null, secret: null },
          { url: "http://127.0.0.1:9000/", token: "t", secret: "whsec_c2VjcmV0" },
        ],
        slack: ["https://hooks.slack.com/services/T0/B0/x"],
        teams: ["https://prod.westeurope.logic.azure.com/workflows/x?sig=y"],
        pagerduty: [
          { routingKey: "R0", url: "https://events.pagerduty.com/v2/enqueue" },
          { routingKey: "R1", url: "https://events.eu.pagerduty.com/v2/enqueue" },
        ],
        escalate: {
          after: 7_200_000,
          to: ["boss@operator.example"],
          webhooks: [],
          slack: ["https://hooks.slack.com/services/T0/B0/y"],
          teams: [],
          pagerduty: [],
        },
        shared: false,
        heartbeat: "https://checker.example/ping/1",
        weekly: { day: "monday", time: "08:00", zone: "Europe/Berlin" },
        test: "monthly",
      },
      windows: [],
      canaries: [],
    });
  });

  it("escalate after half an hour unless they say otherwise", () => {
    const { settings } = right("customers: []\nnotify: { escalate: { pagerduty: [R0] } }\n");
    expect(settings.notify.escalate).toMatchObject({ after: 1_800_000, to: [], pagerduty: [{ routingKey: "R0" }] });
  });

  it("may name a relay and mailboxes on this very machine", () => {
    const { settings } = right(
      "customers: []\nnotify: { smtp: { host: localhost, from: chainmail@localhost, to: [root@localhost], tls: off } }\n",
    );
    expect(settings.notify.smtp).toMatchObject({
      host: "localhost",
      from: "chainmail@localhost",
      to: ["root@localhost"],
    });
  });

  it("are the seed's where the file is silent", () => {
    expect(right("customers: []\n").settings).toEqual({ ...defaultSettings, tlsModeRule: seedTlsModeRule });
  });
});

describe("CSV", () => {
  it("holds one customer a row, lists separated by spaces or semicolons", () => {
    const present = { settings: defaultSettings, gateways: [{ id: "g", hosts: ["mx.g.example"], port: 25 }] };
    const text = `\u{feff}id,created,gateway,domains,tlsMode,downstream,requireGateway,requireDownstream,allowPrivate,email,sms
acme,2015-03-01,g,acme.example acme.test,enabled,mail.acme.example;192.0.2.1:2525,tls,verified,TRUE,it@acme.example,+4915112345678

"plain",,,"plain.example"
`;
    const { fleet, errors } = parseFleet(text, { file: "c.csv", format: "csv", present });
    expect(errors).toEqual([]);
    expect(fleet.gateways).toEqual(present.gateways);
    expect(fleet.customers[0]).toMatchObject({
      id: "acme",
      domains: [
        { name: "acme.example", tlsMode: "enabled" },
        { name: "acme.test", tlsMode: "enabled" },
      ],
      downstream: [{ host: "mail.acme.example" }, { host: "192.0.2.1", port: 2525 }],
      require: { gateway: { level: "tls" }, downstream: { level: "verified" } },
      allowPrivate: true,
      contacts: [
        { email: "it@acme.example", sms: null },
        { email: null, sms: "+4915112345678" },
      ],
    });
    expect(fleet.customers[1]).toMatchObject({
      id: "plain",
      created: null,
      domains: [{ name: "plain.example", tlsMode: null }],
    });
  });
});

it("the format is told by the file's name", () => {
  expect(["a.yaml", "a.yml", "a.JSON", "a.csv", "a"].map(formatOf)).toEqual(["yaml", "yaml", "json", "csv", "yaml"]);
});

const custom = (fields: string): string => `customers:\n  - id: acme\n    domains: [acme.example]\n    ${fields}\n`;

describe("a wrong file gets a sentence that names file, line, column, field, value and what was expected", () => {
  const host = "expected a host name or an address";
  test.each<[string, string, string]>([
    ["no YAML", "customers:\n  - id: 'acme\n", "customers.yaml:3:1: not YAML: Missing closing 'quote"],
    [
      "a tab",
      "customers:\n  - id: acme\n\t domains: []\n",
      "customers.yaml:3:3: not YAML: a tab can't indent, write spaces",
    ],
    ["nothing", "", "customers.yaml:1:1: customers: missing, expected a list of customers"],
    ["a list", "- acme\n", "customers.yaml:1:1: expected gateways and customers"],
    ["customers that are one", "customers: acme\n", "customers.yaml:1:12: customers: expected a list of customers"],
    [
      "an unknown key",
      "custmers: []\ncustomers: []\n",
      "customers.yaml:1:1: 'custmers': unknown key; did you mean 'customers'?",
    ],
    ["a key twice", custom("domains: []"), "customers.yaml:4:5: not YAML: Map keys must be unique"],
    [
      "an unknown key inside",
      custom("gatway: g"),
      "customers.yaml:4:5: customers[0]: 'gatway': unknown key; did you mean 'gateway'?",
    ],
    [
      "a key far from all",
      custom("colour: red"),
      "customers.yaml:4:5: customers[0]: 'colour': unknown key; known are id, created,",
    ],
    [
      "no id",
      "customers:\n  - domains: [a.example]\n",
      "customers.yaml:2:5: customers[0].id: missing, expected 1 to 64 letters",
    ],
    [
      "a number as id",
      "customers:\n  - { id: 12, domains: [a.example] }\n",
      "customers.yaml:2:11: customers[0].id: '12': expected 1 to 64 letters, digits, '.', '_' or '-' (in quotes, if it is a number)",
    ],
    [
      "an id with a space",
      "customers:\n  - { id: 'a b', domains: [a.example] }\n",
      "customers.yaml:2:11: customers[0].id: 'a b': expected 1 to 64",
    ],
    [
      "neither domains nor downstream",
      "customers:\n  - id: acme\n",
      "customers.yaml:2:5: customers[0]: expected at least one of domains, downstream",
    ],
    [
      "a day that doesn't exist",
      custom("created: 2015-02-30"),
      "customers.yaml:4:14: customers[0].created: '2015-02-30': expected a date like 2015-03-01",
    ],
    [
      "another order of the date",
      custom("created: 01.03.2015"),
      "customers.yaml:4:14: customers[0].created: '01.03.2015': expected a date",
    ],
    [
      "a gateway that isn't there",
      custom("gateway: acme-gatewy"),
      "customers.yaml:4:14: customers[0].gateway: 'acme-gatewy': expected the id of one of the gateways",
    ],
    [
      "a vantage that isn't there",
      `vantages: [inside]\n${custom("vantage: { downstream: insid }")}`,
      "customers.yaml:5:28: customers[0].vantage.downstream: 'insid': expected the id of one of the vantages; did you mean 'inside'?",
    ],
    [
      "a wrong TLS mode",
      custom("").replace("[acme.example]", "[{ name: acme.example, tlsMode: enable }]"),
      "customers.yaml:3:46: customers[0].domains[0].tlsMode: 'enable': expected enabled, disabled or enforced; did you mean 'enabled'?",
    ],
    [
      "no domain",
      custom("").replace("[acme.example]", "[acme]"),
      "customers.yaml:3:15: customers[0].domains[0]: 'acme': expected a domain name like acme.example",
    ],
    [
      "an address as domain",
      custom("").replace("[acme.example]", "['192.0.2.1']"),
      "customers.yaml:3:15: customers[0].domains[0]: '192.0.2.1': expected a domain name",
    ],
    [
      "a domain that isn't in a list",
      custom("").replace("[acme.example]", "acme.example"),
      "customers.yaml:3:14: customers[0].domains: 'acme.example': expected a list of domains",
    ],
    [
      "a port too high",
      custom("downstream: [{ host: mail.acme.example, port: 99999 }]"),
      "customers.yaml:4:51: customers[0].downstream[0].port: '99999': expected a port, 1 to 65535",
    ],
    [
      "a port that is text",
      custom("downstream: [{ host: mail.acme.example, port: smtp }]"),
      "customers.yaml:4:51: customers[0].downstream[0].port: 'smtp': expected a port, 1 to 65535",
    ],
    [
      "a port behind the colon",
      custom("downstream: ['mail.acme.example:99999']"),
      "customers.yaml:4:18: customers[0].downstream[0]: 'mail.acme.example:99999': expected a port, 1 to 65535, behind the colon",
    ],
    [
      "a hexadecimal address",
      custom("downstream: ['0x7f.1']"),
      `customers.yaml:4:18: customers[0].downstream[0]: '0x7f.1': ${host}; this one is an odd spelling of 127.0.0.1`,
    ],
    [
      "a decimal address",
      custom("downstream: [{ host: '2130706433' }]"),
      `customers.yaml:4:26: customers[0].downstream[0].host: '2130706433': ${host}; this one is an odd spelling of 127.0.0.1`,
    ],
    [
      "localhost",
      custom("downstream: [localhost]"),
      `customers.yaml:4:18: customers[0].downstream[0]: 'localhost': ${host}; this one is an odd spelling of 127.0.0.1`,
    ],
    [
      "a wrong requirement",
      custom("require: { downstream: verifed }"),
      "customers.yaml:4:28: customers[0].require.downstream: 'verifed': expected none, tls, verified, dane or mta-sts; did you mean 'verified'?",
    ],
    [
      "a wrong floor",
      custom("require: { gateway: { floor: { protocol: TLSv1.4 } } }"),
      "customers.yaml:4:46: customers[0].require.gateway.floor.protocol: 'TLSv1.4': expected TLSv1, TLSv1.1, TLSv1.2 or TLSv1.3",
    ],
    [
      "a truth of another language",
      custom("allowPrivate: ja"),
      "customers.yaml:4:19: customers[0].allowPrivate: 'ja': expected true or false",
    ],
    [
      "no e-mail address",
      custom("contacts: [{ email: it@ }]"),
      "customers.yaml:4:25: customers[0].contacts[0].email: 'it@': expected an e-mail address like it@acme.example",
    ],
    [
      "a national number",
      custom("contacts: [{ sms: '0151 12345678' }]"),
      "customers.yaml:4:23: customers[0].contacts[0].sms: '0151 12345678': expected a number like +4915112345678",
    ],
    [
      "a wait without a number",
      custom("contacts: [{ email: it@acme.example, after: soon }]"),
      "customers.yaml:4:49: customers[0].contacts[0].after: 'soon': expected a duration like 30s, 10m, 6h or 1d",
    ],
    [
      "a second contact of the operator that is none",
      "notify: { escalate: { after: 1h } }\ncustomers: []\n",
      "customers.yaml:1:21: notify.escalate: expected at least one of to, webhook, slack, teams, pagerduty",
    ],
    [
      "a contact without an address",
      custom("contacts: [{}]"),
      "customers.yaml:4:16: customers[0].contacts[0]: expected an email or an sms",
    ],
    [
      "a customer twice",
      "customers:\n  - { id: a, domains: [a.example] }\n  - { id: a, domains: [b.example] }\n",
      "customers.yaml:3:11: customers[1].id: 'a': this customer stands there already, in line 2",
    ],
    [
      "a domain of two customers",
      "customers:\n  - { id: a, domains: [a.example] }\n  - { id: b, domains: [A.example.] }\n",
      "customers.yaml:3:24: customers[1].domains[0]: 'a.example': this domain belongs to customer 'a' already",
    ],
    [
      "a gateway twice",
      "gateways:\n  - { id: g, hosts: [] }\n  - { id: g, hosts: [] }\ncustomers: []\n",
      "customers.yaml:3:5: gateways[1]: 'g': stands there twice: gateways[0] is the same",
    ],
    [
      "a gateway's address",
      "gateways: [{ id: g, hosts: [192.0.2.1] }]\ncustomers: []\n",
      "customers.yaml:1:29: gateways[0].hosts[0]: '192.0.2.1': expected a host name like mail.acme.example, not an address",
    ],
    [
      "no duration",
      "policy: { cleanFor: 10 minutes }\ncustomers: []\n",
      "customers.yaml:1:21: policy.cleanFor: '10 minutes': expected a duration like 30s, 10m, 6h or 1d",
    ],
    [
      "a webhook in clear",
      "notify: { webhook: ['http://hooks.example/'] }\ncustomers: []\n",
      "customers.yaml:1:21: notify.webhook[0]: 'http://hooks.example/': expected an https:// URL (http:// only to loopback)",
    ],
    [
      "a secret that isn't base64",
      "notify: { webhook: [{ url: 'https://hooks.example/', secret: 'whsec_?' }] }\ncustomers: []\n",
      "customers.yaml:1:62: notify.webhook[0].secret: 'whsec_?': expected text, or base64 behind whsec_",
    ],
    [
      "a Slack in clear",
      "notify: { slack: ['http://hooks.example/'] }\ncustomers: []\n",
      "customers.yaml:1:19: notify.slack[0]: 'http://hooks.example/': expected an https:// URL (http:// only to loopback)",
    ],
    [
      "a Teams that is no list",
      "notify: { teams: 'https://hooks.example/' }\ncustomers: []\n",
      "customers.yaml:1:18: notify.teams: 'https://hooks.example/': expected a list of URLs",
    ],
    [
      "a PagerDuty without a key",
      "notify: { pagerduty: [{ url: 'https://events.example/' }] }\ncustomers: []\n",
      "customers.yaml:1:23: notify.pagerduty[0].routingKey: missing, expected an integration key: letters, digits, '_' and '-'",
    ],
    [
      "a channel that isn't there",
      "notify: { slak: ['https://hooks.example/'] }\ncustomers: []\n",
      "customers.yaml:1:11: notify: 'slak': unknown key; did you mean 'slack'?",
    ],
    [
      "a checker that is asked in clear",
      "notify: { heartbeat: 'http://checker.example/' }\ncustomers: []\n",
      "customers.yaml:1:22: notify.heartbeat: 'http://checker.example/': expected an https:// URL (http:// only to loopback)",
    ],
    [
      "a week without its day",
      "notify: { weekly: '08:00' }\ncustomers: []\n",
      "customers.yaml:1:19: notify.weekly: '08:00': expected true, or a time like 'monday 08:00 Europe/Berlin'",
    ],
    [
      "a week somewhere unknown",
      "notify: { weekly: monday 08:00 Europe/Atlantis }\ncustomers: []\n",
      "customers.yaml:1:19: notify.weekly: 'monday 08:00 Europe/Atlantis': expected a time zone like Europe/Berlin or UTC",
    ],
    [
      "a user without a password",
      "notify: { smtp: { host: a.example, from: a@a.example, to: [a@a.example], user: u } }\ncustomers: []\n",
      "customers.yaml:1:17: notify.smtp: expected both user and password, or neither",
    ],
    [
      "a wrong rule",
      "tlsMode: { createdBefore: 2016, mode: disabled, otherwise: enabled }\ncustomers: []\n",
      "customers.yaml:1:27: tlsMode.createdBefore: '2016': expected a date like 2015-03-01",
    ],
    ["an alias to nothing", custom("created: *when"), "customers.yaml:4:14: not YAML: nothing is named &when"],
  ])("%s", (_, text, sentence) => {
    const { errors } = parse(text);
    expect(errors[0]).toContain(sentence);
    expect(errors).toHaveLength(1);
  });

  test.each<[string, string, string]>([
    ["no JSON", '{ "customers": [\n  { "id": acme }\n] }', "customers.json:2:11: not JSON: 'a' isn't expected here"],
    ["cut off", '{ "customers": [', "customers.json:1:17: not JSON: it ends too early"],
    ["nested without end", "[".repeat(100_000), "customers.json:1:66: not JSON: '[' isn't expected here"],
    [
      "a wrong port",
      '{\n "customers": [\n  { "id": "a",\n    "downstream": [{ "host": "b.example", "port": 0 }] }\n ]\n}',
      "customers.json:4:51: customers[0].downstream[0].port: '0': expected a port, 1 to 65535",
    ],
    [
      "an unknown key",
      '{ "customers": [{ "id": "a", "domains": ["a.example"], "require": { "downstrem": "tls" } }] }',
      "customers.json:1:69: customers[0].require: 'downstrem': unknown key; did you mean 'downstream'?",
    ],
    ["customers that are none", '{ "customers": 5 }', "customers.json:1:16: customers: expected a list of customers"],
  ])("JSON: %s", (_, text, sentence) => {
    const { errors } = parse(text, "json");
    expect(errors[0]).toContain(sentence);
    expect(errors).toHaveLength(1);
  });

  test.each<[string, string, string]>([
    ["nothing", "", "customers.csv:1:1: expected a first row that names the columns: id,created,"],
    [
      "an unknown column",
      "id,domain\na,a.example\n",
      "customers.csv:1:4: 'domain': unknown column; did you mean 'domains'?",
    ],
    ["a column twice", "id,domains,id\n", "customers.csv:1:12: 'id': this column stands there twice"],
    ["no id column", "domains\na.example\n", "customers.csv:1:1: missing, expected a column 'id'"],
    ["an open quote", 'id,domains\n"a,a.example\n', "customers.csv:2:1: not CSV: Quote Not Closed"],
    ["too many values", "id,domains\na,a.example,b\n", "customers.csv:2:13: this row has 3 values, expected at most 2"],
    [
      "a wrong date behind a quoted cell over two lines",
      'id,domains,created\r\na,"a.example\r\nb.example",1.1.2015\r\n',
      "customers.csv:3:11: customers[0].created: '1.1.2015': expected a date",
    ],
    [
      "a wrong TLS mode",
      "id,domains,tlsMode\na,a.example,on\n",
      "customers.csv:2:13: customers[0].domains[0].tlsMode: 'on': expected enabled, disabled or enforced",
    ],
    [
      "a wrong level",
      "id,domains,requireDownstream\n\na,a.example,yes\n",
      "customers.csv:3:13: customers[0].require.downstream: 'yes': expected none, tls,",
    ],
    [
      "a truth of another language",
      "id,domains,allowPrivate\na,a.example,ja\n",
      "customers.csv:2:13: customers[0].allowPrivate: 'ja': expected true or false",
    ],
    [
      "an unknown gateway",
      "id,domains,gateway\na,a.example,g\n",
      "customers.csv:2:13: customers[0].gateway: 'g': expected the id of one of the gateways",
    ],
  ])("CSV: %s", (_, text, sentence) => {
    const { errors } = parse(text, "csv");
    expect(errors[0]).toContain(sentence);
    expect(errors).toHaveLength(1);
  });
});

describe("all errors are told, not the first", () => {
  const text = `gateways:
  - { id: g, hosts: [mx.g.example], prot: 26 }
customers:
  - { id: a, gateway: x, domains: [a.example], created: never }
  # between
  - { id: right, gateway: g, domains: [right.example] }
  - { id: a, domains: [a.example, b], downstream: [{ host: h.example, port: 0 }] }
`;

  it("in the order of the file, each at its place", () => {
    expect(parse(text).errors.map((error) => error.slice(0, error.indexOf(": ")))).toEqual([
      "customers.yaml:2:37",
      "customers.yaml:4:23",
      "customers.yaml:4:57",
      "customers.yaml:7:11",
      "customers.yaml:7:24",
      "customers.yaml:7:35",
      "customers.yaml:7:77",
    ]);
  });

  it("and who has none is still understood", () => {
    const { fleet } = parseFleet(text.replace(", prot: 26", ""), { file: "c.yaml", format: "yaml" });
    expect(fleet.customers.map(({ id }) => id)).toEqual(["right"]);
  });

  it("but where the head is wrong nothing is: what stands stays", () => {
    const present = { settings: defaultSettings, gateways: [{ id: "g", hosts: [], port: 25 }] };
    const { fleet } = parseFleet(text, { file: "c.yaml", format: "yaml", present });
    expect(fleet).toEqual({ ...present, customers: [] });
  });

  it("what a hostile value holds is shown on one line", () => {
    const [error] = parse(custom(`created: "a\\nb\\e[31m${"x".repeat(200)}"`)).errors;
    expect(error).toMatch(/'a\\u000ab\\u001b\[31mx+…': expected a date/);
    expect(error?.length).toBeLessThan(200);
  });
});

describe("a large file", () => {
  it("is read in pieces, places and all", () => {
    const rows = Array.from({ length: 1_001 }, (_, at) => `  - id: c${at}\n    domains: [c${at}.example]\n`);
    rows[777] = "  - id: c777\n    domains: [c7, c778.example]\n";
    const text = `# first\ncustomers: # here\n${rows.join("")}\ngateways:\n  - { id: g, hosts: [G] }\n  - { id: g2, host: [] }\n`;
    expect(parse(text.replace("host: []", "hosts: []")).fleet.customers).toHaveLength(999);
    expect(parse(text).errors).toEqual([
      "customers.yaml:1558:15: customers[777].domains[0]: 'c7': expected a domain name like acme.example",
      "customers.yaml:1560:15: customers[778].domains[0]: 'c778.example': this domain belongs to customer 'c777' already",
      "customers.yaml:2008:5: gateways[1].hosts: missing, expected a list of host names",
      "customers.yaml:2008:15: gateways[1]: 'host': unknown key; did you mean 'hosts'?",
    ]);
  });
});
