import * as React from 'react';

import { address, IComparedRun, IImageItem, IImageSeries, IRunRef } from '../../api';
import { colorOf } from '../../charts/palette';
import { Note } from '../../components/note';
import { nameOf } from '../../components/row';
import { useSurroundings } from '../context';
import { SELDOM, useLive } from '../live';

/** Images of the same name beside each other, one slider for the steps of all runs. */
export function CompareImages(props: {
  rows: readonly IComparedRun[];
  names: readonly string[];
}): React.ReactElement {
  const { rows, names } = props;
  const { client, trans } = useSurroundings();
  const active = rows.some(row => row.head.active);
  const { value, error } = useLive(
    `images of ${rows.map(row => address(row.head)).join(' ')}`,
    () => Promise.all(rows.map(row => client.images(row.head))),
    active ? SELDOM : null
  );
  if (!value) {
    return <Note error={error} trans={trans} />;
  }
  return (
    <>
      {names.map(name => (
        <Series
          key={name}
          name={name}
          columns={rows.map((row, index) => ({
            row,
            color: colorOf(index),
            series: value[index]?.find(one => one.name === name) ?? null
          }))}
        />
      ))}
    </>
  );
}

interface IColumn {
  row: IComparedRun;
  color: string;
  series: IImageSeries | null;
}

function Series(props: {
  name: string;
  columns: readonly IColumn[];
}): React.ReactElement {
  const { name, columns } = props;
  const { client, trans } = useSurroundings();
  const [chosen, setChosen] = React.useState<number | null>(null);
  const steps = stepsOf(columns.map(column => column.series));
  const at = Math.min(chosen ?? steps.length - 1, steps.length - 1);
  const step = steps[at];
  return (
    <section className="jp-Runs-box jp-Runs-images" aria-label={name}>
      <h2>
        <span>{name}</span>
        {steps.length > 1 && (
          <label className="jp-Runs-images-step">
            <span>{trans.__('step %1', step)}</span>
            <input
              type="range"
              min={0}
              max={steps.length - 1}
              value={at}
              aria-label={trans.__('Step of %1', name)}
              aria-valuetext={trans.__('step %1', step)}
              onChange={event => {
                const next = Number(event.target.value);
                // at the end it goes on with what comes
                setChosen(next === steps.length - 1 ? null : next);
              }}
            />
          </label>
        )}
      </h2>
      <div className="jp-Runs-images-row">
        {columns.map(({ row, color, series }) => (
          <Picture
            key={address(row.head)}
            title={nameOf(row.head, trans)}
            color={color}
            found={itemAt(series, step)}
            step={step}
            url={index => client.imageUrl(row.head as IRunRef, name, index)}
          />
        ))}
      </div>
    </section>
  );
}

function Picture(props: {
  title: string;
  color: string;
  found: { item: IImageItem; index: number } | null;
  step: number | undefined;
  url: (index: number) => string;
}): React.ReactElement {
  const { title, found, step } = props;
  const { trans } = useSurroundings();
  const own = found ? (found.item.step ?? found.index) : null;
  return (
    <figure>
      {found ? (
        <a href={props.url(found.index)} target="_blank" rel="noopener noreferrer">
          <img
            src={props.url(found.index)}
            alt={`${title}, ${found.item.description || trans.__('step %1', own)}`}
          />
        </a>
      ) : (
        <p className="jp-Runs-note">{trans.__('none yet at this step')}</p>
      )}
      <figcaption>
        <i className="jp-Runs-swatch" style={{ background: props.color }} /> {title}
        {own !== null && Number(own) !== Number(step) && (
          <span className="jp-Runs-dim"> · {trans.__('of step %1', own)}</span>
        )}
      </figcaption>
    </figure>
  );
}

/** All steps that any run has an image of, in order; images without a step are counted. */
export function stepsOf(all: readonly (IImageSeries | null)[]): number[] {
  const found = new Set<number>();
  for (const series of all) {
    series?.items.forEach((item, index) => found.add(Number(item.step ?? index)));
  }
  return [...found].sort((a, b) => a - b);
}

/** The image of a step: the last one up to it. */
export function itemAt(
  series: IImageSeries | null,
  step: number | undefined
): { item: IImageItem; index: number } | null {
  let best: { item: IImageItem; index: number } | null = null;
  let reached = -Infinity;
  series?.items.forEach((item, index) => {
    const own = Number(item.step ?? index);
    if (step !== undefined && own <= step && own >= reached) {
      reached = own;
      best = { item, index };
    }
  });
  return best;
}
