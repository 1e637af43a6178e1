import { test } from '@playwright/test';
import { testSignInScenarios } from './sign-in-scenarios.ts';
import { webkit } from './webkit.ts';

// WebKitGTK's driver loses a window about once in a hundred tests. The table at the end of `pnpm test` names the tests that
// passed only when they were repeated.
test.describe.configure({ retries: 1 });

testSignInScenarios(webkit);
