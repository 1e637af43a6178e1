import { testSignIn } from './sign-in-scenarios.ts';
import { webkit } from './webkit.ts';

testSignIn(webkit);
