import { accessTokenIn, expect, test } from './system.ts';

test('no secret appears in responses, storage, the DOM, addresses or logs', async ({
  person,
  context,
  system,
}) => {
  const bodies: string[] = [];
  const headers: string[] = [];
  const codes: string[] = [];
  const reading: Promise<unknown>[] = [];
  context.on('response', (response) => {
    const url = new URL(response.url());
    const code = url.pathname === '/oauth/callback.html' && url.searchParams.get('code');
    if (code) codes.push(code);
    if (url.origin !== system.origins.web) return;
    reading.push(
      response.text().then(
        (text) => bodies.push(`${url.pathname}\n${text}`),
        () => undefined,
      ),
    );
    reading.push(
      response.allHeaders().then(
        (all) => headers.push(JSON.stringify(all)),
        () => undefined,
      ),
    );
  });
  const exchanged = person.page.waitForResponse(/exchange-token/);
  await person.openApp();
  await person.signIn();
  const accessToken = await accessTokenIn(await exchanged);
  await system.endAccessToken(await exchanged);
  await person.see('refresh-balance').click();
  await expect(person.see('reading')).toContainText('unchanged');
  await person.page.reload();
  await person.seesAccount();
  await Promise.all(reading);

  const [code = ''] = codes;
  expect(code).not.toBe('');
  expect(bodies.length).toBeGreaterThan(8);

  const received = [...bodies, ...headers].join('\n');
  expect(received).not.toContain(system.clientSecret);
  expect(received).not.toContain('refresh_token');
  expect(received).not.toContain('client_secret');
  expect(bodies.join('\n')).not.toContain(code);

  const stored = await person.page.evaluate(async () =>
    JSON.stringify([
      Object.entries(localStorage),
      Object.entries(sessionStorage),
      document.cookie,
      await indexedDB.databases(),
      await caches.keys(),
      document.documentElement.outerHTML,
      location.href,
    ]),
  );
  for (const secret of [accessToken, code, system.clientSecret]) expect(stored).not.toContain(secret);
  // Scripts can read one cookie, which says only that there may be a session.
  const hint = `oneclick-session_${new URL(system.origins.web).port}=1`;
  expect(await person.page.evaluate(() => document.cookie)).toBe(hint);
  for (const page of context.pages()) expect(page.url()).not.toMatch(/code|state/);

  const log = system.log.join('\n');
  expect(log).toContain('[api]');
  for (const secret of [accessToken, code, system.clientSecret]) expect(log).not.toContain(secret);
  expect(log).not.toMatch(/code_verifier|[?&]code=|[?&]state=/);
});
