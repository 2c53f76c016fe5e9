#!/usr/bin/env node
import { bootstrap } from './bootstrap.js';

await bootstrap('test/run.ts');
