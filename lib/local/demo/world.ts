/** The demo's customers file, and the DNS that knows its names. Nothing of it leaves this machine. */

import type { DnsAnswer, DnsRecord, Resolver } from "../../model/ports.ts";

export interface DemoPorts {
  readonly gateway: number;
  readonly acme: number;
  readonly globex: number;
  readonly initech: number;
}

/** A customers file as a person would write it; the ports are where the demo's servers happen to listen. */
export function demoCustomersFile({ gateway, acme, globex, initech }: DemoPorts): string {
  return `# Three customers of one mail gateway. The servers of this demo listen on loopback.
gateways:
  - { id: example-gateway, hosts: [mx1.gateway.example, mx2.gateway.example], port: ${gateway} }
customers:
  - id: acme                                    # all is well, at first
    created: 2019-04-02
    gateway: example-gateway
    domains: [{ name: acme.example, tlsMode: enabled }]
    downstream: [{ host: mail.acme.example, port: ${acme} }]
    require: { gateway: tls, downstream: verified }
    allowPrivate: true
    contacts: [{ email: it@acme.example }]
  - id: globex                                  # encrypted, but the certificate is self-signed
    created: 2020-11-30
    gateway: example-gateway
    domains: [globex.example]
    downstream: [{ host: mail.globex.example, port: ${globex} }]
    require: tls
    allowPrivate: true
  - id: initech                                 # made before 2016, no tlsMode: disabled at the gateway
    created: 2014-06-17
    gateway: example-gateway
    domains: [initech.example]
    downstream: [{ host: mail.initech.example, port: ${initech} }]
    allowPrivate: true
policy: { cleanFor: 8s }                        # shortened for the demo: the default is 10m
`;
}

/** The demo can't wait for the real ones: confirmation looks after 20, 40 and 60 s, and what shares its cause is waited for 30 s. */
export const demoConfirmation = { confirmAfter: [2_000, 4_000, 6_000], openSpan: 4_000, groupWait: 1_000 } as const;

const ttl = 300;
const customers = ["acme.example", "globex.example", "initech.example"];
const exchanges = ["mx1.gateway.example", "mx2.gateway.example"];
const hosts = new Set([...exchanges, ...customers.map((domain) => `mail.${domain}`)]);

export const demoResolver: Resolver = async (name, type): Promise<DnsAnswer> => {
  const answer = (data: readonly unknown[]): DnsAnswer => ({
    kind: "answer",
    ttl,
    records: data.map((value): DnsRecord => ({ name, type, ttl, data: value })),
  });
  if (type === "MX" && customers.includes(name))
    return answer(exchanges.map((exchange, at) => ({ preference: 10 * (at + 1), exchange })));
  if (type === "A" && hosts.has(name)) return answer(["127.0.0.1"]);
  if (hosts.has(name) || customers.includes(name)) return answer([]);
  return { kind: "failed", reason: "nxdomain", ttl };
};
