/** A variable of the environment that switches tests on, such as `TEST_REDIS_URL`; undefined when unset or empty. */
export function testSwitch(name: `TEST_${string}`): string | undefined {
  // oxlint-disable-next-line node/no-process-env -- tests are told by the environment which servers there are
  const value = process.env[name];
  return value === "" ? undefined : value;
}
