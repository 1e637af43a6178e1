import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { createPrompts } from './prompts.ts';

function openTerminal() {
  const input = new PassThrough();
  const output = new PassThrough();
  let screen = '';
  output.on('data', (chunk: Buffer) => (screen += chunk.toString()));
  return {
    prompts: createPrompts({ input, output }),
    type: (text: string) => input.write(text),
    screen: () => screen,
  };
}

test('a secret is read and never shown', async () => {
  const { prompts, type, screen } = openTerminal();
  const answer = prompts.askSecret('Developer token');
  type('canary-token\r');
  expect(await answer).toBe('canary-token');
  expect(screen()).toContain('Developer token');
  expect(screen()).not.toContain('canary');
  expect(screen()).not.toContain('*');
});

test('a name is shown while it is typed', async () => {
  const { prompts, type, screen } = openTerminal();
  const answer = prompts.ask('Name');
  type(' My app \r');
  expect(await answer).toBe('My app');
  expect(screen()).toContain('My app');
});

test('an empty answer is asked for again', async () => {
  const { prompts, type, screen } = openTerminal();
  const answer = prompts.ask('Name');
  type('\r');
  await expect.poll(screen).toContain('This is needed.');
  type('My app\r');
  expect(await answer).toBe('My app');
});

test('Ctrl-C ends the questions with a sentence', async () => {
  const { prompts, type } = openTerminal();
  const answer = prompts.askSecret('Developer token');
  type('\u0003');
  await expect(answer).rejects.toThrow('Cancelled.');
});
