// Owns the choice of the script that completes for a shell.

import type { Shell } from '../options/completion-options.js';
import { bashScript } from './bash.js';
import { zshScript } from './zsh.js';

export function completionScript(shell: Shell): string {
  switch (shell) {
    case 'bash':
      return bashScript();
    case 'zsh':
      return zshScript();
  }
}
