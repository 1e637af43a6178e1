import {
  closeSync,
  existsSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { parseEnv } from 'node:util';
import { OperatorError } from './operator-error.ts';

/** An env file that is replaced as a whole, or not at all. */
export interface EnvFileDraft {
  /**
   * Replaces the file by one that also has these variables, with mode 600.
   * @throws {OperatorError} if the file can't be replaced. The message names the file that has the variables
   */
  save: (values: Record<string, string>) => void;
  /** Leaves the file as it was. */
  cancel: () => void;
}

/** @throws {OperatorError} if the file exists and can't be read */
export function readEnvFile(path: string): NodeJS.Dict<string> {
  try {
    return existsSync(path) ? parseEnv(readFileSync(path, 'utf8')) : {};
  } catch (error) {
    throw new OperatorError(`${path} can't be read (${errnoOf(error)}).`);
  }
}

/** Longer than everything that `save` adds. */
const RESERVE_BYTES = 8192;

/**
 * Writes the new file beside the old one. Reserves the disk space first, because the registration that follows can't be
 * repeated.
 * @throws {OperatorError} if that fails
 */
export function draftEnvFile(path: string): EnvFileDraft {
  const target = existsSync(path) ? realpathSync(path) : path;
  const draft = `${target}.new`;
  const cancel = () => rmSync(draft, { force: true });
  let text: string;
  let file: number;
  try {
    text = existsSync(target) ? readFileSync(target, 'utf8') : '';
    // `wx`: an earlier draft may be the only file with a secret.
    file = openSync(draft, 'wx', 0o600);
  } catch (error) {
    throw new OperatorError(
      errnoOf(error) === 'EEXIST'
        ? `${draft} exists. An earlier run may have left credentials in it: look at it, then move it to ${path} or delete it.`
        : `${path} can't be written (${errnoOf(error)}). Nothing was registered.`,
    );
  }
  try {
    writeSync(file, text + '\n'.repeat(RESERVE_BYTES));
    fsyncSync(file);
  } catch (error) {
    closeSync(file);
    cancel();
    throw new OperatorError(`${path} can't be written (${errnoOf(error)}). Nothing was registered.`);
  }

  return {
    save(values) {
      try {
        const content = Buffer.from(withVariables(text, values));
        writeSync(file, content, 0, content.length, 0);
        ftruncateSync(file, content.length);
        fsyncSync(file);
        closeSync(file);
        renameSync(draft, target);
      } catch (error) {
        throw new OperatorError(
          `${path} could not be replaced (${errnoOf(error)}). The new credentials are in ${draft}: move it to ${path}.`,
        );
      }
    },
    cancel() {
      closeSync(file);
      cancel();
    },
  };
}

/** Removes the lines of these variables, and appends new ones. */
function withVariables(text: string, values: Record<string, string>): string {
  let lines = text.trimEnd() === '' ? [] : text.trimEnd().split('\n');
  for (const [name, value] of Object.entries(values)) {
    const pattern = new RegExp(`^\\s*(?:export\\s+)?${name}\\s*=`);
    lines = [...lines.filter((line) => !pattern.test(line)), `${name}=${spellValue(value)}`];
  }
  return `${lines.join('\n')}\n`;
}

/** Without quotation marks if possible: `docker run --env-file` takes them as part of the value. */
function spellValue(value: string): string {
  const spellings = [value, `'${value}'`, `"${value}"`, `\`${value}\``];
  return spellings.find((spelling) => parseEnv(`NAME=${spelling}`)['NAME'] === value) ?? value;
}

function errnoOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
