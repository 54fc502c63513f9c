/** The transcript's rows in the API's shape. */

import { transcriptRows } from "../../judge/transcript.ts";
import type { Observation } from "../../model/observation.ts";
import type { RowJson } from "./schemas.ts";

export function transcriptJson(observation: Observation): RowJson[] {
  return transcriptRows(observation).map(({ seconds, mark, text, tone }) => ({
    seconds,
    mark,
    text,
    tone,
  }));
}
