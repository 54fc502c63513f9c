/** Child of `bundles.ts`: imports one bundle and prints how long that took, ms. */

import { taskOfChild } from "./child.ts";

const url = taskOfChild<string>();
const began = performance.now();
await import(url);
console.log(performance.now() - began);
