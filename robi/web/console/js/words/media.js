/** Adds the words of ears, voice, eyes and body to those of the page. */

import { addWords } from './index.js';
import { en } from './media.en.js';
import { es } from './media.es.js';

addWords({ es, en });
