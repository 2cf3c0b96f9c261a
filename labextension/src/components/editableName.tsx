import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** A name, and a way to change it where it stands. */
export function EditableName(props: {
  name: string;
  onRename: (name: string) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { name, trans } = props;
  const [typed, setTyped] = React.useState<string | null>(null);
  const button = React.useRef<HTMLButtonElement>(null);
  const left = React.useRef(false);
  React.useEffect(() => {
    if (typed === null && left.current) {
      left.current = false;
      button.current?.focus(); // keys go on where they were
    }
  }, [typed]);
  const end = (keep: boolean, focus: boolean) => {
    const wanted = typed?.trim();
    if (keep && wanted && wanted !== name) {
      props.onRename(wanted);
    }
    left.current = focus;
    setTyped(null);
  };
  return typed === null ? (
    <button
      ref={button}
      className="jp-Runs-head-name jp-Runs-rename"
      title={trans.__('Rename')}
      aria-label={trans.__('%1, rename', name)}
      onClick={() => setTyped(name)}
    >
      {name || trans.__('no name')} <i aria-hidden="true">✎</i>
    </button>
  ) : (
    <input
      className="jp-Runs-input jp-Runs-rename-input"
      autoFocus
      value={typed}
      maxLength={250}
      aria-label={trans.__('Name of the run')}
      onFocus={event => event.target.select()}
      onChange={event => setTyped(event.target.value)}
      onBlur={() => end(true, false)}
      onKeyDown={event => {
        if (event.key === 'Enter' || event.key === 'Escape') {
          event.preventDefault(); // else the button that takes the focus is pressed by it
          end(event.key === 'Enter', true);
        }
        event.stopPropagation();
      }}
    />
  );
}
