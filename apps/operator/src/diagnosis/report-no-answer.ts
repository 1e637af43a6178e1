import { NoAnswerError } from '../send.ts';
import { finding, type Finding } from './finding.ts';

/** Turns a missing answer into a finding, so that the findings of other checks stay. */
export async function reportNoAnswer(check: Promise<Finding[]>): Promise<Finding[]> {
  try {
    return await check;
  } catch (error) {
    if (!(error instanceof NoAnswerError)) throw error;
    return [finding('unreachable', `${error.message}.`)];
  }
}
