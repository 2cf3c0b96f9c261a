import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { IAgain, IChanges, IField } from '../api';

export interface IAgainFormProps {
  again: IAgain;
  /** Rejects where the server refuses it: the form then says why. */
  onSubmit: (changes: IChanges) => Promise<void>;
  trans: TranslationBundle;
}

interface IRow {
  id: number;
  field: IField;
  /** Its value in the run that is repeated, null where that has none. */
  was: string | null;
}

/** The command line that fields make. */
export function argumentsOf(fields: readonly IField[]): string[] {
  return fields.flatMap(({ label, value, form }) => {
    switch (form) {
      case 'pair':
        return [label, value];
      case 'joined':
        return [`${label}=${value}`];
      case 'flag':
        return [label];
      case 'plain':
        return [value];
    }
  });
}

/** What a run is submitted with anew: its arguments one by one, its target. */
export function AgainForm(props: IAgainFormProps): React.ReactElement {
  const { again, trans } = props;
  const [rows, setRows] = React.useState<readonly IRow[]>(() =>
    again.fields.map((field, id) => ({ id, field, was: field.value }))
  );
  const fields = rows.map(row => row.field);
  const [command, setCommand] = React.useState(again.command);
  const [target, setTarget] = React.useState(again.target);
  const [name, setName] = React.useState('');
  const [going, setGoing] = React.useState(false);
  const [fault, setFault] = React.useState('');
  const missing = fields.find(field => field.secret && !field.value);
  const submit = async () => {
    setGoing(true);
    setFault('');
    try {
      await props.onSubmit({
        ...(again.takes_arguments ? { arguments: argumentsOf(fields) } : {}),
        ...(command === null ? {} : { command }),
        ...(name.trim() ? { name: name.trim() } : {}),
        target
      });
    } catch (error) {
      setFault(error instanceof Error ? error.message : String(error));
      setGoing(false);
    }
  };
  const change = (id: number, value: string) =>
    setRows(
      rows.map(row => (row.id === id ? { ...row, field: { ...row.field, value } } : row))
    );
  const add = () =>
    setRows([
      ...rows,
      {
        id: Math.max(-1, ...rows.map(row => row.id)) + 1,
        field: { label: '', value: '', form: 'plain', secret: false },
        was: null
      }
    ]);
  return (
    <form
      className="jp-Runs-form"
      aria-label={trans.__('Submit anew')}
      onSubmit={event => {
        event.preventDefault();
        void submit();
      }}
      onKeyDown={event => event.key !== 'Escape' && event.stopPropagation()}
    >
      {command !== null && (
        <label className="jp-Runs-form-wide">
          <span>{trans.__('Command')}</span>
          <textarea
            className="jp-Runs-input"
            rows={Math.min(8, command.split('\n').length + 1)}
            value={command}
            onChange={event => setCommand(event.target.value)}
          />
        </label>
      )}
      {rows.map(({ id, field, was }, at) => (
        <FieldRow
          key={id}
          field={field}
          at={at}
          changed={field.value !== was}
          onChange={value => change(id, value)}
          onRemove={() => setRows(rows.filter(row => row.id !== id))}
          trans={trans}
        />
      ))}
      {again.takes_arguments && (
        <button type="button" className="jp-Runs-link" onClick={add}>
          {trans.__('+ Add an argument')}
        </button>
      )}
      <label>
        <span>{trans.__('Target')}</span>
        <select value={target} onChange={event => setTarget(event.target.value)}>
          {again.targets.map(one => (
            <option key={one}>{one}</option>
          ))}
        </select>
      </label>
      <label>
        <span>{trans.__('Name')}</span>
        <input
          className="jp-Runs-input"
          value={name}
          maxLength={250}
          placeholder={trans.__('made up if left empty')}
          onChange={event => setName(event.target.value)}
        />
      </label>
      {again.notes.map((note, index) => (
        <p key={index} className="jp-Runs-dim">
          {note}
        </p>
      ))}
      {fault && (
        <p className="jp-Runs-form-fault" role="alert">
          {fault}
        </p>
      )}
      <div className="jp-Runs-form-end">
        <button
          className="jp-Runs-button jp-mod-accept"
          disabled={going || Boolean(missing)}
          title={
            missing
              ? trans.__(
                  '%1 looks like a secret and was not kept: put it in',
                  missing.label
                )
              : trans.__('Queue another run of the same code')
          }
        >
          {going ? trans.__('Submitting…') : trans.__('Submit anew')}
        </button>
      </div>
    </form>
  );
}

function FieldRow(props: {
  field: IField;
  at: number;
  changed: boolean;
  onChange: (value: string) => void;
  onRemove: () => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { field, trans } = props;
  const label = field.label || trans.__('argument %1', props.at + 1);
  const shared = {
    className: `jp-Runs-input${props.changed ? ' jp-mod-changed' : ''}`,
    value: field.value,
    'aria-label': label,
    onChange: (event: React.ChangeEvent<HTMLInputElement | HTMLTextAreaElement>) =>
      props.onChange(event.target.value)
  };
  return (
    <div className="jp-Runs-form-row">
      <span className={field.label ? 'jp-Runs-form-name' : 'jp-Runs-dim'} title={label}>
        {label}
      </span>
      {field.form === 'flag' ? (
        <span className="jp-Runs-dim">{trans.__('is set')}</span>
      ) : field.value.includes('\n') ? (
        <textarea {...shared} rows={3} />
      ) : (
        <input
          {...shared}
          type={field.secret ? 'password' : 'text'}
          autoComplete="off"
          spellCheck={false}
          aria-invalid={field.secret && !field.value}
          placeholder={field.secret ? trans.__('was not kept: put it in') : ''}
        />
      )}
      <button
        type="button"
        className="jp-Runs-form-remove"
        title={trans.__('Leave %1 out', label)}
        aria-label={trans.__('Leave %1 out', label)}
        onClick={event => {
          // keys go on at the one that follows, or at the last
          const form = event.currentTarget.form;
          const all = [...(form?.querySelectorAll('.jp-Runs-form-remove') ?? [])];
          const at = all.indexOf(event.currentTarget);
          const next = all[at + 1] ?? all[at - 1] ?? form?.querySelector('.jp-Runs-link');
          (next as HTMLElement | undefined)?.focus();
          props.onRemove();
        }}
      >
        ×
      </button>
    </div>
  );
}
