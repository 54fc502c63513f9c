/** `chainmail dlq show|replay`: what failed again and again in a deployed stack. */

import { InputError, UnavailableError } from "../model/input-error.ts";
import { visible } from "../protocols/printable.ts";
import { reasonOf } from "../world/channels/reason.ts";
import type { DeadLetters } from "../world/dead-letters.ts";
import type { DeadLetterQueue } from "../world/queue-names.ts";
import type { ExitCode } from "./exit.ts";
import type { Io } from "./io.ts";
import { printJson } from "./print-json.ts";
import type { DeadLettersJson } from "./schemas.ts";

interface DlqOptions {
  readonly stack: string;
  /** All where none is named. */
  readonly queue?: DeadLetterQueue;
}

interface ShowOptions extends DlqOptions {
  readonly most: number;
  readonly json?: boolean;
}

/** Of a body on the terminal: a batch of results is up to 256 kB. */
const mostShown = 600;

/** 0: there are none; 2: there are some. */
export async function showCommand({ most, json, ...options }: ShowOptions, io: Io): Promise<ExitCode> {
  return withQueues(options, async (queues) => {
    const shown: Shown[] = [];
    for (const letters of queues) shown.push({ letters, about: await letters.count(), some: await letters.look(most) });
    if (json) printJson(jsonOf(shown), io);
    else
      for (const { letters, about, some } of shown) {
        const number = Math.max(about, some.length);
        io.stdout.write(`${letters.queue.padEnd(8)} ${number === 0 ? "none" : `${number} in ${letters.name}`}\n`);
        for (const { id, sentAt, body, attributes } of some) {
          const why = attributes.ERROR_MESSAGE ?? attributes.ErrorMessage;
          io.stdout.write(`  ${sentAt === null ? "" : `${new Date(sentAt).toISOString()} `}${visible(id)}\n`);
          if (why !== undefined) io.stdout.write(`    ${clipped(why)}\n`);
          io.stdout.write(`    ${clipped(body)}\n`);
        }
      }
    return shown.some(({ about, some }) => about > 0 || some.length > 0) ? 2 : 0;
  });
}

interface Shown {
  readonly letters: DeadLetters;
  readonly about: number;
  readonly some: Awaited<ReturnType<DeadLetters["look"]>>;
}

function jsonOf(shown: readonly Shown[]): DeadLettersJson {
  return {
    queues: shown.map(({ letters: { queue, name }, about, some }) => ({
      queue,
      name,
      about,
      letters: some.map(({ attributes, ...letter }) => ({ ...letter, attributes: { ...attributes } })),
    })),
  };
}

/** 0: nothing is left that was there; 2: some could not be put back, and stay. */
export async function replayCommand(options: DlqOptions, io: Io): Promise<ExitCode> {
  return withQueues(options, async (queues) => {
    let left = 0;
    for (const letters of queues) {
      const replayed = await letters.replay((id, why) => {
        left++;
        io.stderr.write(`${letters.queue}: ${visible(id)} stays: ${visible(why)}\n`);
      });
      io.stdout.write(`${letters.queue.padEnd(8)} ${replayed} replayed\n`);
    }
    return left > 0 ? 2 : 0;
  });
}

async function withQueues(
  { stack, queue }: DlqOptions,
  work: (queues: readonly DeadLetters[]) => Promise<ExitCode>,
): Promise<ExitCode> {
  const { openDeadLetters } = await import("../world/dead-letters.ts");
  const { all, close } = await openDeadLetters(stack);
  try {
    const queues = all.filter((letters) => queue === undefined || letters.queue === queue);
    if (queues.length === 0)
      throw new InputError(
        `stack '${stack}' has no queue '${queue}' in this region, only ${all.map(({ queue }) => queue).join(", ")}`,
      );
    return await work(queues);
  } catch (error) {
    if (error instanceof InputError || error instanceof UnavailableError) throw error;
    throw new UnavailableError(`the dead letters of stack '${stack}' can't be reached any more: ${reasonOf(error)}`);
  } finally {
    close();
  }
}

function clipped(text: string): string {
  const shown = visible(text.slice(0, mostShown));
  return text.length > mostShown ? `${shown}… (${text.length} characters, all of them with --json)` : shown;
}
