import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

/** Code, and a button that copies it. */
export function CodeBox(props: {
  text: string;
  note: string;
  label: string;
  onFault: (error: unknown) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { text, trans } = props;
  const [copied, setCopied] = React.useState(false);
  React.useEffect(() => {
    const timer = copied ? setTimeout(() => setCopied(false), 1500) : undefined;
    return () => clearTimeout(timer);
  }, [copied]);
  return (
    <>
      <pre className="jp-Runs-code-box" tabIndex={0} aria-label={props.label}>
        {text}
      </pre>
      <div className="jp-Runs-form-end">
        {props.note && <span className="jp-Runs-dim">{props.note}</span>}
        <button
          className="jp-Runs-button"
          onClick={() =>
            void navigator.clipboard
              .writeText(text)
              .then(() => setCopied(true))
              .catch(props.onFault)
          }
        >
          {copied ? trans.__('Copied') : trans.__('Copy code')}
        </button>
      </div>
    </>
  );
}
