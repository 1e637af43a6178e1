import { showSetUpProblem } from './show-set-up-problem.ts';

const reported = new Set<string>();

/** Reports, once for each path, an answer that can't be the API's: a page of HTML, or 404 for a path of the API. */
export function reportForeignAnswer(path: string, { status, headers }: Response): void {
  const isHtml = headers.get('Content-Type')?.startsWith('text/html') ?? false;
  const isEmpty404 = status === 404 && !headers.get('Content-Type')?.includes('json');
  if ((!isHtml && !isEmpty404) || reported.has(path)) return;
  reported.add(path);
  showSetUpProblem(
    `${path} was answered with ${isHtml ? 'a page of HTML' : 'nothing'} (status ${status}), not by the API. ` +
      'Is the API running, and does the development server pass its paths on? The Vite plugin does: ' +
      'plugins: [signIn({ apiTarget: \'http://127.0.0.1:3000\' })]. For another origin, set <meta name="api-origin">.',
  );
}
