import { test } from 'node:test';

import { openFirefox } from './firefox.mjs';
import { tellStory } from './story.mjs';

test('the whole story in Firefox, from the tap to the message', (t) => tellStory(t, openFirefox));
