import yoctoSpinner from 'yocto-spinner';
import { environment } from './environment.ts';

/** The progress of a command, for the person who waits for it. */
export interface Progress {
  /**
   * Shows the current step and, if its length is known, how much of it is done. May be called for each of many thousand
   * parts.
   */
  show: (step: string, part?: { done: number; total: number }) => void;
  /** Removes the line from the terminal. Without it the process does not end. */
  stop: () => void;
}

interface ProgressOptions {
  /**
   * Where to show the progress. Not standard output, so that a command's results can go to a file.
   * @default process.stderr
   */
  stream?: NodeJS.WriteStream;
  /**
   * Whether one line is updated in place. Otherwise each step is a line, and so is each tenth of it. A command whose
   * programs write to the terminal themselves sets this to false.
   * @default true on a terminal outside of CI
   */
  isInPlace?: boolean;
}

/**
 * Shows the progress of a command that runs longer than a few seconds. What `console.log` prints meanwhile appears above
 * the line.
 *
 * @example
 * const progress = startProgress();
 * for (let done = 0; done < total; done += 1) {
 *   progress.show('Requests', { done, total }); // "Requests: 3 of 40"
 *   await sendRequest();
 * }
 * progress.stop();
 */
export function startProgress({
  stream = process.stderr,
  isInPlace = stream.isTTY && environment['CI'] === undefined && environment['TERM'] !== 'dumb',
}: ProgressOptions = {}): Progress {
  if (isInPlace) {
    const spinner = yoctoSpinner({ stream });
    return {
      show: (step, part) => {
        spinner.text = describe(step, part);
        spinner.start();
      },
      stop: () => void spinner.stop(),
    };
  }
  let last = '';
  return {
    show: (step, part) => {
      const tenth = part && Math.floor((10 * part.done) / part.total);
      const current = `${step} ${tenth}`;
      if (current !== last) stream.write(`${describe(step, part)}\n`);
      last = current;
    },
    stop: () => undefined,
  };
}

function describe(step: string, part?: { done: number; total: number }): string {
  if (!part) return step;
  const [done, total] = [part.done, part.total].map((count) => count.toLocaleString('en-US'));
  return `${step}: ${done} of ${total}`;
}
