/** Intrusive checks on vulnerable servers, and on sound ones, Node's own among them. */

import { createServer, connect as dial, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import { afterEach, describe, expect, it, test } from "vitest";
import { clientRenegotiation } from "../../../../lib/protocols/scan/flaws/client-renegotiation.ts";
import { earlyCcs } from "../../../../lib/protocols/scan/flaws/early-ccs.ts";
import type { AskedFlaw } from "../../../../lib/protocols/scan/flaws/flaw.ts";
import { heartbleed } from "../../../../lib/protocols/scan/flaws/heartbleed.ts";
import { robot } from "../../../../lib/protocols/scan/flaws/robot.ts";
import { ticketbleed } from "../../../../lib/protocols/scan/flaws/ticketbleed.ts";
import { RecordReader } from "../../../../lib/protocols/tls/records.ts";
import { selfSigned } from "../../../fakes/certificates.ts";
import { type MailServerOptions, startMailServer } from "../../../fakes/mail-server.ts";
import {
  alert,
  type Behind,
  badRecordMac,
  soundly,
  startRecordServer,
  unexpectedMessage,
} from "../../../fakes/record-server.ts";
import { message, record, serverFlight } from "../../../fakes/server-hello.ts";
import { looked, type Told } from "./looked.ts";

const rsaAlone = { "TLSv1.2": ["AES128-SHA"] };
const ends: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  await Promise.all(ends.splice(0).map((end) => end()));
});

async function onRecords(flaw: AskedFlaw, behind: (record: Behind) => void, timeoutMs = 3_000): Promise<Told> {
  const server = await startRecordServer(behind);
  ends.push(server.close);
  return await looked(flaw, { port: server.port, tls: "implicit", suites: rsaAlone, timeoutMs });
}

async function onMail(flaw: AskedFlaw, options: MailServerOptions): Promise<Told> {
  const server = await startMailServer(options);
  ends.push(server.close);
  return await looked(flaw, { port: server.port });
}

const every = [heartbleed, earlyCcs, robot, ticketbleed, clientRenegotiation];

describe("Heartbleed", () => {
  const answer = (claimed: number, socket: Behind["socket"]) => {
    const memory = Buffer.alloc(claimed, "secret");
    socket.write(record(24, 0x0303, Buffer.concat([Buffer.from([2, claimed >> 8, claimed & 0xff]), memory])));
  };

  it("is what answers with as much as was claimed; nothing of that is kept", async () => {
    const told = await onRecords(heartbleed, ({ type, body, socket }) => {
      if (type === 24) answer((body[1] ?? 0) * 256 + (body[2] ?? 0), socket);
    });
    expect(told).toEqual({
      name: "heartbleed",
      result: "flawed",
      detail: ["67 bytes came in answer to a heartbeat that held none"],
      connections: 1,
    });
  });

  test.each<[string, (record: Behind) => void]>([
    ["refuses it", soundly],
    ["says nothing, as the patched ones do", () => {}],
    ["answers with what was sent", ({ socket }) => answer(0, socket)],
    ["echoes it", ({ type, body, socket }) => void (type === 24 && socket.write(record(24, 0x0303, body)))],
    [
      "pads an empty answer with more than was claimed",
      ({ socket }) => void socket.write(record(24, 0x0303, Buffer.concat([Buffer.from([2, 0, 0]), Buffer.alloc(200)]))),
    ],
    ["closes", ({ socket }) => socket.end()],
  ])("isn't there where a server %s", async (_how, behind) => {
    expect(await onRecords(heartbleed, behind)).toMatchObject({ result: "sound" });
  });
});

