import type { Clock } from "../model/ports.ts";

/** The system's clock. Handed to the steps; nothing else reads it. */
export const systemClock: Clock = () => Date.now();
