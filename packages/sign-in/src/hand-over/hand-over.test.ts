import { afterEach, expect, test, vi } from 'vitest';
import {
  type AuthorizationResponseOffer,
  handOverChannelName,
  type HandOverListener,
  listenForAuthorizationResponse,
  offerAuthorizationResponse,
} from './hand-over.ts';

const state = 'a'.repeat(43);
const response = { state, code: 'code-1' };

const opened: { close: () => void }[] = [];
afterEach(() => {
  for (const end of opened.splice(0)) end.close();
});

async function listen(): Promise<HandOverListener> {
  const listener = await listenForAuthorizationResponse(state);
  opened.push(listener);
  return listener;
}

async function offer(): Promise<AuthorizationResponseOffer> {
  const offered = await offerAuthorizationResponse(response);
  opened.push(offered);
  return offered;
}

/** Someone else of our own origin, who knows the channel. */
async function stranger() {
  const channel = new BroadcastChannel(await handOverChannelName(state));
  const heard: unknown[] = [];
  channel.addEventListener('message', ({ data }) => heard.push(data));
  opened.push(channel);
  return { heard, say: (message: unknown) => channel.postMessage(message) };
}

const settled = async (promise: Promise<unknown>) => {
  const onSettled = vi.fn<(value: unknown) => void>();
  void promise.then(onSettled);
  await new Promise((resolve) => setTimeout(resolve, 50));
  return onSettled.mock.calls.length > 0;
};

test('the channel is named after a hash, and gives the state away to nobody', async () => {
  const name = await handOverChannelName(state);
  expect(name).toMatch(/^oauth:[A-Za-z0-9_-]{43}$/);
  expect(name).not.toContain(state);
});

test('the tab that listens is given the answer, and says that it has it', async () => {
  const tab = await listen();
  const page = await offer();
  await expect(page.outcome).resolves.toBe('acknowledged');
  await expect(tab.response).resolves.toEqual(response);
});

test('the page asks again until somebody listens', async () => {
  const page = await offer();
  await new Promise((resolve) => setTimeout(resolve, 200));
  const tab = await listen();
  await expect(page.outcome).resolves.toBe('acknowledged');
  await expect(tab.response).resolves.toEqual(response);
});

test('nothing of the answer is said before somebody listens', async () => {
  const { heard } = await stranger();
  await offer();
  await vi.waitFor(() => expect(heard).not.toEqual([]));
  expect(JSON.stringify(heard)).not.toMatch(/code-1|aaaa/);
});

test('a page that has kept the answer gives it to nobody, however late the tab wakes up', async () => {
  const page = await offer();
  expect(page.keep()).toBe(true);
  const tab = await listen();
  // What the page had said before it decided is heard only now.
  const { say } = await stranger();
  say({ v: 1, type: 'arrived' });
  expect(await settled(tab.response)).toBe(false);
  page.finished();
  await expect(tab.response).resolves.toBe('finished');
});

test('a page that has given the answer away can not keep it any more', async () => {
  await listen();
  const page = await offer();
  await page.outcome;
  expect(page.keep()).toBe(false);
});

test('two windows of one attempt: the first one is heard, the second one is told that it is done', async () => {
  const tab = await listen();
  await (
    await offer()
  ).outcome;
  await expect(tab.response).resolves.toEqual(response);
  await expect((await offer()).outcome).resolves.toBe('done');
});

test('whoever comes back from a cancelled attempt is turned away', async () => {
  const tab = await listen();
  tab.refuse();
  await expect((await offer()).outcome).resolves.toBe('refused');
  const { say } = await stranger();
  say({ v: 1, type: 'authorization-response', response });
  say({ v: 1, type: 'finished' });
  expect(await settled(tab.response)).toBe(false);
});

test.each([
  [
    'another state',
    { v: 1, type: 'authorization-response', response: { ...response, state: 'b'.repeat(43) } },
  ],
  ['another version', { v: 2, type: 'authorization-response', response }],
  ['another type', { v: 1, type: 'command', response }],
  ['no response', { v: 1, type: 'authorization-response' }],
  [
    'a code over 2048 characters',
    { v: 1, type: 'authorization-response', response: { state, code: 'c'.repeat(1e5) } },
  ],
  ['a response that is an array', { v: 1, type: 'authorization-response', response: [state, 'code-1'] }],
  ['nothing', null],
  ['text', 'authorization-response'],
])('a message with %s does nothing', async (_, message) => {
  const tab = await listen();
  const { say } = await stranger();
  say(message);
  expect(await settled(tab.response)).toBe(false);
  await expect((await offer()).outcome).resolves.toBe('acknowledged');
  await expect(tab.response).resolves.toEqual(response);
});
