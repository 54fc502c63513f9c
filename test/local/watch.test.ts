import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Steps } from "../../lib/local/engine.ts";
import { type Watch, watch } from "../../lib/local/watch.ts";
import { defaultSettings } from "../../lib/model/customer.ts";
import type { ProbeAnswer, ProbeJob, ProbeResults } from "../../lib/model/jobs.ts";
import { noNotify } from "../../lib/model/notify-settings.ts";
import type { Store } from "../../lib/store/store.ts";
import { ping } from "../../lib/world/ping.ts";
import { type FakeChannel, fakeChannel } from "../fakes/channels.ts";

const minute = 60_000;
const every = 5 * minute;
const start = Date.UTC(2026, 10, 25, 12);
const target = { address: "192.0.2.1", port: 25, tls: "starttls" } as const;
const checker = "https://checker.example/ping/1";

const jobOf = (cycle: number, targets: number): ProbeJob => ({
  v: 1,
  cycle,
  slice: 1,
  vantage: "here",
  round: 0,
  notAfter: Number.POSITIVE_INFINITY,
  tasks: Array.from({ length: targets }, (_, slot) => {
    return { slot, target, name: null, identity: false, allowPrivate: false, known: "" };
  }),
});

function resultsOf(cycle: number, looked: number, over: Partial<ProbeResults> = {}): ProbeResults {
  const answers = Array.from({ length: looked }, (_, slot): ProbeAnswer => {
    return { slot, name: null, identity: false, kind: "same", at: start, fingerprint: "f" };
  });
  return { v: 1, cycle, slice: 1, vantage: "here", round: 0, part: 0, answers, ...over };
}

let clock: number;
let console: FakeChannel;
let pings: string[];
let said: string[];
let broken: Error | null;
let answerOfChecker: string | null;
let failing: Error | null;

beforeEach(() => {
  clock = start;
  console = fakeChannel("console");
  pings = [];
  said = [];
  broken = null;
  failing = null;
  answerOfChecker = null;
});

/** A store that answers, or fails, what the watchdog asks. */
const store = {
  config: {
    async settings() {
      if (broken !== null) throw broken;
      return { ...defaultSettings, notify: { ...noNotify, heartbeat: checker } };
    },
  },
  state: {
    async dueCauses() {
      if (broken !== null) throw broken;
      return [];
    },
  },
} as unknown as Store;

const steps: Steps = {
  resolve: async () => {},
  plan: async (cycle) => ({ jobs: [{ job: jobOf(cycle, 10), delayMs: 0 }], scans: [] }),
  scan: async () => {},
  probe: async () => [],
  judge: async () => {
    if (failing !== null) throw failing;
    return [];
  },
  tick: async () => [],
  notify: async () => [],
};

function watching(): Watch {
  return watch(steps, {
    store,
    now: () => clock,
    everyMs: every,
    operators: [console],
    roots: [],
    baseUrl: null,
    ping: async (url) => {
      pings.push(url);
      return answerOfChecker;
    },
    say: (line) => said.push(line),
  });
}

async function cycle({ steps: heard, check }: Watch, number: number, looked: number): Promise<void> {
  clock = start + number * every;
  await heard.plan(number);
  await heard.judge(resultsOf(number, looked));
  await check();
}

const subjects = () => console.letters.map(({ subject }) => subject.replace(/CM-W[0-9A-F]{6}/, "CM-W"));

