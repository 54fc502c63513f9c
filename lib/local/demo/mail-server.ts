/** A small, well-behaved mail server on loopback whose STARTTLS can be switched off and on. It takes no mail. */

import type { AddressInfo } from "node:net";
import { SMTPServer } from "smtp-server";
import type { KeyAndCertificate } from "./certificates.ts";

export interface DemoMailServer {
  readonly name: string;
  readonly port: number;
  offerStarttls(offered: boolean): void;
  close(): Promise<void>;
}

export async function startMailServer(name: string, certificate: KeyAndCertificate): Promise<DemoMailServer> {
  let offered = true;
  const server = new SMTPServer({
    name,
    key: certificate.keyPem,
    cert: certificate.certPem,
    disabledCommands: ["AUTH"],
    disableReverseLookup: true,
    onConnect(session, accept) {
      // What a session may not say replaces the server's own list, for this session alone.
      Object.assign(session, { disabledCommands: offered ? ["AUTH"] : ["AUTH", "STARTTLS"] });
      accept();
    },
    onRcptTo: (_address, _session, done) => done(new Error("the demo takes no mail")),
  });
  // Every failed handshake arrives here; without a listener it would end the process.
  server.on("error", () => {});
  await new Promise<void>((listening) => server.listen(0, "127.0.0.1", listening));
  return {
    name,
    port: (server.server.address() as AddressInfo).port,
    offerStarttls(value) {
      offered = value;
    },
    close: () => new Promise((closed) => server.close(closed)),
  };
}
