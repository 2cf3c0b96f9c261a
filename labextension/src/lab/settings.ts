import { ISettingRegistry } from '@jupyterlab/settingregistry';

import { INotifySettings } from './notify';
import { PLUGIN_ID } from './ids';

/** The settings of notifications, kept up to date. */
export class NotifySettings {
  constructor(registry: ISettingRegistry | null) {
    void registry
      ?.load(PLUGIN_ID)
      .then(settings => {
        this.read(settings);
        settings.changed.connect(changed => this.read(changed));
      })
      .catch(error => console.warn('jupyter-runs: settings can’t be read', error));
  }

  value: INotifySettings = { ended: true, least: 30, browser: false };

  private read(settings: ISettingRegistry.ISettings): void {
    const before = this.value.browser;
    const { notifyWhenEnded, notifyAfterSeconds, browserNotifications } =
      settings.composite;
    this.value = {
      ended: notifyWhenEnded !== false,
      least: typeof notifyAfterSeconds === 'number' ? notifyAfterSeconds : 30,
      browser: browserNotifications === true
    };
    if (this.value.browser && !before && window.Notification?.permission === 'default') {
      void window.Notification.requestPermission();
    }
  }
}
