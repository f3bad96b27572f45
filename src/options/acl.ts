// Owns how an ACL is written: a word for the usual ones, or the list that zkCli.sh shows.
import type { Acl, Grant } from '../zookeeper/acl.js';
import { quote, UsageError } from './usage-error.js';

const OURS: Grant = { scheme: 'auth', id: '', permissions: 'cdrwa' };
const EVERYBODY = { scheme: 'world', id: 'anyone' } as const;

const EXPECTED = 'open, creator, private, or SCHEME:ID:PERMISSIONS[,...] such as auth::cdrwa,world:anyone:r';

/** Whoever has shown credentials, and what its znodes permit; undefined where everybody may do everything. */
export function parseAcl(option: string, text: string, hasCredentials: boolean): Acl | undefined {
  const acl = aclOf(option, text);
  if (acl?.some(({ scheme }) => scheme === 'auth') === true && !hasCredentials) {
    throw new UsageError(
      option,
      `expected --auth-file or --tls-cert beside ${quote(text)}, got neither, and nobody's znodes can be kept for their maker`,
    );
  }
  return acl;
}

function aclOf(option: string, text: string): Acl | undefined {
  switch (text) {
    case 'open':
      return undefined;
    case 'creator':
      return [OURS, { ...EVERYBODY, permissions: 'r' }];
    case 'private':
      return [OURS];
    default:
      // A comma may be part of an id, as in x509:CN=web1,O=Example:r; behind permissions it is none.
      return text.split(/(?<=:[cdrwa]+),/).map((grant) => parseGrant(option, text, grant));
  }
}

function parseGrant(option: string, text: string, grant: string): Grant {
  const refuse = (problem: string): never => {
    throw new UsageError(option, `expected ${EXPECTED}, got ${quote(text)}${problem}`);
  };
  const [, scheme, id, permissions] = /^([a-z][a-z0-9]*):(.*):([cdrwa]+)$/.exec(grant) ?? [];
  if (scheme === undefined || id === undefined || permissions === undefined) {
    return refuse(grant === text ? '' : `, where ${quote(grant)} is not of that form`);
  }
  if (new Set(permissions).size !== permissions.length)
    return refuse(`, where ${permissions} repeats itself`);
  if (scheme === 'world' && id !== 'anyone') return refuse(', where world is not followed by anyone');
  if (scheme === 'auth' && id !== '')
    return refuse(', where auth is followed by an id; it stands for our own');
  if (scheme !== 'auth' && id === '') return refuse(`, where ${scheme} has no id`);
  return { scheme, id, permissions };
}
