import { cellsOf } from '../pages/run/cells';

describe('cellsOf', () => {
  it('has the code and the prose of a notebook, without outputs', () => {
    const file = JSON.stringify({
      cells: [
        { cell_type: 'markdown', source: ['# Train\n', 'it'] },
        {
          cell_type: 'code',
          execution_count: 3,
          source: 'run.log("a", 1)',
          outputs: ['x']
        },
        { cell_type: 'code', execution_count: null, source: [] }
      ]
    });
    expect(cellsOf(file)).toEqual([
      { text: true, count: null, source: '# Train\nit' },
      { text: false, count: 3, source: 'run.log("a", 1)' }
    ]);
  });

  it.each(['', '{"cells": [', 'null', '[]', '{"cells": 3}'])('has none of %s', file => {
    expect(cellsOf(file)).toBeNull();
  });

  it('survives cells that are anything', () => {
    expect(
      cellsOf('{"cells": [null, 3, {}, {"source": [1, null]}, {"source": {}}]}')
    ).toEqual([{ text: true, count: null, source: '1' }]);
  });
});
