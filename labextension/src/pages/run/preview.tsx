import * as React from 'react';

import { bytes } from '../../charts/format';
import { Note } from '../../components/note';
import { useSurroundings } from '../context';
import { useLive } from '../live';
import { cellsOf, ICell } from './cells';

/** Bytes of a text that are shown; the rest is to be had by downloading. */
const MOST = 200_000;
/** Of a notebook: most of it may be outputs, which are not shown. */
const MOST_OF_NOTEBOOK = 20_000_000;
const PICTURES = /\.(png|jpe?g|gif|webp|bmp|svg)$/i;
const NO_TEXT =
  /\.(pt|pth|pkl|pickle|bin|npy|npz|zip|gz|bz2|xz|tar|h5|hdf5|onnx|safetensors|parquet|pdf|so|whl|mp[34]|wav|ckpt|joblib|feather|arrow|sqlite|db)$/i;

/** A file as far as a page can show one: pictures, texts; anything else can be downloaded. */
export function Preview(props: {
  name: string;
  url: string;
  /** Where to save it from, if elsewhere. */
  download?: string;
  size: number;
  note?: string;
}): React.ReactElement {
  const { name, url, size } = props;
  const { trans } = useSurroundings();
  const download = (
    <a className="jp-Runs-button" href={props.download ?? url} download>
      {trans.__('Download')}
    </a>
  );
  return (
    <div className="jp-Runs-preview">
      <div className="jp-Runs-tools">
        <strong>{name}</strong>
        <span className="jp-Runs-dim">{props.note ?? bytes(size)}</span>
        {download}
      </div>
      {PICTURES.test(name) ? (
        <img src={url} alt={name} />
      ) : NO_TEXT.test(name) ? (
        <p className="jp-Runs-note">
          {trans.__('This kind of file can’t be shown here.')}
        </p>
      ) : (
        <TextFile url={url} size={size} notebook={/\.ipynb$/i.test(name)} />
      )}
    </div>
  );
}

function TextFile(props: {
  url: string;
  size: number;
  notebook: boolean;
}): React.ReactElement {
  const { url, size, notebook } = props;
  const { client, trans } = useSurroundings();
  const { value, error } = useLive(
    `text ${url} ${size}`,
    () => client.text(url, notebook ? MOST_OF_NOTEBOOK : MOST),
    null
  );
  const cells = React.useMemo(
    () => (notebook && value !== null ? cellsOf(value) : null),
    [notebook, value]
  );
  if (value === null) {
    return <Note error={error} trans={trans} />;
  }
  // eslint-disable-next-line no-control-regex
  if (/\u0000/.test(value)) {
    return (
      <p className="jp-Runs-note">{trans.__('This kind of file can’t be shown here.')}</p>
    );
  }
  if (cells) {
    return <Cells cells={cells} />;
  }
  return (
    <>
      <pre className="jp-Runs-source" tabIndex={0}>
        {value.slice(0, MOST)}
      </pre>
      {size > MOST && (
        <p className="jp-Runs-note">
          {trans.__('The first %1 of %2.', bytes(MOST), bytes(size))}
        </p>
      )}
    </>
  );
}

function Cells({ cells }: { cells: readonly ICell[] }): React.ReactElement {
  const { trans } = useSurroundings();
  return (
    <div className="jp-Runs-cells">
      {cells.map(({ text, count, source }, index) => (
        <React.Fragment key={index}>
          <span className="jp-Runs-dim" aria-hidden="true">
            {text ? '' : `[${count ?? ' '}]:`}
          </span>
          <pre
            className={text ? 'jp-Runs-prose' : 'jp-Runs-source'}
            tabIndex={0}
            aria-label={trans.__('Cell %1', index + 1)}
          >
            {source}
          </pre>
        </React.Fragment>
      ))}
      <p className="jp-Runs-note">
        {trans.__('The cells of the notebook, without their outputs.')}
      </p>
    </div>
  );
}
