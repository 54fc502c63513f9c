/** Queues that are found by their name, from another region or by the command line. Names are unique in a region. */

/** In the home region. */
export function resultsQueueName(stack: string): string {
  return `${stack}-results`;
}

/** Of a further vantage, in its own region. */
export function jobsQueueName(stack: string): string {
  return `${stack}-jobs`;
}
