/** What a person typed or wrote can't be used. The message is one sentence that names the field, the value and what was expected. */
export class InputError extends Error {
  override readonly name = "InputError";
}
