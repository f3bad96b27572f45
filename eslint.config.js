import eslint from '@eslint/js';
import tseslint from 'typescript-eslint';

// src/election decides and touches nothing, nor do the ledger and the schedule that it thinks in. Every way a clock, a socket, a process, a promise or a
// logger could get in is an error there, so that the simulation proves the code that runs.
const purity = {
  files: ['src/election/**/*.ts', 'src/ledger/ledger.ts', 'src/schedule/schedule.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            regex: '^(?!\\./|\\.\\./(ledger/ledger|schedule/schedule|election/endings)\\.js$)',
            message:
              'The core imports only its own files, and the words that it shares: it decides, the shell acts.',
          },
        ],
      },
    ],
    'no-restricted-globals': [
      'error',
      ...[
        'Buffer',
        'Date',
        'Promise',
        'clearImmediate',
        'clearInterval',
        'clearTimeout',
        'console',
        'crypto',
        'fetch',
        'globalThis',
        'performance',
        'process',
        'queueMicrotask',
        'setImmediate',
        'setInterval',
        'setTimeout',
      ].map((name) => ({ name, message: 'The core touches nothing outside itself; take it as an input.' })),
    ],
    'no-restricted-syntax': [
      'error',
      { selector: 'AwaitExpression', message: 'The core never waits.' },
      { selector: 'FunctionDeclaration[async=true]', message: 'The core never waits.' },
      { selector: 'ArrowFunctionExpression[async=true]', message: 'The core never waits.' },
      { selector: 'ImportExpression', message: 'The core loads nothing while it runs.' },
      {
        selector: "VariableDeclaration[kind='let'][parent.type='Program']",
        message: 'The core keeps no state.',
      },
      {
        selector: "MemberExpression[object.name='Math'][property.name='random']",
        message: 'The core is deterministic: take randomness as an input.',
      },
    ],
  },
};

// The watchdog's rules are as pure; what they take from elsewhere are types alone.
const purityOfRules = {
  files: ['src/watchdog/rules.ts'],
  rules: {
    ...purity.rules,
    'no-restricted-imports': 'off',
    '@typescript-eslint/no-restricted-imports': [
      'error',
      { patterns: [{ regex: '.', allowTypeImports: true, message: 'The rules import nothing but types.' }] },
    ],
  },
};

// What is explained is as pure, and may import what it explains, and how options are written.
const purityOfExplanation = {
  files: ['src/explanation/**/*.ts'],
  rules: { ...purity.rules, 'no-restricted-imports': 'off' },
};

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      eqeqeq: 'error',
      'no-console': 'error',
    },
  },
  {
    // node:test returns promises that the runner itself awaits.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            { from: 'package', package: 'node:test', name: ['test', 'it', 'suite', 'describe'] },
          ],
        },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
    },
  },
  {
    files: ['**/*.{js,mjs}'],
    languageOptions: {
      globals: Object.fromEntries(
        [
          'AbortController',
          'AbortSignal',
          'Buffer',
          'URL',
          'clearInterval',
          'clearTimeout',
          'console',
          'fetch',
          'performance',
          'process',
          'setImmediate',
          'setInterval',
          'setTimeout',
        ].map((name) => [name, 'readonly']),
      ),
    },
  },
  purity,
  purityOfRules,
  purityOfExplanation,
);
