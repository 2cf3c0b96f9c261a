/** Light or dark: as the system has it, or as a person chose, kept in the browser. */

export type Choice = 'system' | 'light' | 'dark';

const KEY = 'jupyter-runs:theme';
const DARK = '(prefers-color-scheme: dark)';

export function chosen(): Choice {
  try {
    const kept = localStorage.getItem(KEY);
    return kept === 'light' || kept === 'dark' ? kept : 'system';
  } catch {
    return 'system'; // a browser that keeps nothing
  }
}

export function choose(choice: Choice): void {
  try {
    localStorage.setItem(KEY, choice);
  } catch {
    // then it holds for this page alone
  }
  apply(choice);
}

/** Say it as JupyterLab does, so that its variables and our charts follow. */
export function apply(choice: Choice = chosen()): void {
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
export function follow(changed: (choice: Choice) => void): void {
  matchMedia(DARK).addEventListener('change', () => apply());
  window.addEventListener('storage', event => {
    if (event.key === KEY) {
      apply();
      changed(chosen());
    }
  });
}
