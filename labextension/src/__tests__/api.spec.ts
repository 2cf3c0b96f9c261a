import { ServerConnection } from '@jupyterlab/services';

import { fetchRuns } from '../api';
import { aPage, aRun } from './fixtures';

describe('fetchRuns', () => {
  let asked: string[];

  function settings(answer: () => Response): ServerConnection.ISettings {
    return ServerConnection.makeSettings({
      baseUrl: 'http://host/user/ada/',
      fetch: async (request: RequestInfo | URL) => {
        asked.push((request as Request).url);
        return answer();
      }
    });
  }

  beforeEach(() => {
    asked = [];
  });

  it('asks below the base URL', async () => {
    const page = aPage([aRun()]);
    const answer = () => new Response(JSON.stringify(page));
    expect(await fetchRuns(settings(answer), 50)).toEqual(page);
    expect(asked).toHaveLength(1);
    expect(asked[0]).toMatch(
      /^http:\/\/host\/user\/ada\/jupyter-runs\/api\/runs\?limit=50/
    );
  });

  it("gives the server's own words for its refusal", async () => {
    const answer = () =>
      new Response('{"message": "limit is too large"}', { status: 400 });
    await expect(fetchRuns(settings(answer), 1e6)).rejects.toMatchObject({
      status: 400,
      message: 'limit is too large'
    });
  });

  it.each(['<html>', '{"runs": 3}', 'null'])('refuses an answer like %s', async body => {
    await expect(
      fetchRuns(
        settings(() => new Response(body)),
        5
      )
    ).rejects.toMatchObject({
      name: 'ApiError'
    });
  });

  it('has status 0 where nobody answers', async () => {
    const answer = () => {
      throw new TypeError('refused');
    };
    await expect(fetchRuns(settings(answer), 5)).rejects.toMatchObject({ status: 0 });
  });
});
