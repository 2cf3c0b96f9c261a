/** What a chart has beside curves: a table, a confusion matrix, texts. */

import * as React from 'react';

import { IChart, IMatrix, ITable, ITextItem } from '../api';
import { moment, number } from '../charts/format';

export function Table({ table }: { table: ITable }): React.ReactElement {
  return (
    <div className="jp-Runs-scrolled" tabIndex={0}>
      <table className="jp-Runs-table">
        <thead>
          <tr>
            {table.columns.map((column, index) => (
              <th key={index} scope="col">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {table.rows.map((row, at) => (
            <tr key={table.start + at}>
              {row.map((cell, index) => (
                <td key={index}>{cell}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Rows are what is true, columns what was predicted. */
export function Matrix(props: { matrix: IMatrix; chart: IChart }): React.ReactElement {
  const { labels, counts, shares } = props.matrix;
  return (
    <div className="jp-Runs-scrolled jp-Runs-scrolled-matrix" tabIndex={0}>
      <table className="jp-Runs-matrix">
        <caption>
          {props.chart.y_label || 'true'} ↓ · {props.chart.x_label || 'predicted'} →
        </caption>
        <thead>
          <tr>
            <td />
            {labels.map((label, index) => (
              <th key={index} scope="col" title={label}>
                {label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {counts.map((row, at) => (
            <tr key={at}>
              <th scope="row" title={labels[at]}>
                {labels[at]}
              </th>
              {row.map((count, index) => {
                const share = shares[at]?.[index] ?? 0;
                return (
                  <td
                    key={index}
                    className={share > 0.55 ? 'jp-mod-strong' : ''}
                    style={{ '--share': share } as React.CSSProperties}
                    title={`${(share * 100).toFixed(1)} %`}
                  >
                    {number(count)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Texts({ texts }: { texts: readonly ITextItem[] }): React.ReactElement {
  return (
    <div className="jp-Runs-scrolled" tabIndex={0}>
      <table className="jp-Runs-table">
        <tbody>
          {texts.map((item, index) => (
            <tr key={index}>
              <td className="jp-Runs-dim">{item.step ?? moment(item.time)}</td>
              <td className="jp-Runs-pre">{item.text}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
