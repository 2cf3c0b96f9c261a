import { IRun, IRunQuery } from '../api';
import { RunList } from '../model/runList';
import { aPage, aRun } from './fixtures';

/** A server with runs by number, the highest first; a cursor is the number of the last run told. */
class Server {
  numbers: number[] = [];
  asked: IRunQuery[] = [];

  readonly fetch = async (query: IRunQuery) => {
    this.asked.push(query);
    const after = query.after ? Number(query.after) : Infinity;
    const rest = this.numbers.filter(n => n < after).sort((a, b) => b - a);
    const page = rest.slice(0, query.limit);
    const next = rest.length > page.length ? String(page[page.length - 1]) : null;
    return aPage(
      page.map(n => aRun({ id: String(n), number: n })),
      next,
      this.numbers.length
    );
  };
}

const ids = (runs: readonly IRun[]) => runs.map(run => Number(run.id));
const down = (from: number, to: number) =>
  Array.from({ length: from - to + 1 }, (_, i) => from - i);

describe('RunList', () => {
  let server: Server;
  let list: RunList;

  beforeEach(async () => {
    server = new Server();
    server.numbers = down(25, 1);
    list = new RunList(server.fetch, {}, 10);
    await list.refresh();
  });

  it('loads page by page, to the end', async () => {
    expect(ids(list.runs)).toEqual(down(25, 16));
    await list.loadMore();
    await list.loadMore();
    expect(ids(list.runs)).toEqual(down(25, 1));
    expect(list.more).toBe(false);
    const { length } = server.asked;
    await list.loadMore();
    expect(server.asked).toHaveLength(length);
  });

  it('shows new runs without losing those that are loaded', async () => {
    await list.loadMore();
    for (let round = 0; round < 12; round++) {
      server.numbers.push(26 + 3 * round, 27 + 3 * round, 28 + 3 * round);
      await list.refresh(0, 10);
      expect(ids(list.runs)).toEqual(down(28 + 3 * round, 6));
    }
    await list.loadMore();
    expect(ids(list.runs)).toEqual(down(61, 1));
  });

  it('drops runs that were deleted, where one looks', async () => {
    await list.loadMore();
    await list.loadMore();
    server.numbers = server.numbers.filter(n => n !== 20 && n !== 12);
    await list.refresh(0, 20);
    expect(ids(list.runs)).toEqual(down(25, 1).filter(n => n !== 20 && n !== 12));
  });

  it('asks for the first page and those in sight alone', async () => {
    await list.loadMore();
    await list.loadMore();
    server.asked = [];
    await list.refresh(21, 25);
    expect(server.asked.map(query => query.after)).toEqual([null, '6']);
  });

  it('begins anew when all are others', async () => {
    await list.loadMore();
    server.numbers = down(140, 100);
    await list.refresh(0, 10);
    expect(ids(list.runs)).toEqual(down(140, 131));
    expect(list.more).toBe(true);
  });
});
