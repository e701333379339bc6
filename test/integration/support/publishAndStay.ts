/** Stands for a window: `publishAndStay.ts FOLDER ORDER SCRIPT` has an order carried out, and stays until it is killed. */
import { Publications } from '../../../src/adapters/publishing/publications';
import { startPublishing } from '../../../src/adapters/publishing/startPublishing';
import { parsePublishOrder } from '../../../src/core/publishOrder';

const [folder = '', text = '', script = ''] = process.argv.slice(2);
const order = parsePublishOrder(text);
if (order === undefined) {
  throw new Error(`no order: ${text}`);
}
startPublishing(new Publications(folder), order, script);
process.stdout.write('started\n');
setInterval(() => undefined, 60_000);
