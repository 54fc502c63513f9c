/** The only place that opens connections to mail servers, and the guard in front of it. */

import { connect as connectSocket, isIPv6, type Socket, type TcpNetConnectOpts } from "node:net";
import type { Dialler, DialRequest, DialResult } from "../model/ports.ts";
import { mailPorts } from "../protocols/ip/ports.ts";
import { silenceOf } from "../protocols/ip/silence.ts";
import { forbiddenRange } from "../protocols/ip/special.ts";

export interface DiallerOptions {
  /** The local address to dial from; null for whatever the system picks. */
  readonly sourceAddress?: string | null;
  /** Ports that the operator allows beside the usual mail ports. */
  readonly extraPorts?: readonly number[];
  /** Ports that nothing leaves by from here: nobody waits for an answer. */
  readonly closedPorts?: readonly number[];
  readonly connect?: (options: TcpNetConnectOpts) => Socket;
}

/**
 * A dialler that refuses what must not be dialled before a socket exists, by the very address it would dial.
 * `allowPrivate` opens one's own networks and every port. A source address reaches its own family only.
 */
export function createDialler({
  sourceAddress = null,
  extraPorts = [],
  closedPorts = [],
  connect = connectSocket,
}: DiallerOptions): Dialler {
  const ports = [...mailPorts, ...extraPorts];
  return async (request) => {
    const range = refusal(request, ports);
    if (range !== null) return { kind: "forbidden", range };
    if (request.signal.aborted) return { kind: "failed", silence: "timeout" };
    if (closedPorts.includes(request.port)) return { kind: "failed", silence: "network-unreachable" };
    if (sourceAddress !== null && isIPv6(sourceAddress) !== isIPv6(request.address)) {
      return { kind: "failed", silence: "network-unreachable" };
    }
    try {
      const socket = connect({
        host: request.address,
        port: request.port,
        noDelay: true,
        autoSelectFamily: false,
        ...(sourceAddress === null ? {} : { localAddress: sourceAddress }),
      });
      return await settled(socket, request.signal);
    } catch (error) {
      return { kind: "failed", silence: silenceOf(error) };
    }
  };
}

function refusal({ address, port, allowPrivate }: DialRequest, ports: readonly number[]): string | null {
  const range = forbiddenRange(address, { allowPrivate });
  if (range !== null || allowPrivate || ports.includes(port)) return range;
  return `port ${port} (not one of ${ports.join(", ")})`;
}

/** Waits for the connection, the error or the signal, whichever comes first. */
function settled(socket: Socket, signal: AbortSignal): Promise<DialResult> {
  return new Promise((resolve) => {
    const finish = (result: DialResult) => {
      signal.removeEventListener("abort", onAbort);
      socket.off("connect", onConnect).off("error", onError);
      if (result.kind === "failed") socket.destroy();
      resolve(result);
    };
    const onConnect = () =>
      finish({
        kind: "connected",
        socket,
        // Few ask for it, and it costs a system call.
        get localAddress() {
          return socket.localAddress ?? "";
        },
      });
    const onError = (error: Error) => finish({ kind: "failed", silence: silenceOf(error) });
    const onAbort = () => finish({ kind: "failed", silence: "timeout" });
    // Errors before anybody listens, or after everybody has left, must not end the process.
    socket.on("error", () => {});
    socket.once("connect", onConnect).once("error", onError);
    signal.addEventListener("abort", onAbort, { once: true });
  });
}
