import * as React from 'react';

import { IImageSeries, IRunRef } from '../../api';
import { moment } from '../../charts/format';
import { Note } from '../../components/note';
import { useSurroundings } from '../context';
import { useLive } from '../live';

/** A card for each series of images, with a slider over its steps. */
export function ImagesTab(props: { run: IRunRef; active: boolean }): React.ReactElement {
  const { run, active } = props;
  const { client, trans } = useSurroundings();
  const { value, error } = useLive(
    `images ${run.workspace}/${run.id}`,
    () => client.images(run),
    active ? undefined : null
  );
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  return (
    <div className="jp-Runs-grid">
      {value.map(series => (
        <ImageCard
          key={series.name}
          series={series}
          url={index => client.imageUrl(run, series.name, index)}
        />
      ))}
    </div>
  );
}

function ImageCard(props: {
  series: IImageSeries;
  url: (index: number) => string;
}): React.ReactElement | null {
  const { trans } = useSurroundings();
  const { items, name } = props.series;
  const [chosen, setChosen] = React.useState<number | null>(null);
  const index = Math.min(chosen ?? items.length - 1, items.length - 1);
  const item = items[index];
  if (!item) {
    return null;
  }
  const place = item.step === null ? moment(item.time) : trans.__('step %1', item.step);
  const size = item.width && item.height ? `${item.width} × ${item.height}` : '';
  return (
    <figure className="jp-Runs-card jp-Runs-image" aria-label={name}>
      <figcaption className="jp-Runs-card-head">
        <span className="jp-Runs-card-title">{name}</span>
        <span className="jp-Runs-card-value jp-Runs-dim">{place}</span>
      </figcaption>
      <a href={props.url(index)} target="_blank" rel="noopener noreferrer">
        <img src={props.url(index)} alt={item.description || `${name}, ${place}`} />
      </a>
      {items.length > 1 && (
        <input
          type="range"
          min={0}
          max={items.length - 1}
          value={index}
          aria-label={trans.__('Which image of %1', name)}
          onChange={event => {
            const at = Number(event.target.value);
            // at the end it goes on with what comes
            setChosen(at === items.length - 1 ? null : at);
          }}
        />
      )}
      <div className="jp-Runs-card-foot">
        <span className="jp-Runs-badge">
          {[item.description, size].filter(Boolean).join(' · ')}
        </span>
        <span className="jp-Runs-badge">
          {index + 1} / {items.length}
        </span>
      </div>
    </figure>
  );
}
