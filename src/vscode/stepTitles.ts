import type { BuildStep } from '../core/buildPrebuild';
import type { OpenStep } from '../core/openInWorkspace';

const TITLES: Readonly<Record<OpenStep | BuildStep, string>> = {
  key: 'Computing the key',
  'look-up': 'Looking up',
  wait: 'Waiting for another window',
  pull: 'Pulling',
  build: 'Building',
  start: 'Starting',
};

/** A step in a few words, for the status bar and the notification. */
export const stepTitle = (step: OpenStep | BuildStep): string => TITLES[step];
