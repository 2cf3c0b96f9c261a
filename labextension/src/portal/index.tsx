/** The web page: the same list and pages as in JupyterLab, served at `<base URL>jupyter-runs/`. */

import { ServerConnection } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import * as React from 'react';
import { createRoot } from 'react-dom/client';

import { Client } from '../api';
import { Pulse } from '../model/pulse';
import { RunsModel } from '../model/runsModel';
import { App } from './app';
import { readConfig } from './config';
import { Deeds } from './deeds';
import { Desk } from './desk';
import { WebPlaces } from './places';
import { Route } from './route';
import { apply } from './theme';

function start(): void {
  apply();
  const config = readConfig(document, document.location.href);
  const trans = nullTranslator.load('jupyter_runs');
  const client = new Client(ServerConnection.makeSettings({ baseUrl: config.base }));
  const route = new Route(`${config.base}jupyter-runs/`);
  const desk = new Desk(trans);
  const places = new WebPlaces(route, desk, config, trans);
  const pulse = new Pulse();
  const model = new RunsModel(client, pulse);
  const deeds = new Deeds({
    client,
    places,
    desk,
    trans,
    openTab: place => void window.open(route.href(place), '_blank', 'noopener'),
    openTrash: () => route.go({ kind: 'trash' }),
    changed: () => void model.refresh(),
    gone: runs => {
      const { place } = route;
      if (place.kind === 'run' && runs.some(run => run.id === place.id)) {
        places.openHome();
      }
    }
  });
  createRoot(document.getElementById('jp-portal') as HTMLElement).render(
    <App
      given={{ client, pulse, trans, places }}
      route={route}
      model={model}
      deeds={deeds}
      desk={desk}
      lab={config.lab ? `${config.base}lab` : null}
    />
  );
}

start();