describe("early ChangeCipherSpec", () => {
  it("is what is only noticed at the next record, which isn't encrypted", async () => {
    const told = await onRecords(earlyCcs, ({ type, nth, socket }) => {
      if (type === 20 && nth === 2) socket.end(badRecordMac);
    });
    expect(told).toMatchObject({ result: "flawed", connections: 1 });
    expect(told.detail[0]).toContain("bad_record_mac");
  });

  it("isn't known where nobody says a word", async () => {
    expect(await onRecords(earlyCcs, () => {}, 1_500)).toMatchObject({ result: "unknown" });
  });

  test.each<[string, (record: Behind) => void]>([
    ["an alert to the first", soundly],
    ["an alert to the second", ({ nth, socket }) => void (nth === 2 && socket.end(unexpectedMessage))],
    ["another alert", ({ socket }) => socket.end(alert(40))],
    ["bad_record_mac to the first", ({ nth, socket }) => void (nth === 1 && socket.end(badRecordMac))],
    ["the end of the connection", ({ socket }) => socket.end()],
    ["the end of it, a while after", ({ nth, socket }) => void (nth === 2 && setTimeout(() => socket.end(), 300))],
  ])("isn't there where it brings %s", async (_how, behind) => {
    expect(await onRecords(earlyCcs, behind)).toMatchObject({ result: "sound" });
  });
});

describe("ROBOT", () => {
  /** As RFC 5246 §7.4.7.1 forbids: it tells what it found. */
  const isPadded = (block: Buffer) => block[0] === 0 && block[1] === 2 && block.indexOf(0, 2) === block.length - 49;

  test.each<[string, number]>([
    ["after the Finished", 2],
    ["before it", 1],
  ])("is an answer that differs by the padding, %s", async (_when, whole) => {
    const told = await onRecords(robot, ({ type, socket, decrypted, nth }) => {
      const padded = socket as Behind["socket"] & { padded?: boolean };
      if (type === 22 && nth === 1) padded.padded = isPadded(decrypted());
      if (whole === 1 && type === 22 && nth === 1 && !padded.padded) socket.end(alert(51));
      if (type === 22 && nth === 2) socket.end(whole === 1 || padded.padded ? badRecordMac : alert(40));
    });
    expect(told.result).toBe("flawed");
    expect(told.detail).toHaveLength(5);
    expect(told.detail[0]).toBe("well padded: alert bad_record_mac");
    expect(told.connections).toBe(20);
  });

  it("may be an answer to the version within", async () => {
    const told = await onRecords(robot, ({ type, socket, decrypted, nth, body }) => {
      if (type !== 22) return;
      const block = nth === 1 && body[0] === 16 ? decrypted() : null;
      if (block !== null && isPadded(block) && block.at(-48) !== 3) socket.end(alert(47));
      if (nth === 2) socket.end(badRecordMac);
    });
    expect(told.result).toBe("flawed");
    expect(told.detail.at(-1)).toBe("wrong version: alert illegal_parameter");
  });

  it("isn't there where all five are answered alike, before the Finished and after it", async () => {
    const told = await onRecords(robot, soundly);
    expect(told).toEqual({ name: "robot", result: "sound", detail: [], connections: 10 });
  });

  it("isn't there where answers differ by chance", async () => {
    let times = 0;
    const told = await onRecords(robot, ({ type, nth, socket }) => {
      if (type === 22 && nth === 2) socket.end(++times === 3 ? alert(40) : badRecordMac);
    });
    expect(told).toMatchObject({ result: "unknown" });
  });

  it("isn't there where five machines answer in turn, each in its own way", async () => {
    let times = 0;
    const told = await onRecords(robot, ({ type, nth, socket }) => {
      if (type !== 22 || nth !== 2) return;
      const code = [20, 40, 51, 80][times++ % 5];
      socket.end(code === undefined ? "" : alert(code));
    });
    expect(told).toMatchObject({ result: "unknown" });
  });

  it.each([1, 3, 7])("is found though connection %i is lost behind the flight", async (nthLost) => {
    let times = 0;
    const told = await onRecords(robot, ({ type, socket, decrypted, nth }) => {
      const known = socket as Behind["socket"] & { strange?: boolean };
      if (type === 22 && nth === 1) known.strange = decrypted()[0] === 0x41;
      if (type !== 22 || nth !== 2) return;
      if (++times === nthLost) socket.resetAndDestroy();
      else socket.end(known.strange ? alert(47) : badRecordMac);
    });
    expect(told).toMatchObject({ result: "flawed", connections: 20 });
    expect(told.detail[1]).toBe("wrong first bytes: alert illegal_parameter");
  });

  it("is found though a connection is lost before it; not known where more are", async () => {
    const losing = async (most: number) => {
      let lost = 0;
      const server = await startRecordServer(
        ({ type, socket, decrypted, nth }) => {
          const known = socket as Behind["socket"] & { strange?: boolean };
          if (type === 22 && nth === 1) known.strange = decrypted()[0] === 0x41;
          if (type === 22 && nth === 2) socket.end(known.strange ? alert(47) : badRecordMac);
        },
        () => (lost++ < most ? record(23, 0x0303, Buffer.alloc(1)) : null),
      );
      ends.push(server.close);
      return await looked(robot, { port: server.port, tls: "implicit", suites: rsaAlone, timeoutMs: 3_000 });
    };
    expect(await losing(1)).toMatchObject({ result: "flawed", connections: 21 });
    expect(await losing(2)).toMatchObject({ result: "unknown" });
  });

  it("isn't known where nothing of it is answered", async () => {
    expect(await onRecords(robot, () => {}, 1_500)).toMatchObject({ result: "unknown", connections: 5 });
  });

  it("needs a key exchange by RSA", async () => {
    const told = await looked(robot, {
      port: 1,
      suites: { "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256", "EXP-RC4-MD5"] },
    });
    expect(told).toMatchObject({ result: "sound", connections: 0 });
  });
});

