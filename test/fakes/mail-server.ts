/**
 * A mail server on loopback that misbehaves on demand, at any stage of the dialogue.
 *
 * Raw sockets and a script of replies, so that whatever a broken or hostile server might send can be sent.
 * Without options it is a decent one with STARTTLS and a self-signed certificate for `mx.example`.
 */

import { type AddressInfo, createServer, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { createSecureContext, type SecureContext, type SecureContextOptions, TLSSocket } from "node:tls";
import { selfSigned } from "./certificates.ts";
import { act, type Misbehaviour, pause } from "./misbehaviour.ts";

/** Where in a session something is done; each is the moment at which the server would answer. */
type Moment =
  | "banner"
  | "ehlo"
  | "helo"
  | "starttls"
  | "handshake"
  | "ehlo-again"
  | "mail"
  | "rcpt"
  | "rset"
  | "noop"
  | "quit";

/** Lines without their CRLF, or what gives them for the n-th connection (from 1). */
type Lines = string | readonly string[] | ((connection: number) => string | readonly string[]);

export interface MailServerOptions {
  /** What is answered at each moment, instead of the usual. */
  readonly replies?: Partial<Readonly<Record<Exclude<Moment, "handshake">, Lines>>>;
  /** What is done in place of the answer. */
  readonly misbehave?: Partial<Readonly<Record<Moment, Misbehaviour | ((connection: number) => Misbehaviour | null)>>>;
  /** False: STARTTLS isn't offered, and answered 502. */
  readonly starttls?: boolean;
  /** TLS from the first byte. */
  readonly implicit?: boolean;
  readonly greetDelayMs?: number;
  /** Before every reply. */
  readonly replyDelayMs?: number;
  /** Sent in the same segment behind the 220 to STARTTLS (CVE-2021-38371). */
  readonly injected?: string;
  /** What came in one packet with STARTTLS is taken for commands given under TLS (CVE-2011-0411). */
  readonly keepsBuffer?: boolean;
  /** STARTTLS isn't offered, and taken all the same. */
  readonly hidesStarttls?: boolean;
  /** What is served for a name, instead of `tls`; null: nothing. */
  readonly byName?: (name: string) => SecureContextOptions | null;
  /** Each connection is another machine's, which can't read the others' tickets. */
  readonly ownTickets?: boolean;
  /** Certificate, versions, ciphers, … of its TLS; `ciphers` may end in `@SECLEVEL=0`. */
  readonly tls?: SecureContextOptions;
  readonly host?: "127.0.0.1" | "::1";
}

export interface FakeMailServer {
  readonly address: string;
  readonly port: number;
  /** Accepted so far. */
  readonly connections: number;
  /** Open now. */
  readonly open: number;
  /** The most that were open at once. */
  readonly peak: number;
  /** Every command received, over all connections. */
  readonly lines: readonly string[];
  /** Server names of the TLS handshakes, `null` for none. */
  readonly serverNames: readonly (string | null)[];
  /** Changes how further replies are made; options not named stay. */
  set(options: MailServerOptions): void;
  close(): Promise<void>;
}

const greeting = "mx.example";

const usual = (options: MailServerOptions): Record<Exclude<Moment, "handshake">, readonly string[]> => {
  const offered = options.starttls !== false && options.implicit !== true;
  return {
    banner: [`220 ${greeting} ESMTP`],
    ehlo: [
      `250-${greeting}`,
      "250-PIPELINING",
      "250-SIZE 52428800",
      "250-VRFY",
      ...(offered && !options.hidesStarttls ? ["250-STARTTLS"] : []),
      "250-ENHANCEDSTATUSCODES",
      "250 8BITMIME",
    ],
    "ehlo-again": [`250-${greeting}`, "250-PIPELINING", "250-SIZE 52428800", "250-VRFY", "250 8BITMIME"],
    helo: [`250 ${greeting}`],
    starttls: [offered ? "220 2.0.0 Ready to start TLS" : "502 5.5.1 Command not implemented"],
    mail: ["250 2.1.0 Ok"],
    rcpt: ["250 2.1.5 Ok"],
    rset: ["250 2.0.0 Ok"],
    noop: ["250 2.0.0 Ok"],
    quit: ["221 2.0.0 Bye"],
  };
};

export async function startMailServer(initial: MailServerOptions = {}): Promise<FakeMailServer> {
  let options = initial;
  let secureContext: SecureContext | undefined;
  let connections = 0;
  let peak = 0;
  const lines: string[] = [];
  const serverNames: (string | null)[] = [];
  const sockets = new Set<Socket>();
  const fallback = initial.tls?.cert === undefined ? await selfSigned({ names: [greeting] }) : undefined;

  function tlsContext(): SecureContext {
    if (options.ownTickets) secureContext = undefined;
    secureContext ??= contextOf(options.tls);
    return secureContext;
  }

  function contextOf(tls: SecureContextOptions | undefined): SecureContext {
    const own = fallback && { cert: fallback.certPem, key: fallback.keyPem };
    return createSecureContext({ ...own, minVersion: "TLSv1", ...tls });
  }

  const server = createServer((socket) => {
    connections += 1;
    const connection = connections;
    sockets.add(socket);
    peak = Math.max(peak, sockets.size);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => {});
    if (options.implicit) handshake(socket, connection);
    else void greet(socket, connection, false);
  });

  /** True when the moment was spoiled: nothing further is said by the usual script. */
  function spoiled(wire: Duplex, raw: Socket, moment: Moment, connection: number): boolean {
    const rule = options.misbehave?.[moment];
    const how = typeof rule === "function" ? rule(connection) : rule;
    if (!how) return false;
    act(wire, raw, how);
    return true;
  }

  async function say(
    wire: Duplex,
    moment: Exclude<Moment, "handshake">,
    connection: number,
    suffix = "",
  ): Promise<string> {
    if (options.replyDelayMs) await pause(options.replyDelayMs);
    const told = options.replies?.[moment] ?? usual(options)[moment];
    const reply = typeof told === "function" ? told(connection) : told;
    const text = (typeof reply === "string" ? [reply] : reply).map((line) => `${line}\r\n`).join("");
    if (wire.writable) wire.write(text + suffix);
    if (text.startsWith("421") || moment === "quit") wire.end();
    return text;
  }

  async function greet(wire: Duplex, connection: number, encrypted: boolean, raw: Socket = wire as Socket) {
    listen(wire, raw, connection, encrypted);
    if (options.greetDelayMs) await pause(options.greetDelayMs);
    if (!spoiled(wire, raw, "banner", connection)) await say(wire, "banner", connection);
  }

  function listen(wire: Duplex, raw: Socket, connection: number, encrypted: boolean, kept = ""): void {
    let buffer = kept;
    const onData = (chunk: Buffer) => {
      buffer += chunk.toString("latin1");
      obey();
    };
    const obey = () => {
      for (let end = buffer.indexOf("\r\n"); end >= 0; end = buffer.indexOf("\r\n")) {
        const line = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        lines.push(line);
        const moment = momentOf(line, encrypted && !options.implicit);
        if (moment === "starttls") wire.off("data", onData);
        void answer(wire, raw, moment, connection, options.keepsBuffer ? buffer : "");
        if (moment === "starttls") return;
      }
    };
    wire.on("data", onData);
    wire.on("error", () => {});
    obey();
  }

  async function answer(
    wire: Duplex,
    raw: Socket,
    moment: Exclude<Moment, "handshake"> | null,
    connection: number,
    kept: string,
  ) {
    if (moment === null) {
      wire.write("500 5.5.2 What?\r\n");
      return;
    }
    if (spoiled(wire, raw, moment, connection)) return;
    const said = await say(wire, moment, connection, moment === "starttls" ? options.injected : undefined);
    if (moment !== "starttls") return;
    if (said.startsWith("220")) handshake(raw, connection, kept);
    else listen(wire, raw, connection, false);
  }

  function choose(name: string, done: (error: Error | null, context?: SecureContext) => void): void {
    const tls = options.byName?.(name) ?? null;
    if (tls === null) done(new Error("no such name"));
    else done(null, contextOf(tls));
  }

  function handshake(raw: Socket, connection: number, kept = "") {
    const rule = options.misbehave?.handshake;
    const how = typeof rule === "function" ? rule(connection) : rule;
    if (how) {
      // Only when the hello is here, so that the client had its say.
      raw.once("data", () => act(raw, raw, how));
      return;
    }
    const secure = new TLSSocket(raw, {
      isServer: true,
      secureContext: tlsContext(),
      // By a callback Node shows one certificate of several.
      ...(options.byName && { SNICallback: choose }),
    });
    secure.on("error", () => raw.destroy());
    secure.once("secure", () => {
      serverNames.push((secure as TLSSocket & { servername?: string | false }).servername || null);
      if (options.implicit) void greet(secure, connection, true, raw);
      else listen(secure, raw, connection, true, kept);
    });
  }

  await new Promise<void>((listening) => server.listen(0, options.host ?? "127.0.0.1", listening));
  const { address, port } = server.address() as AddressInfo;
  return {
    address,
    port,
    get connections() {
      return connections;
    },
    get open() {
      return sockets.size;
    },
    get peak() {
      return peak;
    },
    lines,
    serverNames,
    set(changed) {
      options = { ...options, ...changed };
      secureContext = undefined;
    },
    close: () =>
      new Promise((closed) => {
        server.close(() => closed());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

function momentOf(line: string, encrypted: boolean): Exclude<Moment, "handshake"> | null {
  switch (line.split(/[ :]/)[0]?.toUpperCase()) {
    case "EHLO":
      return encrypted ? "ehlo-again" : "ehlo";
    case "HELO":
      return "helo";
    case "STARTTLS":
      return "starttls";
    case "MAIL":
      return "mail";
    case "RCPT":
      return "rcpt";
    case "RSET":
      return "rset";
    case "NOOP":
      return "noop";
    case "QUIT":
      return "quit";
    default:
      return null;
  }
}
