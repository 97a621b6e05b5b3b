// The session of echo.mjs in Node.js. Argument: the URL of an echo. Prints the result as JSON.
import { createRequire } from 'node:module';
import { echo } from './echo.mjs';

Math.random = () => 0.01;
const WebSocket = globalThis.WebSocket ?? createRequire(import.meta.url)('ws'); // Node.js before 22 has none
console.log(JSON.stringify(await echo(process.argv[2], { WebSocket })));
