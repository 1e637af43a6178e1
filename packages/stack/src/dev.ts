import { runStackInTerminal } from './stack-in-terminal.ts';

await runStackInTerminal('development');
