import { firefox } from './firefox.ts';
import { testSignIn } from './sign-in-scenarios.ts';

testSignIn(firefox);
