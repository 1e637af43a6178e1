import { afterEach, expect, test, vi } from 'vitest';
import { answer } from '../../test/answers.ts';
import { serve, useApiServer } from '../../test/api-server.ts';
import { loadPage, until } from '../../test/client.ts';
import { mayHaveSession } from './may-have-session.ts';
import { readSessionMark, type SessionMark, writeSessionMark } from './session-mark.ts';

useApiServer();

afterEach(() => history.replaceState(null, '', '/'));

test.each<{ mark: SessionMark; query: string; expected: boolean }>([
  { mark: 'none', query: '', expected: false },
  { mark: 'none', query: '?from=here', expected: false },
  { mark: 'signed-in', query: '', expected: true },
  { mark: 'sign-out-pending', query: '', expected: false },
  { mark: 'none', query: '?login=success', expected: true },
  { mark: 'none', query: '?error=authorization_denied', expected: true },
  { mark: 'sign-out-pending', query: '?login=success', expected: false },
  { mark: 'sign-out-pending', query: '?error=authorization_denied', expected: false },
])(
  'with the mark "$mark" and the query "$query", mayHaveSession() is $expected, and the client agrees',
  async (row) => {
    serve('session', () => answer.error('no_session'));
    serve('logout', answer.noContent);
    writeSessionMark(row.mark);
    history.replaceState(null, '', `/${row.query}`);
    expect(mayHaveSession()).toBe(row.expected);
    const client = loadPage();
    expect(client.getSession().status).toBe(row.expected ? 'loading' : 'signed-out');
    // Until the API has answered.
    await until(client, 'idle');
    await vi.waitFor(() => expect(readSessionMark()).toBe('none'));
  },
);
