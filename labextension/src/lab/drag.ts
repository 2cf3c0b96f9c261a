/** A run that is dragged into a notebook becomes a cell that shows it. */

import { MimeData } from '@lumino/coreutils';
import { Drag } from '@lumino/dragdrop';
import * as React from 'react';

import { IRun } from '../api';
import { codeFor } from './insert';

const CELLS = 'application/vnd.jupyter.cells';
/** Pixels before a press becomes a drag. */
const FAR = 5;

export function startDrag(run: IRun, event: React.PointerEvent): void {
  if (event.button !== 0 || event.pointerType === 'touch') {
    return;
  }
  const { clientX, clientY } = event;
  const row = event.currentTarget as HTMLElement;
  const stop = () => {
    document.removeEventListener('pointermove', moved, true);
    document.removeEventListener('pointerup', stop, true);
  };
  const moved = (move: PointerEvent) => {
    const [x, y] = [move.clientX - clientX, move.clientY - clientY];
    if (Math.hypot(x, y) < FAR) {
      return;
    }
    stop();
    const source = codeFor([run]);
    const mimeData = new MimeData();
    mimeData.setData(CELLS, [{ cell_type: 'code', source, metadata: {}, outputs: [] }]);
    mimeData.setData('text/plain', source);
    const drag = new Drag({
      mimeData,
      dragImage: picture(row),
      proposedAction: 'copy',
      supportedActions: 'copy',
      source: row
    });
    void drag.start(move.clientX, move.clientY).then(() => drag.dispose());
  };
  document.addEventListener('pointermove', moved, true);
  document.addEventListener('pointerup', stop, true);
}

function picture(row: HTMLElement): HTMLElement {
  const node = document.createElement('div');
  node.className = 'jp-Runs-dragged';
  node.textContent = row.querySelector('.jp-Runs-name')?.textContent ?? '';
  return node;
}