describe("Ticketbleed", () => {
  /** Node's own server, but for hellos that bring a ticket: those `answer` gets, with their session id. */
  async function behindProxy(answer: (id: Buffer) => Buffer | "silence" | "end" | null): Promise<Told> {
    const { certPem, keyPem } = await selfSigned({ names: ["mx.example"], key: "rsa2048" });
    const real = createTlsServer({ cert: certPem, key: keyPem, maxVersion: "TLSv1.2" }, (socket) => {
      socket.on("error", () => {});
    });
    real.on("tlsClientError", () => {});
    await listening(real);
    const proxy = createServer((socket) => {
      socket.on("error", () => {});
      socket.once("data", (hello: Buffer) => {
        const id = hello.subarray(44, 44 + (hello[43] ?? 0));
        const echoed = id.length === 16 ? answer(id) : null;
        if (echoed === "silence") return;
        if (echoed === "end") return void socket.end();
        if (echoed !== null) {
          socket.end(resumedHello(echoed));
          return;
        }
        const through = dial(portOf(real), "127.0.0.1");
        through.on("error", () => socket.destroy());
        through.write(hello);
        socket.pipe(through).pipe(socket);
      });
    });
    await listening(proxy);
    return await looked(ticketbleed, {
      port: portOf(proxy),
      tls: "implicit",
      suites: { "TLSv1.2": ["ECDHE-RSA-AES128-GCM-SHA256"] },
      timeoutMs: 1_500,
    });
  }

  it.each(["silence", "end"] as const)("isn't known where the ticket meets with %s", async (how) => {
    expect(await behindProxy(() => how)).toMatchObject({ result: "unknown", connections: 2 });
  });

  it("is looked for in a session that is taken up again, as Node does", async () => {
    expect(await behindProxy(() => null)).toMatchObject({ result: "sound", detail: [] });
    expect(await behindProxy(() => Buffer.alloc(0))).toMatchObject({ detail: ["the ticket was not taken again"] });
  });

  it("is a session id that comes back longer than it was", async () => {
    const told = await behindProxy((id) => Buffer.concat([id, Buffer.alloc(16, "secret")]));
    expect(told).toEqual({
      name: "ticketbleed",
      result: "flawed",
      detail: ["32 bytes came back for 16"],
      connections: 2,
    });
  });

  test.each<[string, (id: Buffer) => Buffer | null]>([
    ["is the same", (id) => id],
    ["is none", () => Buffer.alloc(0)],
    ["is another session's", () => Buffer.alloc(32, 7)],
    ["is what Node says", () => null],
  ])("isn't there where it %s", async (_how, answer) => {
    expect(await behindProxy(answer)).toMatchObject({ result: "sound", connections: 2 });
  });

  it("needs tickets", async () => {
    const noTicket = 0x4000;
    expect(await onMail(ticketbleed, { tls: { secureOptions: noTicket } })).toMatchObject({
      result: "sound",
      detail: ["no tickets are given"],
    });
  });

  function resumedHello(id: Buffer): Buffer {
    const body = [Buffer.from([3, 3]), Buffer.alloc(32, 7), Buffer.from([id.length]), id, Buffer.from([0xc0, 0x2f, 0])];
    return Buffer.concat([record(22, 0x0303, message(2, Buffer.concat(body))), record(20, 0x0303, Buffer.from([1]))]);
  }
});

