import { firefox } from './firefox.ts';
import { testSignInScenarios } from './sign-in-scenarios.ts';

testSignInScenarios(firefox);
