import * as React from 'react';

import { IRunRef } from '../../api';
import { AgainForm } from '../../components/againForm';
import { CodeBox } from '../../components/codeBox';
import { Note } from '../../components/note';
import { Box } from '../../components/section';
import { useSurroundings } from '../context';
import { useLive } from '../live';

/** The run once more: its code to copy, and a form that submits it anew. */
export function RunAgain(props: {
  run: IRunRef;
  onClose: () => void;
}): React.ReactElement {
  const { run, onClose } = props;
  const { client, places, trans } = useSurroundings();
  const { value, error } = useLive(
    `again ${run.workspace}/${run.id}`,
    () => client.again(run),
    null
  );
  const box = React.useRef<HTMLElement>(null);
  React.useEffect(() => box.current?.focus(), []);
  return (
    <section
      ref={box}
      className="jp-Runs-again"
      tabIndex={-1}
      aria-label={trans.__('Run again')}
      onKeyDown={event => {
        if (event.key === 'Escape') {
          onClose();
        }
      }}
    >
      {!value && <Note error={error} trans={trans} />}
      {value && (
        <Box
          title={
            value.what
              ? trans.__('Submit %1 anew', value.what)
              : trans.__('Submit it anew')
          }
        >
          {value.refusal === null ? (
            <AgainForm
              again={value}
              onSubmit={async changes => {
                places.openRun(await client.submitAgain(run, changes));
                onClose();
              }}
              trans={trans}
            />
          ) : (
            <p className="jp-Runs-note">{value.refusal}</p>
          )}
        </Box>
      )}
      {value && (
        <Box title={trans.__('The code that repeats it')}>
          {value.code ? (
            <CodeBox
              text={value.code.text}
              note={value.code.note}
              label={trans.__('The code that repeats it')}
              onFault={places.report}
              trans={trans}
            />
          ) : (
            <p className="jp-Runs-note">
              {trans.__('Its code was not kept: it was not started from a cell.')}
            </p>
          )}
        </Box>
      )}
    </section>
  );
}
