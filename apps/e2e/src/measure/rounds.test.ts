import { expect, test } from '@playwright/test';
import type { RecordedRequest } from './recorded-server.ts';
import { nameOf, roundsOf } from './rounds.ts';

interface Times {
  at: number;
  until: number;
}

function request(name: string, { at, until }: Times, more: Partial<RecordedRequest> = {}): RecordedRequest {
  const [method = '', path = ''] = name.split(' ');
  return { from: 'browser', to: 'app', method, path, startedAt: 1000 + at, endedAt: 1000 + until, ...more };
}

test('a round holds the requests that run at the same time, and what the server asks the provider meanwhile', () => {
  const requests = [
    request('GET /authorize', { at: 10, until: 110 }, { to: 'provider' }),
    request('GET /assets/account-CmOO7fQo.js', { at: 11, until: 112 }),
    request('GET /oauth/callback.html', { at: 115, until: 215 }),
    request('POST /exchange', { at: 230, until: 440 }),
    request('POST /token', { at: 332, until: 432 }, { from: 'server', to: 'provider' }),
    request('GET /favicon.svg', { at: 470, until: 570 }),
  ];
  const rounds = roundsOf({ startedAt: 1000, ms: 460, requests });
  expect(
    rounds.map(({ requests: sent, onward }) => ({ sent: sent.map(nameOf), onward: onward.map(nameOf) })),
  ).toEqual([
    { sent: ['GET provider /authorize', 'GET /assets/account.js'], onward: [] },
    { sent: ['GET /oauth/callback.html'], onward: [] },
    { sent: ['POST /exchange'], onward: ['POST provider /token'] },
  ]);
});

test('a request that is never answered delays no round', () => {
  const requests = [
    request('GET /', { at: 0, until: 5 }),
    { ...request('GET /slow', { at: 6, until: 0 }), endedAt: undefined },
    request('GET /userinfo', { at: 7, until: 9 }),
  ];
  const rounds = roundsOf({ startedAt: 1000, ms: 10, requests });
  expect(rounds.map(({ requests: sent }) => sent.map(nameOf))).toEqual([
    ['GET /'],
    ['GET /slow', 'GET /userinfo'],
  ]);
});
