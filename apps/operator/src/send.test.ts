import { expect, test } from 'vitest';
import { startServer } from '../test/start-server.ts';
import { createSend } from './send.ts';

test('a server that never answers ends in a time-out, and the message does not contain the query', async () => {
  const origin = await startServer(() => undefined);
  const sending = createSend()(`${origin}/oauth?code=canary`, { timeoutMs: 50 });
  await expect(sending).rejects.toThrow(`${origin}/oauth does not answer: no answer in time`);
});

test('a server that never finishes its answer ends in a time-out', async () => {
  const origin = await startServer((_request, response) => void response.write('a part'));
  await expect(createSend()(origin, { timeoutMs: 50 })).rejects.toThrow('no answer in time');
});

test('a server that closes the connection is named', async () => {
  const origin = await startServer((request) => void request.socket.destroy());
  await expect(createSend()(origin)).rejects.toThrow(`${origin}/ does not answer: the connection was closed`);
});

test('a redirect is returned and not followed', async () => {
  const origin = await startServer((_request, response) =>
    response.writeHead(307, { location: 'https://other.example' }).end(),
  );
  expect(await createSend()(origin, { method: 'POST', body: 'secret' })).toMatchObject({ status: 307 });
});

test('an endless answer is cut off', async () => {
  const origin = await startServer((_request, response) => {
    const send = () => void response.write('x'.repeat(1_000_000), () => response.destroyed || send());
    send();
  });
  expect((await createSend()(origin)).body.length).toBeLessThan(6_000_000);
});
