// Bundles the web page, which is served without JupyterLab: `node portal.mjs [--dev]`.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import process from 'node:process';

import { build } from 'esbuild';

const dev = process.argv.includes('--dev');
const { resolve } = createRequire(import.meta.url);
const SELECTORS = {
  light: ':root',
  dark: ":root[data-jp-theme-light='false']"
};

/** Styles as JupyterLab has them: its addresses, and the variables of its two themes, each where it applies. */
const styles = {
  name: 'jupyterlab-styles',
  setup({ onResolve, onLoad }) {
    // from a package
    onResolve({ filter: /^~/ }, ({ path }) => ({ path: resolve(path.slice(1)) }));
    onResolve({ filter: /^theme:/ }, ({ path }) => ({
      path: path.slice('theme:'.length),
      namespace: 'theme'
    }));
    onLoad({ filter: /.*/, namespace: 'theme' }, ({ path }) => {
      const file = resolve(`@jupyterlab/theme-${path}-extension/style/variables.css`);
      const text = readFileSync(file, 'utf8');
      if (text.split(':root').length !== 2) {
        throw new Error(`${file} is not one rule for :root any more`);
      }
      const contents = text.replace(':root', SELECTORS[path]);
      return { contents, loader: 'css', watchFiles: [file] };
    });
  }
};

const told = await build({
  entryPoints: {
    portal: 'src/portal/index.tsx',
    theme: 'src/portal/boot.ts',
    style: 'style/portal.css'
  },
  outdir: '../jupyter_runs/server/static',
  bundle: true,
  // one file each: nothing is fetched later, from an address that a proxy may have changed
  format: 'iife',
  target: ['es2021', 'chrome100', 'firefox100', 'safari15.4'],
  define: { 'process.env.NODE_ENV': JSON.stringify(dev ? 'development' : 'production') },
  minify: !dev,
  sourcemap: dev ? 'linked' : false,
  legalComments: 'linked',
  metafile: true,
  logLevel: 'warning',
  plugins: [styles]
});
for (const [path, { bytes }] of Object.entries(told.metafile.outputs)) {
  process.stdout.write(`${path.replace(/^.*\//, '')} ${Math.round(bytes / 1024)} kB\n`);
}
