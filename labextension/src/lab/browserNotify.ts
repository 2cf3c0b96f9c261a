/** The browser's own notifications: asked for by a person, and never at the start. */

import { Notification } from '@jupyterlab/apputils';
import { TranslationBundle } from '@jupyterlab/translation';
import { CommandRegistry } from '@lumino/commands';

import { CommandIDs } from './ids';
import { NotifySettings } from './settings';

/** Whether the browser may tell now. */
export function mayTell(): boolean {
  return window.Notification?.permission === 'granted';
}

/** Ask the person, through the browser; whether it may then. */
export async function askToTell(trans: TranslationBundle): Promise<boolean> {
  const { Notification: own } = window;
  if (!own) {
    Notification.warning(trans.__('This browser has no notifications of its own.'));
    return false;
  }
  const answer =
    own.permission === 'default' ? await own.requestPermission() : own.permission;
  if (answer === 'denied') {
    Notification.warning(
      trans.__(
        'The browser does not allow notifications here. Allow them for this site in its settings.'
      )
    );
  }
  return answer === 'granted';
}

export function addNotifyCommand(
  commands: CommandRegistry,
  settings: NotifySettings,
  trans: TranslationBundle
): void {
  commands.addCommand(CommandIDs.notifyHidden, {
    label: trans.__('Tell of ended runs while JupyterLab is hidden'),
    caption: trans.__('Through the browser, which asks once whether it may'),
    isToggleable: true,
    isToggled: () => settings.value.browser && mayTell(),
    execute: async () => {
      const on = !(settings.value.browser && mayTell());
      await settings.setBrowser(on && (await askToTell(trans)));
    }
  });
}
