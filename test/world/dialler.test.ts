import { once } from "node:events";
import { type AddressInfo, createServer, type Server, Socket, type TcpNetConnectOpts } from "node:net";
import { afterEach, describe, expect, it, test } from "vitest";
import type { DialRequest } from "../../lib/model/ports.ts";
import { createDialler } from "../../lib/world/dialler.ts";

const never = new AbortController().signal;
const request = (part: Partial<DialRequest>): DialRequest => ({
  address: "192.0.2.25",
  port: 25,
  allowPrivate: false,
  signal: never,
  ...part,
});

/** Takes down what would have been dialled, and fails at once. */
function recorder() {
  const dialled: TcpNetConnectOpts[] = [];
  const sockets: Socket[] = [];
  const connect = (options: TcpNetConnectOpts) => {
    dialled.push(options);
    const socket = new Socket();
    sockets.push(socket);
    setImmediate(() => socket.destroy(Object.assign(new Error("refused"), { code: "ECONNREFUSED" })));
    return socket;
  };
  return { dialled, sockets, connect };
}

describe("the guard stands before the socket", () => {
  test.each([
    ["10.0.0.1", false, "10.0.0.0/8 (private use, RFC 1918)"],
    ["::ffff:127.0.0.1", false, "127.0.0.0/8 (loopback, RFC 1122) as IPv4-mapped 127.0.0.1"],
    ["169.254.169.254", true, "169.254.169.254/32 (cloud metadata, AWS, Azure, Google, Oracle and others)"],
    ["224.0.0.1", true, "224.0.0.0/4 (multicast, RFC 5771)"],
    ["0x7f.1", true, "not an IP address"],
    ["mail.example", true, "not an IP address"],
  ])("%s (private allowed: %s) is refused", async (address, allowPrivate, range) => {
    const { dialled, connect } = recorder();
    const dial = createDialler({ connect });
    expect(await dial(request({ address, allowPrivate }))).toEqual({ kind: "forbidden", range });
    expect(dialled).toEqual([]);
  });

  it("refuses ports where no mail server listens, unless the operator allows more or vouches for the network", async () => {
    const { dialled, connect } = recorder();
    const dial = createDialler({ connect, extraPorts: [10_025] });
    const kinds = async (part: Partial<DialRequest>) => (await dial(request({ address: "8.8.8.8", ...part }))).kind;
    expect(await dial(request({ address: "8.8.8.8", port: 80 }))).toEqual({
      kind: "forbidden",
      range: "port 80 (not one of 25, 26, 465, 587, 2525, 10025)",
    });
    expect(dialled).toEqual([]);
    for (const port of [25, 26, 465, 587, 2525, 10_025]) expect(await kinds({ port })).toBe("failed");
    expect(await kinds({ port: 80, allowPrivate: true })).toBe("failed");
    expect(dialled.map(({ port }) => port)).toEqual([25, 26, 465, 587, 2525, 10_025, 80]);
  });

  it("opens nothing to a port that is closed from here, and says that no way leads there", async () => {
    const { dialled, connect } = recorder();
    const dial = createDialler({ connect, closedPorts: [25] });
    const noWay = { kind: "failed", silence: "network-unreachable" };
    expect(await dial(request({ address: "8.8.8.8", port: 25 }))).toEqual(noWay);
    expect(dialled).toEqual([]);
    expect((await dial(request({ address: "8.8.8.8", port: 587 }))).kind).toBe("failed");
    expect(dialled.map(({ port }) => port)).toEqual([587]);
  });

  it("dials the address itself, from the source address", async () => {
    const { dialled, connect } = recorder();
    await createDialler({ connect, sourceAddress: "198.51.100.9" })(request({ address: "8.8.8.8" }));
    expect(dialled).toMatchObject([{ host: "8.8.8.8", port: 25, localAddress: "198.51.100.9", noDelay: true }]);
  });

  it("opens nothing towards a family that the source address doesn't have", async () => {
    const { dialled, connect } = recorder();
    const dial = createDialler({ connect, sourceAddress: "198.51.100.9" });
    expect(await dial(request({ address: "2a00::1" }))).toEqual({ kind: "failed", silence: "network-unreachable" });
    expect(dialled).toEqual([]);
  });
});

describe("what the network answers", () => {
  const servers: Server[] = [];
  afterEach(() => {
    for (const server of servers.splice(0)) server.close();
  });
  async function listening(): Promise<number> {
    const server = createServer((socket) => socket.end("220 mx.example\r\n"));
    servers.push(server);
    await once(server.listen(0, "127.0.0.1"), "listening");
    return (server.address() as AddressInfo).port;
  }

  it("hands over a connected socket and the local address it has", async () => {
    const port = await listening();
    const dial = createDialler({ sourceAddress: "127.0.0.2" });
    const result = await dial(request({ address: "127.0.0.1", port, allowPrivate: true }));
    if (result.kind !== "connected") throw new Error(result.kind);
    expect(result.localAddress).toBe("127.0.0.2");
    const [chunk] = await once(result.socket, "data");
    expect(String(chunk)).toBe("220 mx.example\r\n");
    result.socket.destroy();
  });

  it("tells a refused connection", async () => {
    const port = await listening();
    const [server] = servers.splice(0);
    await new Promise((closed) => server?.close(closed));
    const result = await createDialler({})(request({ address: "127.0.0.1", port, allowPrivate: true }));
    expect(result).toEqual({ kind: "failed", silence: "refused" });
  });

  test.each([
    ["ETIMEDOUT", "timeout"],
    ["ECONNRESET", "reset"],
    ["ENETUNREACH", "network-unreachable"],
    ["EADDRNOTAVAIL", "network-unreachable"],
    ["EHOSTUNREACH", "host-unreachable"],
    ["EMFILE", "error"],
  ])("%s is %s", async (code, silence) => {
    const socket = new Socket();
    const connect = () => {
      setImmediate(() => socket.destroy(Object.assign(new Error(code), { code })));
      return socket;
    };
    expect(await createDialler({ connect })(request({ address: "8.8.8.8" }))).toEqual({ kind: "failed", silence });
    expect(socket.destroyed).toBe(true);
  });

  it("takes an exception of the system for an error, not for its own end", async () => {
    const connect = () => {
      throw new Error("no more descriptors");
    };
    expect(await createDialler({ connect })(request({ address: "8.8.8.8" }))).toEqual({
      kind: "failed",
      silence: "error",
    });
  });

  it("gives up when told to and leaves no socket behind", async () => {
    const controller = new AbortController();
    const socket = new Socket();
    const dial = createDialler({ connect: () => socket });
    const result = dial(request({ address: "8.8.8.8", signal: controller.signal }));
    controller.abort();
    expect(await result).toEqual({ kind: "failed", silence: "timeout" });
    expect(socket.destroyed).toBe(true);
  });

  it("doesn't even begin when the time is over", async () => {
    const { dialled, connect } = recorder();
    const result = await createDialler({ connect })(request({ address: "8.8.8.8", signal: AbortSignal.abort() }));
    expect(result).toEqual({ kind: "failed", silence: "timeout" });
    expect(dialled).toEqual([]);
  });
});
