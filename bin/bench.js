#!/usr/bin/env node
import { bootstrap } from './bootstrap.js';

await bootstrap('bench/run.ts');