describe("renegotiation by the client", () => {
  it("isn't known where another hello meets with silence", async () => {
    const { certPem, keyPem } = await selfSigned({ names: ["mx.example"] });
    const real = createTlsServer({ cert: certPem, key: keyPem, maxVersion: "TLSv1.2" }, (socket) => {
      socket.on("error", () => {});
    });
    await listening(real);
    const proxy = createServer((socket) => {
      const through = dial(portOf(real), "127.0.0.1");
      through.on("error", () => {}).on("close", () => socket.destroy());
      socket.on("error", () => {}).on("close", () => through.destroy());
      through.pipe(socket);
      const reader = new RecordReader();
      let isOver = false;
      let isEncrypted = false;
      socket.on("data", (chunk: Buffer) => {
        for (const { type, header, body } of reader.push(chunk)) {
          if (!isOver) through.write(Buffer.concat([header, body]));
          isOver ||= isEncrypted;
          isEncrypted ||= type === 20;
        }
      });
    });
    await listening(proxy);
    const place = { port: portOf(proxy), tls: "implicit", timeoutMs: 2_000 } as const;
    expect(await looked(clientRenegotiation, place)).toMatchObject({ result: "unknown", connections: 1 });
  });

  it("is told where the server goes along, and where it doesn't", async () => {
    const noRenegotiation = 0x40000000;
    expect(await onMail(clientRenegotiation, {})).toMatchObject({ result: "flawed", connections: 1 });
    expect(await onMail(clientRenegotiation, { tls: { secureOptions: noRenegotiation } })).toMatchObject({
      result: "sound",
      connections: 1,
    });
  });
});

describe("a flight that breaks off", () => {
  it.each([heartbleed, earlyCcs, robot])("says nothing of $name", async (flaw) => {
    const server = await startRecordServer(
      () => {},
      () => serverFlight({ suite: 0x002f, done: false }),
    );
    ends.push(server.close);
    const place = { port: server.port, tls: "implicit", suites: rsaAlone, timeoutMs: 1_500 } as const;
    expect(await looked(flaw, place)).toMatchObject({ result: "unknown", detail: ["it chose nothing: timeout"] });
  });
});

describe("sound servers", () => {
  const noRenegotiation = 0x40000000;

  it.each(every)("$name isn't found in Node's own", async (flaw) => {
    const { certPem, keyPem } = await selfSigned({ names: ["mx.example"], key: "rsa2048" });
    const tls = { cert: certPem, key: keyPem, secureOptions: noRenegotiation, ciphers: "ALL:@SECLEVEL=0" };
    expect(await onMail(flaw, { tls })).toMatchObject({ result: "sound" });
  });

  it.each(every)("$name isn't in one of TLS 1.3 alone", async (flaw) => {
    const told = await looked(flaw, { port: 1, suites: { "TLSv1.3": ["TLS_AES_128_GCM_SHA256"] } });
    expect(told).toMatchObject({ result: "sound", connections: 0 });
  });

  it.each(every)("$name isn't known where nobody lets us in", async (flaw) => {
    const told = await onMail(flaw, { replies: { banner: "421 too many connections" } });
    expect(told).toMatchObject({ result: "unknown", detail: ["421 too many connections"] });
    expect(told.connections).toBeLessThanOrEqual(5);
  });
});

function listening(server: Server): Promise<void> {
  ends.push(() => new Promise((closed) => server.close(closed)));
  return new Promise((ready) => server.listen(0, "127.0.0.1", ready));
}

function portOf(server: Server): number {
  return (server.address() as { port: number }).port;
}
