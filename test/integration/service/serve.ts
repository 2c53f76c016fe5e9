import { services } from '../../../services/index.ts';
import { runService } from '../../../services/shared/run.ts';

/** `node serve.ts <service> [settings file]`: a service as a process of its own, without the command around it. */
const [name = '', settings] = process.argv.slice(2);
const load = services[name];
if (load === undefined) throw new Error(`no service ${name}`);
process.exit(await runService(await load(), { settings }));
