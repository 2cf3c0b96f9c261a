import { readFileSync } from 'node:fs';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [
    {
      name: 'svg-as-string', // as JupyterLab's own builds treat them
      enforce: 'pre',
      load(id) {
        if (id.endsWith('.svg')) {
          return `export default ${JSON.stringify(readFileSync(id, 'utf8'))}`;
        }
      }
    }
  ],
  test: {
    environment: 'jsdom',
    globals: true,
    setupFiles: ['./vitest.setup.ts'],
    include: ['src/**/*.spec.{ts,tsx}'],
    server: { deps: { inline: [/@jupyterlab/, /@jupyter/, /@lumino/] } }
  }
});
