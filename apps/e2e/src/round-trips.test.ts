import { expect, test } from '@playwright/test';
import { startBuild, type MeasuredApp } from './measure/measured-app.ts';
import type { RecordedRequest } from './measure/recorded-server.ts';
import { nameOf } from './measure/rounds.ts';

/*
 * The requests between a click or a reload and the balance. Each row of a list is one round trip: its requests are sent
 * only after the row before has been answered. A new row makes every sign-in slower, however fast the servers are.
 */

let app: MeasuredApp;

test.beforeAll(async () => {
  app = await startBuild();
});

test.afterAll(async () => {
  await app.stop();
});

/** Holds every request from now on, except those for files that nothing waits for. */
function holdRequests({ except = [] }: { except?: string[] } = {}): {
  answerInTurn: (rows: string[][]) => Promise<void>;
} {
  const held = new Map<RecordedRequest, () => void>();
  app.recorder.beforeAnswer = (request) => {
    if (except.includes(request.path)) return undefined;
    const { promise, resolve } = Promise.withResolvers<void>();
    held.set(request, resolve);
    return promise;
  };
  return {
    /** Waits until exactly the requests of a row have arrived, answers them, and goes on with the next row. */
    async answerInTurn(rows) {
      for (const row of rows) {
        await expect.poll(() => [...held.keys()].map(nameOf).toSorted()).toEqual(row.toSorted());
        for (const answer of held.values()) answer();
        held.clear();
      }
    },
  };
}

test('between the click and the balance, each request is sent as soon as the one before is answered, and there is no other one', async ({
  page,
}) => {
  app.recorder.beforeAnswer = () => undefined;
  const isPrepared = Promise.all([
    page.waitForResponse(/\/start$/),
    page.waitForResponse(/\/assets\/account-/),
  ]);
  await page.goto(app.origin);
  await page.getByTestId('sign-in').hover();
  await isPrepared;

  const { answerInTurn } = holdRequests();
  await page.getByTestId('sign-in').click();
  await answerInTurn([
    ['GET provider /api/oauth2/authorize'],
    ['GET /oauth/callback.html'],
    ['POST /api/oauth/exchange-token?include=userinfo'],
    ['POST provider /api/oauth2/token'],
    ['GET provider /api/oauth2/userinfo'],
  ]);
  await expect(page.getByTestId('balance')).toBeVisible();
  await answerInTurn([[]]);
});

test('between a reload and the balance, each request is sent as soon as the one before is answered, and there is no other one', async ({
  page,
}) => {
  app.recorder.beforeAnswer = () => undefined;
  await page.goto(app.origin);
  await page.getByTestId('sign-in').click();
  await expect(page.getByTestId('balance')).toBeVisible();

  const { answerInTurn } = holdRequests({ except: ['/favicon.svg'] });
  await Promise.all([
    page.reload(),
    answerInTurn([
      ['GET /'],
      ['POST /api/oauth/session?include=userinfo'],
      ['GET provider /api/oauth2/userinfo'],
    ]),
  ]);
  await expect(page.getByTestId('balance')).toBeVisible();
  await answerInTurn([[]]);
});
