import { TranslationBundle } from '@jupyterlab/translation';
import * as React from 'react';

import { Desk, INotice, IQuestion } from './desk';
import { useSignal } from './signal';

/** The question that is open, and what there is to tell. */
export function Asking(props: {
  desk: Desk;
  trans: TranslationBundle;
}): React.ReactElement {
  const { desk, trans } = props;
  useSignal(desk.changed);
  const { question } = desk;
  return (
    <>
      {question && (
        <Question
          question={question}
          onAnswer={value => desk.answer(value)}
          trans={trans}
        />
      )}
      <div className="jp-Runs jp-Portal-notices" role="status">
        {desk.notices.map((notice, index) => (
          <Notice
            key={index}
            notice={notice}
            onClose={() => desk.dismiss(notice)}
            trans={trans}
          />
        ))}
      </div>
    </>
  );
}

function Question(props: {
  question: IQuestion;
  onAnswer: (value: string | null) => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { question, onAnswer, trans } = props;
  const { field } = question;
  const box = React.useRef<HTMLDialogElement>(null);
  const [typed, setTyped] = React.useState(field?.text ?? '');
  const id = React.useId();
  const before = React.useRef(document.activeElement);
  React.useEffect(() => {
    const had = before.current;
    box.current?.showModal();
    // once the dialog is gone, keys act again on what asked
    return () => (had as HTMLElement | null)?.focus({ preventScroll: true });
  }, []);
  const given = field === undefined || typed.trim() !== '';
  return (
    <dialog
      ref={box}
      className="jp-Runs jp-Portal-dialog"
      aria-labelledby={id}
      onCancel={event => {
        event.preventDefault();
        onAnswer(null);
      }}
    >
      <form
        onSubmit={event => {
          event.preventDefault();
          if (given) {
            onAnswer(typed.trim());
          }
        }}
      >
        <h2 id={id}>{question.title}</h2>
        {question.body && <p>{question.body}</p>}
        {field && (
          <input
            className="jp-Runs-input"
            autoFocus
            value={typed}
            placeholder={field.placeholder}
            aria-labelledby={id}
            onChange={event => setTyped(event.target.value)}
          />
        )}
        <div className="jp-Portal-answers">
          <button
            type="button"
            className="jp-Runs-button"
            autoFocus={!field}
            onClick={() => onAnswer(null)}
          >
            {trans.__('Cancel')}
          </button>
          <button
            type="submit"
            className={`jp-Runs-button ${question.grave ? 'jp-mod-warn' : 'jp-mod-accept'}`}
            disabled={!given}
          >
            {question.action}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function Notice(props: {
  notice: INotice;
  onClose: () => void;
  trans: TranslationBundle;
}): React.ReactElement {
  const { notice, onClose, trans } = props;
  return (
    <div className={`jp-Portal-notice jp-mod-${notice.tone}`}>
      <p>{notice.text}</p>
      {notice.actions.map(action => (
        <button
          key={action.label}
          className="jp-Runs-button"
          onClick={() => {
            onClose();
            action.run();
          }}
        >
          {action.label}
        </button>
      ))}
      <button
        className="jp-Runs-link"
        title={trans.__('Close')}
        aria-label={trans.__('Close')}
        onClick={onClose}
      >
        ×
      </button>
    </div>
  );
}
