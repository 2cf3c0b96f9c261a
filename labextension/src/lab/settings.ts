import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { INotifySettings } from './notify';
import { PLUGIN_ID } from './ids';

/** The settings of notifications, kept up to date. */
export class NotifySettings {
  /** `onBrowser`: the person has just switched the browser's notifications on. */
  constructor(
    private readonly registry: ISettingRegistry | null,
    onBrowser: () => void
  ) {
    void registry
      ?.load(PLUGIN_ID)
      .then(settings => {
        this.read(settings);
        settings.changed.connect(changed => {
          const before = this.value.browser;
          this.read(changed);
          if (this.value.browser && !before && !this.setting) {
            onBrowser();
          }
        });
      })
      .catch(error => console.warn('jupyter-runs: settings can’t be read', error));
  }

  value: INotifySettings = { ended: true, least: 30, browser: false };

  /** Switch the browser's notifications on or off. */
  async setBrowser(on: boolean): Promise<void> {
    this.value = { ...this.value, browser: on };
    this.setting = true; // who does this has asked already
    try {
      await this.registry?.set(PLUGIN_ID, 'browserNotifications', on);
    } finally {
      this.setting = false;
    }
  }

  private read(settings: ISettingRegistry.ISettings): void {
    const { notifyWhenEnded, notifyAfterSeconds, browserNotifications } =
      settings.composite;
    this.value = {
      ended: notifyWhenEnded !== false,
      least: typeof notifyAfterSeconds === 'number' ? notifyAfterSeconds : 30,
      browser: browserNotifications === true
    };
  }

  private setting = false;
}
