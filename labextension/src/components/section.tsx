import * as React from 'react';

import { ISection } from '../api';
import { useScrolls } from './scrolls';

/** A titled box. */
export function Box(props: {
  title: React.ReactNode;
  tools?: React.ReactNode;
  className?: string;
  children: React.ReactNode;
}): React.ReactElement {
  return (
    <section className={`jp-Runs-box ${props.className ?? ''}`}>
      <h2>
        <span>{props.title}</span>
        {props.tools}
      </h2>
      {props.children}
    </section>
  );
}

/** A titled list of labels and texts. */
export function SectionBox(props: {
  section: ISection;
  /** What a click on a row does; nothing for most. */
  link?: (label: string, text: string) => (() => void) | null;
}): React.ReactElement {
  const { section, link } = props;
  const rows = section.rows.map(([label, text]): [string, React.ReactNode] => {
    const open = link?.(label, text);
    return [
      label,
      open ? (
        <button className="jp-Runs-link jp-mod-link" onClick={open}>
          {text}
        </button>
      ) : (
        text
      )
    ];
  });
  return (
    <Box title={section.title}>
      <Facts rows={rows} />
    </Box>
  );
}

export function Facts({
  rows
}: {
  rows: readonly (readonly [string, React.ReactNode])[];
}): React.ReactElement {
  const box = React.useRef<HTMLDListElement>(null);
  const scrolls = useScrolls(box);
  return (
    <dl ref={box} className="jp-Runs-facts-list" tabIndex={scrolls ? 0 : undefined}>
      {rows.map(([label, text], index) => (
        <React.Fragment key={index}>
          <dt>{label}</dt>
          <dd className={isCode(text) ? 'jp-Runs-code' : undefined}>{text}</dd>
        </React.Fragment>
      ))}
    </dl>
  );
}

function isCode(text: React.ReactNode): boolean {
  return typeof text === 'string' && text.includes('\n');
}
