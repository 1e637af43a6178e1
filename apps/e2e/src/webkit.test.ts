import { test } from '@playwright/test';
import { testSignIn } from './sign-in-scenarios.ts';
import { webkit } from './webkit.ts';

// WebKitGTK's driver loses a window about once in a hundred tests. What passes only when it is repeated is said in the
// last table of `pnpm test`.
test.describe.configure({ retries: 1 });

testSignIn(webkit);
