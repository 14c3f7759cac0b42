import { test } from 'node:test';

import { openWebKit } from './webkit.mjs';
import { tellStory } from './story.mjs';

test('the whole story in WebKit, from the tap to the message', (t) => tellStory(t, openWebKit));
