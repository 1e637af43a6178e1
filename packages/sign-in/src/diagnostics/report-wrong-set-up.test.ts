import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reportForeignAnswer } from './report-foreign-answer.ts';
import { reportWrongSetUp } from './report-wrong-set-up.ts';

const problems: string[] = [];
beforeEach(() => {
  vi.spyOn(console, 'error').mockImplementation((text: string) => void problems.push(text));
});
afterEach(() => {
  problems.length = 0;
  for (const box of document.querySelectorAll('[role=alert]')) box.remove();
  history.replaceState(null, '', '/');
});

const onThePage = () => Array.from(document.querySelectorAll('[role=alert]'), (box) => box.textContent);
const answerWith = (response: Response) => vi.spyOn(globalThis, 'fetch').mockResolvedValue(response);

test('a missing callback page is reported in the console and on the page', async () => {
  answerWith(new Response('', { status: 404 }));
  reportWrongSetUp();
  await vi.waitFor(() => expect(problems).toHaveLength(1));
  expect(problems[0]).toContain('There is no callback page: /oauth/callback.html has status 404');
  expect(onThePage()).toEqual(problems);
});

test('an index.html that is served in the place of the callback page is reported', async () => {
  answerWith(new Response('<!doctype html><div id="root"></div>'));
  reportWrongSetUp();
  await vi.waitFor(() => expect(problems).toHaveLength(1));
  expect(problems[0]).toContain('with another page, probably the app');
});

test('the callback page of the package is no problem', async () => {
  const read = vi.spyOn(Response.prototype, 'text');
  answerWith(new Response('<!doctype html><meta name="oneclick-page" content="callback" />'));
  reportWrongSetUp();
  await vi.waitFor(() => expect(read).toHaveBeenCalled());
  await read.mock.results[0]?.value;
  expect(problems).toEqual([]);
});

test('an app that is shown in the place of the callback page removes the code from its address first', () => {
  history.replaceState(null, '', '/oauth/callback.html?code=code-1&state=state-1');
  reportWrongSetUp();
  expect(location.href).not.toMatch(/code-1|state-1/);
  expect(problems[0]).toContain('This is the app, in the place of the callback page');
});

test.each([
  ['a page of HTML', new Response('<!doctype html>', { headers: { 'Content-Type': 'text/html' } }), 1],
  ['404 without JSON', new Response('', { status: 404 }), 1],
  ['an error of the API', Response.json({ error: 'no_session' }, { status: 401 }), 0],
  ['204', new Response(null, { status: 204 }), 0],
])('%s is reported, once for each path, if it cannot be an answer of the API', (name, response, count) => {
  const path = `/api/${name}`;
  reportForeignAnswer(path, response);
  reportForeignAnswer(path, response);
  expect(problems).toHaveLength(count);
});
