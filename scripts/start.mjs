// Builds what is needed, then becomes the application: one process, so that a signal to it reaches the application and nothing in between.
import { createRequire } from 'node:module';
import './build-if-needed.mjs';

if (!process.exitCode) createRequire(import.meta.url)('../dist/src/main.js');
