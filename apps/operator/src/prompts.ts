import input from '@inquirer/input';
import password from '@inquirer/password';
import { OperatorError } from './operator-error.ts';

/** Questions to the operator. */
export interface Prompts {
  ask: (message: string) => Promise<string>;
  /** The answer is not shown, not even as asterisks. */
  askSecret: (message: string) => Promise<string>;
}

type Context = Parameters<typeof password>[1];

/**
 * Asks on the terminal. With Inquirer, because node:readline can hide an answer only by overwriting its own output.
 * @param context other streams than those of the process
 */
export function createPrompts(context: Context = {}): Prompts {
  return {
    ask: (message) => orCancelled(input({ message, validate: isRequired }, context)),
    askSecret: (message) => orCancelled(password({ message, validate: isRequired, mask: false }, context)),
  };
}

const isRequired = (text: string) => text.trim() !== '' || 'This is needed.';

/** Inquirer rejects with an ExitPromptError on Ctrl-C. */
async function orCancelled(answer: Promise<string>): Promise<string> {
  const text = await answer.catch(() => {
    throw new OperatorError('Cancelled.');
  });
  return text.trim();
}

/** For a run without a terminal: names the option or variable that the run lacks. */
export const noPrompts: Prompts = {
  ask: (message) => Promise.reject(missing(message)),
  askSecret: (message) => Promise.reject(missing(message)),
};

function missing(message: string): OperatorError {
  return new OperatorError(`There is no terminal to ask on: ${message}`);
}
