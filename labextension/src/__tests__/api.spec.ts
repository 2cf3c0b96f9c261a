import { ServerConnection } from '@jupyterlab/services';

import { Client, ITrashItem } from '../api';
import { aPage, aRun } from './fixtures';

describe('Client', () => {
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

  const fetchRuns = (of: ServerConnection.ISettings, limit: number) =>
    new Client(of).runs({ limit });

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

  it('says what it has, and gives that again while nothing changed', async () => {
    const told: (string | null)[] = [];
    const settings = ServerConnection.makeSettings({
      baseUrl: 'http://host/',
      fetch: async (request: RequestInfo | URL) => {
        const tag = (request as Request).headers.get('If-None-Match');
        told.push(tag);
        return tag
          ? new Response(null, { status: 304 })
          : new Response(JSON.stringify(aPage([aRun()])), { headers: { ETag: '"1"' } });
      }
    });
    const client = new Client(settings);
    const first = await client.runs({ limit: 5 });
    expect(await client.runs({ limit: 5 })).toBe(first);
    expect(told).toEqual([null, '"1"']);
  });

  it('escapes names, and lets none lead elsewhere', async () => {
    const client = new Client(settings(() => new Response('{"files": []}')));
    await client.logs({ workspace: 'a b', id: 'x/y' });
    expect(asked[0]).toMatch(/api\/runs\/a%20b\/x%2Fy\/logs$/);
    await expect(client.logs({ workspace: '..', id: 'r' })).rejects.toMatchObject({
      status: 404
    });
    expect(asked).toHaveLength(1);
  });

  it('names each run of a comparison', async () => {
    const client = new Client(settings(() => new Response('{}')));
    await client.compare([
      { workspace: 'w', id: 'a' },
      { workspace: 'w', id: 'b' }
    ]);
    expect(asked[0]).toMatch(/compare\?run=w%2Fa&run=w%2Fb$/);
  });

  it('deletes for good what is of one workspace at once', async () => {
    const sent: [string, string[]][] = [];
    const client = new Client(
      ServerConnection.makeSettings({
        baseUrl: 'http://host/',
        fetch: async (request: RequestInfo | URL) => {
          const { url } = request as Request;
          const { items } = (await (request as Request).json()) as { items: string[] };
          sent.push([url.replace('http://host/jupyter-runs/api', ''), items]);
          return new Response('{"freed": 1}');
        }
      })
    );
    const item = (workspace: string, name: string) =>
      ({ workspace, item: name }) as ITrashItem;
    const many = Array.from({ length: 1500 }, (_, at) => item('v', `${at}`));
    await client.deleteForGood([item('w', 'a'), ...many, item('w', 'b')]);
    expect(sent.map(([url, items]) => [url, items.length])).toEqual([
      ['/trash/w/delete', 2],
      ['/trash/v/delete', 1000],
      ['/trash/v/delete', 500]
    ]);
    expect(sent[0][1]).toEqual(['a', 'b']);
  });
});
