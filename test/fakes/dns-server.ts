/**
 * A DNS server on loopback, UDP and TCP on one port chosen by the system, that answers from a zone and can misbehave.
 *
 * @example
 * const dns = await startDns({
 *   "acme.example": { MX: ["10 mx1.gateway.example"] },
 *   "mx1.gateway.example": { A: ["127.0.0.1"], ttl: 60 },
 *   "gone.example": "servfail",
 * });
 * createResolver({ servers: [dns.address], now: Date.now });
 * dns.set("mx1.gateway.example", { A: ["127.0.0.2"] });
 */

import { createSocket, type RemoteInfo, type Socket } from "node:dgram";
import { once } from "node:events";
import { createServer, type Server } from "node:net";
import { type Answer, decode, encode, type Packet, type Question, type RecordType } from "dns-packet";

/** What goes wrong before the right answer; with `thenSilent` the right one never comes. Over UDP only. */
type Forgery = "id" | "name" | "type" | "port" | "query" | "garbage";

interface Rrsets {
  readonly A?: readonly string[];
  readonly AAAA?: readonly string[];
  /** `10 mx1.example`; `0 .` is a null MX. */
  readonly MX?: readonly string[];
  readonly CNAME?: string;
  readonly PTR?: readonly string[];
  readonly TXT?: readonly string[];
  /** Seconds, for all records here; 300 unless given. */
  readonly ttl?: number;
  /** UDP answers are empty with TC set: ask by TCP. `always`: TCP too. */
  readonly truncated?: boolean | "always";
  /** A CNAME comes alone, without its target's records. */
  readonly bareAlias?: boolean;
  readonly forged?: readonly Forgery[];
  readonly thenSilent?: boolean;
  /** These types fail; the others are answered. */
  readonly fails?: Partial<Readonly<Record<"A" | "AAAA" | "MX", Failure>>>;
}

type Failure = "nxdomain" | "servfail" | "refused" | "silence" | "bad-record";

/** By name, lower case. A name that isn't there is NXDOMAIN; a type that isn't there is NODATA; both with a SOA. */
export type Zone = Readonly<Record<string, Rrsets | Failure>>;

interface DnsQuery {
  readonly name: string;
  readonly type: string;
  readonly by: "udp" | "tcp";
  readonly id: number;
  readonly port: number;
}

export interface DnsServer {
  /** `127.0.0.1:port`. */
  readonly address: string;
  /** All queries so far, oldest first. */
  readonly queries: readonly DnsQuery[];
  /** Changes what is answered for one name; null takes it away. */
  set(name: string, entry: Rrsets | Failure | null): void;
  close(): Promise<void>;
}

/** The SOA of every negative answer: its `minimum` is the negative TTL (RFC 2308 §5). */
const soa = (minimum: number): Answer => ({
  type: "SOA",
  name: "example",
  ttl: 3600,
  data: { mname: "ns.example", rname: "root.example", serial: 1, refresh: 1, retry: 1, expire: 1, minimum },
});

const rcodes = { nxdomain: 3, servfail: 2, refused: 5 } as const;
const responseFlags = 0x0180;

export async function startDns(zone: Zone, { minimum = 300 } = {}): Promise<DnsServer> {
  const entries = new Map(Object.entries(zone));
  const queries: DnsQuery[] = [];
  const [udp, tcp] = await listen();
  const { port } = udp.address();

  udp.on("message", (message, peer) => {
    const packet = decode(message);
    const question = packet.questions?.[0];
    if (!question) return;
    queries.push({ ...asked(question), by: "udp", id: packet.id ?? 0, port: peer.port });
    const entry = entries.get(question.name.toLowerCase());
    const rrsets = typeof entry === "object" ? entry : {};
    for (const forgery of rrsets.forged ?? []) forge(udp, peer, packet, question, forgery);
    if (rrsets.thenSilent) return;
    const reply = answer(entries, packet, question, minimum);
    if (reply) udp.send(rrsets.truncated ? truncated(packet, question) : reply, peer.port, peer.address);
  });

  tcp.on("connection", (socket) => {
    let received = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      if (received.length < 2 || received.length < 2 + received.readUInt16BE(0)) return;
      const packet = decode(received.subarray(2));
      const question = packet.questions?.[0];
      if (!question) return;
      queries.push({ ...asked(question), by: "tcp", id: packet.id ?? 0, port: socket.remotePort ?? 0 });
      const entry = entries.get(question.name.toLowerCase());
      const whole = answer(entries, packet, question, minimum);
      if (!whole) return;
      const reply = typeof entry === "object" && entry.truncated === "always" ? truncated(packet, question) : whole;
      const length = Buffer.alloc(2);
      length.writeUInt16BE(reply.length);
      // In two writes, so that a reader has to put the message together.
      socket.write(length);
      socket.end(reply);
    });
  });

  return {
    address: `127.0.0.1:${port}`,
    queries,
    set: (name, entry) => void (entry === null ? entries.delete(name) : entries.set(name, entry)),
    close: async () => {
      udp.close();
      tcp.close();
      await Promise.all([once(udp, "close"), once(tcp, "close")]);
    },
  };
}

