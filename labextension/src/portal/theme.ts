/** Light or dark: as the system has it, or as a person chose, kept in the browser. */

export type Choice = 'system' | 'light' | 'dark';

const KEY = 'jupyter-runs:theme';
const DARK = '(prefers-color-scheme: dark)';

let now: Choice = 'system';

export function chosen(): Choice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return now; // a browser that keeps nothing
  }
}

export function choose(choice: Choice): void {
  now = choice;
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // then it holds for this page alone
  }
  apply();
}

/** Say it as JupyterLab does, so that its variables and our charts follow. */
export function apply(): void {
  const choice = chosen();
  const dark = choice === 'dark' || (choice === 'system' && matchMedia(DARK).matches);
  // the body may not be there yet: the first call is before anything is drawn
  for (const node of [document.documentElement, document.body]) {
    if (node) {
      node.dataset.jpThemeLight = String(!dark);
      node.dataset.jpThemeName = dark ? 'JupyterLab Dark' : 'JupyterLab Light';
    }
  }
  document.documentElement.style.colorScheme = dark ? 'dark' : 'light';
}

/** Follow the system, and the choice that is made in another tab. */
export function follow(changed: (choice: Choice) => void): () => void {
  const system = matchMedia(DARK);
  const switched = () => apply();
  const stored = (event: StorageEvent) => {
    if (event.key === KEY) {
      apply();
      changed(chosen());
    }
  };
  system.addEventListener('change', switched);
  window.addEventListener('storage', stored);
  return () => {
    system.removeEventListener('change', switched);
    window.removeEventListener('storage', stored);
  };
}
