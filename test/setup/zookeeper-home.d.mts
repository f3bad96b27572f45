// The types of zookeeper-home.mjs, which stays plain JavaScript to run before anything is installed.
export declare const WAYS_TO_GET_ONE: string;
export declare function findZooKeeper(
  env?: NodeJS.ProcessEnv,
): { java: string; classPath: string } | { missing: string };
export declare function canInstallWithApt(): boolean;
export declare function installWithApt(): Promise<string | undefined>;
