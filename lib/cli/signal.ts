import { once } from "node:events";

/** Resolves when the process is asked to stop: Ctrl-C, or a service manager. */
export async function stopSignal(): Promise<void> {
  const controller = new AbortController();
  const { signal } = controller;
  await Promise.race([once(process, "SIGINT", { signal }), once(process, "SIGTERM", { signal })]);
  controller.abort();
}
