import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { Agent, request as forward } from 'node:http';
import { extname, join } from 'node:path';
import { brotliCompressSync } from 'node:zlib';
import type { Answer } from './recorded-server.ts';

const CONTENT_TYPES: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** The paths that an operator's web server passes on to the API. */
const API_PATH = /^\/(?:api\/|auth\/oauth\/start|oauth\/callback(?:\?|$))/;

interface FrontOptions {
  /** The folder of the static files. */
  folder: string;
  /** The response headers of a static file. */
  headersFor: (path: string) => Record<string, string>;
  /** Changes a file before it is compressed. */
  edit?: (text: string) => string;
  /** The origin of the API. */
  api: string;
}

/**
 * A web server as an operator would configure it: static files, compressed once, with an ETag, and a reverse proxy in
 * front of the API. `vite preview` compresses nothing, and its proxy takes longer than the API.
 */
export function createFront({ folder, headersFor, edit = (text) => text, api }: FrontOptions): Answer {
  const files = new Map(
    globSync('**/*.*', { cwd: folder, exclude: ['**/*.{br,gz}'] }).map((path) => {
      const body = brotliCompressSync(edit(readFileSync(join(folder, path), 'utf8')));
      const headers = {
        ...headersFor(`/${path}`),
        'Content-Type': CONTENT_TYPES[extname(path)] ?? 'application/octet-stream',
        'Content-Encoding': 'br',
        'Content-Length': String(body.length),
        ETag: `"${createHash('sha256').update(body).digest('base64url')}"`,
      };
      return [`/${path}`, { body, headers }];
    }),
  );
  const agent = new Agent({ keepAlive: true });

  return (request, response) => {
    const { url = '/', method, headers } = request;
    if (API_PATH.test(url)) {
      const upstream = forward(new URL(url, api), { agent, method, headers });
      upstream.once('error', () => response.destroy());
      upstream.once('response', (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.rawHeaders);
        answer.pipe(response);
      });
      request.pipe(upstream);
      return;
    }
    const path = url.replace(/\?.*/, '');
    const file = files.get(path === '/' ? '/index.html' : path);
    if (!file) response.writeHead(404).end();
    else if (headers['if-none-match'] === file.headers.ETag) response.writeHead(304, file.headers).end();
    else response.writeHead(200, file.headers).end(file.body);
  };
}
