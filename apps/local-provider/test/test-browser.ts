import { CookieJar } from 'tough-cookie';

export interface Visit {
  url: URL;
  status: number;
  headers: Headers;
  /** Empty if the address belongs to the app, because the browser does not request the app's pages. */
  text: string;
  /** How many pages the provider has shown since the address was opened, including this one. */
  pages: number;
}

export interface TestBrowser {
  jar: CookieJar;
  open: (url: string | URL) => Promise<Visit>;
  /** Submits the form that contains the button with this data-testid. */
  press: (visit: Visit, testId: string, fields?: Record<string, string>) => Promise<Visit>;
  post: (url: string | URL, body: URLSearchParams, headers?: Record<string, string>) => Promise<Visit>;
}

function unescapeHtml(text: string): string {
  return text
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&');
}

function attribute(tag: string, name: string): string | undefined {
  const value = new RegExp(`\\s${name}="([^"]*)"`).exec(tag)?.[1];
  return value === undefined ? undefined : unescapeHtml(value);
}

/** Returns the opening tags of all elements with this name. */
function tags(html: string, name: string): string[] {
  return html.match(new RegExp(`<${name}\\b[^>]*>`, 'g')) ?? [];
}

/** A browser without scripts: a cookie jar that honours all attributes, redirects, links and forms. */
export function createTestBrowser(options: { origin: string; language?: string }): TestBrowser {
  const { origin, language = 'en' } = options;
  const jar = new CookieJar();

  async function visit(url: URL, init: RequestInit, pages = 0): Promise<Visit> {
    if (url.origin !== origin) return { url, status: 0, headers: new Headers(), text: '', pages };

    const headers = new Headers(init.headers);
    headers.set('Cookie', await jar.getCookieString(url.href));
    headers.set('Accept', 'text/html');
    headers.set('Accept-Language', language);
    const response = await fetch(url, {
      ...init,
      headers,
      redirect: 'manual',
      signal: AbortSignal.timeout(5000),
    });
    for (const cookie of response.headers.getSetCookie()) await jar.setCookie(cookie, url.href);

    const location = response.headers.get('Location');
    // A browser follows a Location header only with the status of a redirect.
    if (location !== null && [302, 303].includes(response.status))
      return visit(new URL(location, url), {}, pages);
    return {
      url,
      status: response.status,
      headers: response.headers,
      text: await response.text(),
      pages: pages + 1,
    };
  }

  const post: TestBrowser['post'] = (
    url,
    body,
    headers = { Origin: origin, 'Sec-Fetch-Site': 'same-origin' },
  ) => visit(new URL(url), { method: 'POST', body, headers });

  return {
    jar,
    post,
    open: (url) => visit(new URL(url), {}),
    press: (page, testId, fields = {}) => {
      const forms = page.text.match(/<form\b[\s\S]*?<\/form>/g) ?? [];
      const form = forms.find((text) => text.includes(`data-testid="${testId}"`));
      if (form === undefined)
        throw new Error(`no button ${testId} on this page (${page.status}): ${page.text}`);
      const [formTag = ''] = tags(form, 'form');
      const inputs = tags(form, 'input').map((tag) => ({
        name: attribute(tag, 'name') ?? '',
        value: attribute(tag, 'value') ?? '',
      }));
      const names = inputs.map(({ name }) => name);
      for (const name of Object.keys(fields)) if (!names.includes(name)) throw new Error(`no field ${name}`);
      const body = new URLSearchParams();
      for (const { name, value } of inputs) body.set(name, fields[name] ?? value);
      return post(new URL(attribute(formTag, 'action') ?? '', page.url), body);
    },
  };
}

/** Returns the target of the link with this data-testid. */
export function linkTarget(page: Visit, testId: string): URL {
  const tag = tags(page.text, 'a').find((text) => text.includes(`data-testid="${testId}"`));
  if (tag === undefined) throw new Error(`no link ${testId} on this page`);
  return new URL(attribute(tag, 'href') ?? '', page.url);
}