describe("the watchdog of one process", () => {
  it("tells the checker once after each complete cycle, and the operator nothing", async () => {
    const dog = watching();
    for (let number = 0; number < 3; number++) {
      await cycle(dog, number, 10);
      await dog.check();
    }
    expect(pings).toEqual([checker, checker, checker]);
    expect(console.letters).toEqual([]);
  });

  it("counts no confirmation, no further name and no look that wasn't made", async () => {
    const dog = watching();
    await dog.steps.plan(0);
    await dog.steps.judge(resultsOf(0, 10, { round: 1 }));
    const none = resultsOf(0, 0, {
      answers: [{ slot: 0, name: null, identity: false, kind: "not-tried" }],
    });
    await dog.steps.judge(none);
    const names = resultsOf(0, 10).answers.map((answer) => ({ ...answer, identity: true }));
    await dog.steps.judge(resultsOf(0, 0, { answers: names }));
    await dog.check();
    expect(pings).toEqual([]);
  });

  it("doesn't tell the checker of a cycle that is short of looks, and tells the operator once, and once when it is over", async () => {
    const dog = watching();
    await cycle(dog, 0, 8);
    expect(pings).toEqual([]);
    clock = start + every + 2 * minute;
    await dog.check();
    await dog.check();
    expect(subjects()).toEqual(["[CM-W.1] Watchdog: only 8 of 10 targets were looked at"]);
    expect(console.letters[0]?.text).toContain("8 of 10 targets were looked at and judged, fewer than 90 %");
    expect(console.letters[0]?.event).toMatchObject({ kind: "opened", class: "watchdog", severity: "critical" });
    await cycle(dog, 2, 10);
    await dog.check();
    expect(subjects()).toEqual([
      "[CM-W.1] Watchdog: only 8 of 10 targets were looked at",
      "[CM-W.2] Over: only 8 of 10 targets were looked at",
    ]);
    expect(console.letters[1]?.event).toMatchObject({
      kind: "recovered",
      incident: console.letters[0]?.event.incident,
      at: new Date(clock).toISOString(),
    });
    expect(pings).toEqual([checker]);
  });

  it("tells by the last settings it knows that the store fails, and of nothing that follows from it", async () => {
    const dog = watching();
    await cycle(dog, 0, 10);
    broken = new Error("connect ECONNREFUSED");
    await dog.check();
    clock += 20 * minute;
    await dog.check();
    expect(subjects()).toEqual(["[CM-W.1] Watchdog: the store can't be read"]);
    broken = null;
    await cycle(dog, 5, 10);
    expect(subjects().slice(1)).toEqual(["[CM-W.2] Over: the store can't be read"]);
  });

  it("lets a step's failure through, and tells of it when it fails on", async () => {
    const dog = watching();
    await cycle(dog, 0, 10);
    failing = new Error("out of\u001b[31m memory");
    for (let times = 0; times < 3; times++) await expect(dog.steps.judge(resultsOf(1, 1))).rejects.toThrow(failing);
    clock += minute;
    await dog.check();
    expect(subjects()).toEqual(["[CM-W.1] Watchdog: step judge fails each time"]);
    expect(console.letters[0]?.text).not.toContain("\u001b");
  });

  it("tells of a step that hangs while it hangs", async () => {
    const hanging = vi.spyOn(steps, "notify").mockImplementation(() => new Promise(() => {}));
    const dog = watching();
    await cycle(dog, 0, 10);
    void dog.steps.notify();
    hanging.mockRestore();
    clock += 5 * minute + 1;
    await dog.check();
    expect(subjects()).toEqual(["[CM-W.1] Watchdog: step notify hangs"]);
  });

  it("tries again with who could not be told, and tells its end only to who heard of it", async () => {
    const mail = fakeChannel("smtp:ops@operator.example", [
      { kind: "later", why: "421" },
      { kind: "later", why: "421" },
      { kind: "sent" },
      { kind: "later", why: "421" },
    ]);
    const dog = watch(steps, {
      store,
      now: () => clock,
      everyMs: every,
      operators: [console, mail],
      roots: [],
      baseUrl: null,
      ping: async () => null,
      say: () => {},
    });
    await cycle(dog, 0, 0);
    clock = start + every + 2 * minute;
    await dog.check();
    await dog.check();
    expect([console.letters.length, mail.letters.length]).toEqual([1, 0]);
    await dog.check();
    expect([console.letters.length, mail.letters.length]).toEqual([1, 1]);
    await cycle(dog, 2, 10);
    expect([console.letters.length, mail.letters.length]).toEqual([2, 1]);
    await dog.check();
    await dog.check();
    expect([console.letters.length, mail.letters.length]).toEqual([2, 2]);
  });

  it("goes on when the checker isn't there, and says so", async () => {
    answerOfChecker = "it answered 503";
    const dog = watching();
    await cycle(dog, 0, 10);
    expect(said).toEqual(["the checker at checker.example was not told that all is well: it answered 503"]);
    expect(console.letters).toEqual([]);
  });
});

describe("a ping", () => {
  let server: Server;
  const asked: string[] = [];
  let status = 200;
  beforeEach(async () => {
    asked.length = 0;
    status = 200;
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      response.writeHead(status, status === 302 ? { location: "/elsewhere" } : {}).end("x".repeat(100_000));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  });
  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/ping/1`;

  it("is one GET", async () => {
    expect(await ping(url())).toBeNull();
    expect(asked).toEqual(["GET /ping/1"]);
  });

  it.each([
    [404, "it answered 404"],
    [302, "it answered 302"],
  ])("that is answered %d wasn't taken, and goes nowhere else", async (answer, why) => {
    status = answer;
    expect(await ping(url())).toBe(why);
    expect(asked).toEqual(["GET /ping/1"]);
  });

  it("says why it could not be made", async () => {
    const gone = url();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
    expect(await ping(gone)).toContain("fetch failed");
  });
});
