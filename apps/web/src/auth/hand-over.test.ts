import { expect, test } from 'vitest';
import {
  handOverAuthorizationResponse,
  handOverChannelName,
  listenForAuthorizationResponse,
} from './hand-over.ts';

const state = 'a'.repeat(43);
const response = { state, code: 'code-1' };

test('the channel is named after a hash, and gives the state away to nobody', async () => {
  const name = await handOverChannelName(state);
  expect(name).toMatch(/^oauth:[A-Za-z0-9_-]{43}$/);
  expect(name).not.toContain(state);
});

test('an answer that comes after the tab has begun to listen is acknowledged', async () => {
  const listening = await listenForAuthorizationResponse(state);
  await expect(handOverAuthorizationResponse(response, { timeoutMs: 500 })).resolves.toBe('acknowledged');
  await expect(listening.response).resolves.toEqual(response);
});

test('an answer is sent again until somebody listens', async () => {
  const handedOver = handOverAuthorizationResponse(response, { timeoutMs: 2_000 });
  await new Promise((resolve) => setTimeout(resolve, 200));
  const listening = await listenForAuthorizationResponse(state);
  await expect(handedOver).resolves.toBe('acknowledged');
  await expect(listening.response).resolves.toEqual(response);
});

test('nobody listens: that is said, not waited for', async () => {
  await expect(handOverAuthorizationResponse(response, { timeoutMs: 50 })).resolves.toBe('unanswered');
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
  ['nothing', null],
  ['text', 'authorization-response'],
])('a message with %s does nothing', async (_, message) => {
  const listening = await listenForAuthorizationResponse(state);
  const forger = new BroadcastChannel(await handOverChannelName(state));
  forger.postMessage(message);
  await expect(handOverAuthorizationResponse(response, { timeoutMs: 500 })).resolves.toBe('acknowledged');
  await expect(listening.response).resolves.toEqual(response);
  forger.close();
});