async function listen(): Promise<[Socket, Server]> {
  const udp = createSocket("udp4");
  udp.bind(0, "127.0.0.1");
  await once(udp, "listening");
  const tcp = createServer();
  const free = await new Promise<boolean>((resolve) => {
    tcp.once("error", () => resolve(false));
    tcp.listen(udp.address().port, "127.0.0.1", () => resolve(true));
  });
  if (free) return [udp, tcp];
  udp.close();
  return listen();
}

const asked = (question: Question) => ({ name: question.name, type: question.type });

/** The whole reply, or null for silence. */
function answer(entries: Map<string, Rrsets | Failure>, query: Packet, question: Question, minimum: number) {
  const name = question.name.toLowerCase();
  const entry = entries.get(name) ?? "nxdomain";
  const failure = typeof entry === "string" ? entry : failureOf(entry, question.type);
  if (failure === "silence") return null;
  if (failure === "bad-record") {
    const whole = respond(query, question, 0, [{ type: "TXT", name, ttl: 300, data: "x".repeat(40) }]);
    return whole.subarray(0, whole.length - 20);
  }
  if (failure !== undefined) {
    return respond(query, question, rcodes[failure], [], failure === "nxdomain" ? [soa(minimum)] : []);
  }
  const answers = records(entries, name, question.type);
  const found = answers.some(({ type }) => type === question.type);
  return respond(query, question, 0, answers, found ? [] : [soa(minimum)]);
}

function failureOf(entry: Rrsets, type: string): Failure | undefined {
  return type === "A" || type === "AAAA" || type === "MX" ? entry.fails?.[type] : undefined;
}

function records(entries: Map<string, Rrsets | Failure>, name: string, type: RecordType, hops = 0): Answer[] {
  const entry = entries.get(name);
  if (typeof entry !== "object" || hops > 20) return [];
  const ttl = entry.ttl ?? 300;
  if (entry.CNAME !== undefined) {
    const alias: Answer = { type: "CNAME", name, ttl, data: entry.CNAME };
    return entry.bareAlias ? [alias] : [alias, ...records(entries, entry.CNAME, type, hops + 1)];
  }
  switch (type) {
    case "A":
    case "AAAA":
    case "PTR":
      return (entry[type] ?? []).map((data) => ({ type, name, ttl, data }));
    case "TXT":
      return (entry.TXT ?? []).map((data) => ({ type, name, ttl, data }));
    case "MX":
      return (entry.MX ?? []).map((text) => {
        const [preference, exchange = "."] = text.split(" ");
        return { type, name, ttl, data: { preference: Number(preference), exchange } };
      });
    default:
      return [];
  }
}

function respond(query: Packet, question: Question, rcode: number, answers: Answer[], authorities: Answer[] = []) {
  return encode({
    type: "response",
    id: query.id ?? 0,
    flags: responseFlags | rcode,
    questions: [question],
    answers,
    authorities,
  });
}

function truncated(query: Packet, question: Question): Buffer {
  return encode({ type: "response", id: query.id ?? 0, flags: responseFlags | 0x0200, questions: [question] });
}

/** Sends an answer that must not be believed: it tells of 203.0.113.66. */
function forge(udp: Socket, peer: RemoteInfo, query: Packet, question: Question, forgery: Forgery): void {
  const lie: Packet = {
    type: "response",
    id: query.id ?? 0,
    flags: responseFlags,
    questions: [question],
    answers:
      question.type === "MX"
        ? [{ type: "MX", name: question.name, ttl: 300, data: { preference: 1, exchange: "forged.example" } }]
        : [{ type: "A", name: question.name, ttl: 300, data: "203.0.113.66" }],
  };
  if (forgery === "port") {
    const other = createSocket("udp4");
    other.send(encode(lie), peer.port, peer.address, () => other.close());
  } else {
    udp.send(distorted(lie, question, forgery), peer.port, peer.address);
  }
}

function distorted(lie: Packet, question: Question, how: Exclude<Forgery, "port">): Buffer {
  switch (how) {
    case "id":
      return encode({ ...lie, id: ((lie.id ?? 0) + 1) % 65_536 });
    case "name":
      return encode({ ...lie, questions: [{ ...question, name: `x${question.name}` }] });
    case "type":
      return encode({ ...lie, questions: [{ ...question, type: "NS" }] });
    case "query":
      return encode({ ...lie, type: "query" });
    case "garbage":
      return Buffer.from("SSH-2.0-OpenSSH_9.2p1\r\n");
  }
}
