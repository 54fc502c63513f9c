/** What a run of the schedule leaves in the dead letters: from EventBridge Scheduler, which could not begin it, or from Lambda, where it failed twice. */

export interface FailedRun {
  /** ARN of the function, or its name. */
  readonly target: string;
  /** JSON: what the function is called with. */
  readonly payload: string;
}

const functionArn = /^arn:aws[\w-]*:lambda:[a-z0-9-]+:\d{12}:function:([\w-]{1,64})(:[\w$-]{1,128})?$/;
/** CloudFormation shortens a long name of a stack in those of its functions. */
const prefixKept = 20;

/** @param attributes of the message: Scheduler's `TARGET_ARN`. Null: neither of the two, or no function of this stack. */
export function failedRun(
  stack: string,
  { body, attributes }: { readonly body: string; readonly attributes: Readonly<Record<string, string>> },
): FailedRun | null {
  const value = parsed(body);
  if (!isObject(value)) return null;
  const { requestContext, requestPayload } = value;
  if (attributes.TARGET_ARN !== undefined) return ofStack(stack, attributes.TARGET_ARN, value);
  if (!isObject(requestContext) || !isObject(requestPayload)) return null;
  return ofStack(stack, String(requestContext.functionArn), requestPayload);
}

function ofStack(stack: string, arn: string, payload: unknown): FailedRun | null {
  const name = functionArn.exec(arn)?.[1];
  if (name === undefined || !name.startsWith(stack.slice(0, prefixKept))) return null;
  return { target: name, payload: JSON.stringify(payload) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
