import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { acceptInTab, type TabListener } from './accept-in-tab.ts';
import { type HandOver, handOverFromCallbackPage } from './hand-over-from-callback-page.ts';
import { handOverChannelName } from './hand-over-channel.ts';

/* Both sides of the hand-over, and another script of this origin that knows the name of the channel. */

const state = 'a'.repeat(43);
const response = { state, code: 'code-1' };

async function openTab(): Promise<TabListener> {
  const tab = await acceptInTab(state);
  onTestFinished(tab.close);
  return tab;
}

async function openCallbackPage(): Promise<HandOver> {
  const page = await handOverFromCallbackPage(response);
  onTestFinished(page.close);
  return page;
}

async function openStranger() {
  const channel = new BroadcastChannel(await handOverChannelName(state));
  const received: unknown[] = [];
  channel.addEventListener('message', ({ data }) => received.push(data));
  onTestFinished(() => channel.close());
  return {
    received,
    post: (message: unknown) => channel.postMessage(message),
    /** Resolves when the tab has read all that was posted before: a channel keeps the order. */
    async untilRead() {
      const before = received.length;
      channel.postMessage({ v: 1, type: 'arrived' });
      await vi.waitFor(() => expect(received.length).toBeGreaterThan(before));
    },
  };
}

function watch(promise: Promise<unknown>) {
  const onSettled = vi.fn<(value: unknown) => void>();
  void promise.then(onSettled);
  return onSettled;
}

test('the channel is named after a hash of state, which the name does not reveal', async () => {
  const name = await handOverChannelName(state);
  expect(name).toMatch(/^oneclick:hand-over:[A-Za-z0-9_-]{43}$/);
  expect(name).not.toContain(state);
});

test('a listening tab receives the response and acknowledges it', async () => {
  const tab = await openTab();
  const page = await openCallbackPage();
  await expect(page.outcome).resolves.toBe('acknowledged');
  await expect(tab.response).resolves.toEqual(response);
});

describe('the window of the callback page', () => {
  async function openTabThatReaches(page: Pick<Window, 'oneclickTakeResponse'> = window) {
    const takeFromWindow = vi.fn<(wanted: string) => unknown>((wanted) =>
      page.oneclickTakeResponse?.(wanted),
    );
    const tab = await acceptInTab(state, { takeFromWindow });
    onTestFinished(tab.close);
    return { tab, takeFromWindow };
  }

  test('a tab takes the response out of the window of the callback page, and no message contains it', async () => {
    const { tab } = await openTabThatReaches();
    const { received } = await openStranger();
    const page = await openCallbackPage();
    await expect(page.outcome).resolves.toBe('acknowledged');
    await expect(tab.response).resolves.toEqual(response);
    expect(page.keep()).toBe(false);
    expect(received).toEqual([{ v: 1, type: 'arrived' }]);
  });

  test('a callback page gives nothing to a tab with another state, and keeps its response', async () => {
    const page = await openCallbackPage();
    expect(window.oneclickTakeResponse?.('b'.repeat(43))).toBeUndefined();
    expect(page.keep()).toBe(true);
  });

  test('a callback page that has kept or given away its response, or is closed, gives nothing to a tab', async () => {
    const kept = await openCallbackPage();
    kept.keep();
    expect(window.oneclickTakeResponse?.(state)).toBeUndefined();
    await openCallbackPage();
    expect(window.oneclickTakeResponse?.(state)).toEqual(response);
    expect(window.oneclickTakeResponse?.(state)).toBeUndefined();
    (await openCallbackPage()).close();
    expect(window.oneclickTakeResponse).toBeUndefined();
  });

  test('a tab whose window shows another page receives the response as a message', async () => {
    const { tab, takeFromWindow } = await openTabThatReaches({});
    const page = await openCallbackPage();
    await expect(page.outcome).resolves.toBe('acknowledged');
    await expect(tab.response).resolves.toEqual(response);
    expect(takeFromWindow).toHaveBeenCalledExactlyOnceWith(state);
  });

  test.each(['cancelled', 'done'])(
    'a tab takes nothing out of a window when its transaction is %s',
    async (end) => {
      const { tab, takeFromWindow } = await openTabThatReaches();
      if (end === 'cancelled') tab.refuse();
      else await (await openCallbackPage()).outcome;
      takeFromWindow.mockClear();
      const page = await openCallbackPage();
      await expect(page.outcome).resolves.toBe(end === 'cancelled' ? 'refused' : 'done');
      expect(takeFromWindow).not.toHaveBeenCalled();
    },
  );

  test.each([
    ['of another transaction', { ...response, state: 'b'.repeat(43) }],
    ['with a code over 2048 characters', { state, code: 'c'.repeat(1e5) }],
    ['that is text', 'code-1'],
  ])('a tab does nothing with a response in a window %s', async (_, taken) => {
    const tab = await acceptInTab(state, { takeFromWindow: () => taken });
    onTestFinished(tab.close);
    const { received, untilRead } = await openStranger();
    const onSettled = watch(tab.response);
    await untilRead();
    expect(onSettled).not.toHaveBeenCalled();
    expect(received).toEqual([{ v: 1, type: 'listening' }]);
  });
});

