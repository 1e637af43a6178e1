/** Ends a command. The message says in plain words what is wrong and what to do, and never contains a secret. */
export class OperatorError extends Error {
  override name = 'OperatorError';
}
