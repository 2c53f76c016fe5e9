/** Node reads this before all else (`nodeargs` in Pulumi.yaml): so what Pulumi itself loads is kept compiled too, and not only the program. */
import { keepCompiled } from './compiled.js';

keepCompiled();