test('the callback page repeats its request until a tab listens', async () => {
  const { received } = await openStranger();
  const page = await openCallbackPage();
  await vi.waitFor(() => expect(received.length).toBeGreaterThan(1));
  const tab = await openTab();
  await expect(page.outcome).resolves.toBe('acknowledged');
  await expect(tab.response).resolves.toEqual(response);
});

test('the callback page sends nothing of the response before a tab listens', async () => {
  const { received } = await openStranger();
  await openCallbackPage();
  await vi.waitFor(() => expect(received).not.toEqual([]));
  expect(JSON.stringify(received)).not.toMatch(/code-1|aaaa/);
});

test('a callback page that has kept the response gives it to no tab, however late the tab wakes up', async () => {
  const page = await openCallbackPage();
  expect(page.keep()).toBe(true);
  const tab = await openTab();
  const onSettled = watch(tab.response);
  // The tab reads only now what the callback page posted before it decided.
  const stranger = await openStranger();
  await stranger.untilRead();
  expect(onSettled).not.toHaveBeenCalled();
  page.finished();
  await expect(tab.response).resolves.toBe('finished');
});

test('a callback page that has given the response away cannot keep it any more', async () => {
  await openTab();
  const page = await openCallbackPage();
  await page.outcome;
  expect(page.keep()).toBe(false);
});

test('an error without state ends the transaction of the channel, and the tab acknowledges it', async () => {
  const tab = await openTab();
  const { post, received } = await openStranger();
  post({ v: 1, type: 'ended', error: 'server_error' });
  await expect(tab.response).resolves.toEqual({ state, error: 'server_error' });
  await vi.waitFor(() => expect(received).toContainEqual({ v: 1, type: 'acknowledged' }));
});

test('of two windows of one transaction the first is accepted, and the second receives done', async () => {
  const tab = await openTab();
  await (
    await openCallbackPage()
  ).outcome;
  await expect(tab.response).resolves.toEqual(response);
  await expect((await openCallbackPage()).outcome).resolves.toBe('done');
});

test('a window of a cancelled transaction is refused, and its response does nothing', async () => {
  const tab = await openTab();
  tab.refuse();
  await expect((await openCallbackPage()).outcome).resolves.toBe('refused');
  const onSettled = watch(tab.response);
  const stranger = await openStranger();
  stranger.post({ v: 1, type: 'authorization-response', response });
  stranger.post({ v: 1, type: 'finished' });
  await stranger.untilRead();
  expect(onSettled).not.toHaveBeenCalled();
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
  const tab = await openTab();
  const onSettled = watch(tab.response);
  const stranger = await openStranger();
  stranger.post(message);
  await stranger.untilRead();
  expect(onSettled).not.toHaveBeenCalled();
  await expect((await openCallbackPage()).outcome).resolves.toBe('acknowledged');
  await expect(tab.response).resolves.toEqual(response);
});
