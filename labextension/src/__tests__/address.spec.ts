import { addressOf, keyOfPlace, Place, placeOf } from '../pages/address';

const ODD = ['default', 'a b', 'ä/ö', '100%', '<b>', 'a?b#c', '..x', 'compare', '%2F'];

describe('addresses', () => {
  const places: Place[] = [
    { kind: 'home' },
    { kind: 'compute' },
    { kind: 'trash' },
    ...ODD.flatMap((name): Place[] => [
      { kind: 'workspace', workspace: name },
      { kind: 'experiment', workspace: name, experiment: name },
      { kind: 'run', workspace: name, id: 'brave-otter-1' },
      { kind: 'run', workspace: 'default', id: name, tab: 'metrics' }
    ]),
    { kind: 'compare', runs: ['default/r1'] },
    { kind: 'compare', runs: ['a b/r&1', 'ä/r=2', '%2F/r3'] }
  ];

  it.each(places.map(place => [addressOf(place), place] as const))(
    'lead back to their place: %s',
    (address, place) => {
      expect(placeOf(address)).toEqual(place);
      expect(placeOf(`${address}#part`)).toEqual(place);
    }
  );

  it('stay below the root, as a browser reads them', () => {
    for (const place of places) {
      const { pathname } = new URL(addressOf(place), 'http://x/user/a/jupyter-runs/');
      expect(pathname.startsWith('/user/a/jupyter-runs/')).toBe(true);
    }
  });

  it.each([
    'nonsense',
    'compare',
    'compare?run=',
    'compare?run=r1',
    'workspaces',
    'workspaces/',
    'workspaces//runs/x',
    'workspaces/./runs/x',
    'workspaces/default/runs',
    'workspaces/default/runs/..',
    'workspaces/default/runs/%2E%2E',
    'workspaces/default/other/x',
    'workspaces/default/runs/x/y',
    'workspaces/default/runs/%zz',
    '%E0%A4%A',
    '/evil.example'
  ])('that name nothing are known as such: %s', address => {
    expect(placeOf(address)).toEqual({ kind: 'unknown', path: address });
  });

  it('may end with a slash, and name what nobody asked for', () => {
    expect(placeOf('workspaces/w/runs/x/?token=t&tab=files')).toEqual({
      kind: 'run',
      workspace: 'w',
      id: 'x',
      tab: 'files'
    });
    expect(placeOf('compare?run=w/a&run=w/b&run=w/a')).toEqual({
      kind: 'compare',
      runs: ['w/a', 'w/b']
    });
  });

  it('say that a tab is the same page, and another run is not', () => {
    const run: Place = { kind: 'run', workspace: 'w', id: 'x' };
    expect(keyOfPlace({ ...run, tab: 'metrics' })).toBe(keyOfPlace(run));
    expect(keyOfPlace({ ...run, id: 'y' })).not.toBe(keyOfPlace(run));
  });
});
