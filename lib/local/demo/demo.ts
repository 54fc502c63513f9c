/** The demo: three customers on loopback, and one server that stops offering STARTTLS for a while. */

import type { Resolver } from "../../model/ports.ts";
import { type DemoAuthority, demoAuthority, selfSigned } from "./certificates.ts";
import { type DemoMailServer, startMailServer } from "./mail-server.ts";
import { demoCustomersFile, demoResolver } from "./world.ts";

export interface Demo {
  readonly customersFile: string;
  /** The root that the demo's servers, but one, have their certificates of; PEM. */
  readonly root: string;
  readonly resolver: Resolver;
  /** The server whose STARTTLS goes and comes back. */
  readonly culprit: DemoMailServer;
  stop(): Promise<void>;
}

export async function startDemo(): Promise<Demo> {
  const authority = await demoAuthority();
  const [gateway, acme, globex, initech] = await Promise.all([
    proved("mx1.gateway.example", authority, ["mx2.gateway.example"]),
    proved("mail.acme.example", authority),
    selfSigned("mail.globex.example").then((made) => startMailServer("mail.globex.example", made)),
    proved("mail.initech.example", authority),
  ]);
  const servers = [gateway, acme, globex, initech];
  return {
    customersFile: demoCustomersFile({
      gateway: gateway.port,
      acme: acme.port,
      globex: globex.port,
      initech: initech.port,
    }),
    root: authority.certPem,
    resolver: demoResolver,
    culprit: acme,
    stop: async () => {
      await Promise.all(servers.map((server) => server.close()));
    },
  };
}

async function proved(name: string, authority: DemoAuthority, more: readonly string[] = []): Promise<DemoMailServer> {
  return startMailServer(name, await authority.issue([name, ...more]));
}
