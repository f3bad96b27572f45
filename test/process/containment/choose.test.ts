// Proves that a level is chosen by what works here, and that nothing weaker is taken for what is required.
import assert from 'node:assert/strict';
import { existsSync, readdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { type TestContext, test } from 'node:test';
import { PATIENCE_MS } from '../../support/wait.js';
import { type HostOptions, RemoteHost, commandPath, holdingHost } from './commands/remote.js';
import { NOBODY } from './setuid-root.js';

const options = { timeout: PATIENCE_MS, skip: process.platform !== 'linux' && 'needs Linux' };

test('takes the strongest that works', options, async (t) => {
  const withCgroup = await holdingHost(t, 'cgroup');
  if (withCgroup === undefined) return;
  const host = new RemoteHost(t);
  const chosen = await host.choose('auto');
  assert.equal(chosen.level, 'cgroup');
  assert.deepEqual(chosen.passedOver, []);
  assert.ok(existsSync(chosen.cgroup ?? ''));
  assert.notEqual(chosen.cgroup, withCgroup.cgroup, 'each has its own');
});

for (const level of ['subreaper', 'group'] as const) {
  test(`begins with what is wanted: ${level}`, options, async (t) => {
    const chosen = await new RemoteHost(t).choose(level);
    assert.equal(chosen.level, level);
    assert.equal(chosen.cgroup, undefined);
    assert.deepEqual(chosen.passedOver, []);
  });
}

test('takes the next one where no cgroup may be made, and says why', options, async (t) => {
  const host = await hostOfNobody(t);
  const chosen = await host?.choose('auto');
  if (chosen === undefined) return;
  assert.equal(chosen.level, 'subreaper');
  assert.deepEqual(
    chosen.passedOver.map(({ level }) => level),
    ['cgroup'],
  );
  assert.match(
    chosen.passedOver[0]?.because ?? '',
    /^EACCES: permission denied, mkdir '\/sys\/fs\/cgroup\/.*'$/,
  );
});

test('takes the next one where koffi is missing, and says why', options, async (t) => {
  const chosen = await new RemoteHost(t, withoutKoffi).choose('subreaper');
  assert.equal(chosen.level, 'group');
  assert.deepEqual(chosen.passedOver, [
    { level: 'subreaper', because: "the package koffi cannot be loaded: Cannot find module 'koffi'" },
  ]);
});

test('comes down to the group', options, async (t) => {
  const host = await hostOfNobody(t, withoutKoffi);
  const chosen = await host?.choose('auto');
  if (chosen === undefined) return;
  assert.equal(chosen.level, 'group');
  assert.deepEqual(
    chosen.passedOver.map(({ level }) => level),
    ['cgroup', 'subreaper'],
  );
});

test('refuses anything weaker than what is required', options, async (t) => {
  const chosen = await new RemoteHost(t, withoutKoffi).choose('subreaper', true);
  assert.equal(chosen.level, undefined);
  assert.equal(
    chosen.refused,
    "the containment that is required is not to be had here; no subreaper: the package koffi cannot be loaded: Cannot find module 'koffi'. " +
      'Ways out: install koffi on Linux; or accept a weaker one without --containment-required',
  );
});

test('refuses a cgroup that may not be made', options, async (t) => {
  const host = await hostOfNobody(t);
  const chosen = await host?.choose('cgroup', true);
  if (chosen === undefined) return;
  assert.match(
    chosen.refused ?? '',
    /; no cgroup: EACCES: permission denied, mkdir '.*'\. Ways out: set Delegate=yes in the systemd unit, .*; or accept a weaker one/,
  );
});

test('refuses best effort where something certain is required', options, async (t) => {
  const host = await hostOfNobody(t, withoutKoffi);
  const chosen = await host?.choose('auto', true);
  if (chosen === undefined) return;
  assert.match(chosen.refused ?? '', /; no cgroup: EACCES.*; no subreaper: the package koffi .* Ways out: /);
});

test('gives what is required where it is to be had', options, async (t) => {
  assert.match((await new RemoteHost(t).choose('auto', true)).level ?? 'none', /^(?:cgroup|subreaper)$/);
  assert.equal((await new RemoteHost(t).choose('subreaper', true)).level, 'subreaper');
  assert.equal((await new RemoteHost(t).choose('group', true)).level, 'group');
});

test('leaves no folder where it was refused', options, async (t) => {
  const withCgroup = await holdingHost(t, 'cgroup');
  const host = withCgroup === undefined ? undefined : await hostOfNobody(t);
  if (withCgroup === undefined || host === undefined) return;
  await host.choose('cgroup', true);
  const names = readdirSync(dirname(withCgroup.cgroup));
  assert.deepEqual(
    names.filter((name) => name.startsWith(`zk-leader-run-${host.pid}-`)),
    [],
  );
});

const withoutKoffi = { execArgv: ['--import', commandPath('without-koffi.mjs')] };

/** A host that is not root, and so may make no cgroup where the tests run. */
async function hostOfNobody(t: TestContext, options: HostOptions = {}): Promise<RemoteHost | undefined> {
  if (process.geteuid?.() !== 0) {
    t.skip('needs root, to become somebody else');
    return undefined;
  }
  const host = new RemoteHost(t, options);
  await host.tell({ verb: 'become', uid: NOBODY });
  return host;
}
