import { PATHS } from '@oneclick/shared/paths';
import { request, type Dispatcher } from 'undici';

/** The headers that Chromium sends with a request of the web app. */
const BROWSER_HEADERS = {
  origin: 'https://app.example.com',
  referer: 'https://app.example.com/',
  'x-csrf': '1',
  accept: '*/*',
  'accept-encoding': 'gzip, deflate, br, zstd',
  'accept-language': 'ko-KR,ko;q=0.9,en-US;q=0.8,en;q=0.7',
  'sec-ch-ua': '"Chromium";v="156", "Not=A?Brand";v="24"',
  'sec-ch-ua-mobile': '?0',
  'sec-ch-ua-platform': '"Linux"',
  'sec-fetch-dest': 'empty',
  'sec-fetch-mode': 'cors',
  'sec-fetch-site': 'same-origin',
  'user-agent':
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
};

const USERINFO_READS = 5;

/**
 * One user in one browser: signs in, reads the balance five times and refreshes the access token once.
 * @param instances the URLs of the instances, which get the requests in turn, as from a load balancer
 */
export async function visit(instances: readonly string[], dispatcher: Dispatcher): Promise<void> {
  const cookies = new Map<string, string>();
  let turn = 0;

  async function send(
    path: string,
    { body, accessToken }: SendOptions = {},
  ): Promise<Record<string, string>> {
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(instances[turn++ % instances.length] + path, {
      dispatcher,
      method: accessToken ? 'GET' : 'POST',
      headers: {
        ...BROWSER_HEADERS,
        ...(cookies.size > 0 && { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
        ...(accessToken && { authorization: `Bearer ${accessToken}` }),
        ...(body && { 'content-type': 'application/json' }),
      },
      ...(body && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (statusCode !== 200) throw new Error(`${path} answered ${statusCode}: ${text}`);
    for (const header of [headers['set-cookie'] ?? []].flat()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(header) ?? [];
      if (value === '') cookies.delete(name);
      else cookies.set(name, value);
    }
    return JSON.parse(text);
  }

  const { state } = await send(PATHS.start, { body: {} });
  const { access_token: first } = await send(PATHS.exchangeToken, { body: { code: `code-${state}`, state } });
  for (let reads = 0; reads < USERINFO_READS; reads += 1) await send(PATHS.userinfo, { accessToken: first });
  await send(PATHS.refreshToken);
}

interface SendOptions {
  body?: object;
  accessToken?: string | undefined;
}
