/*
 * Where CI runs, tests with real programs share few processors: a test that fails is run once more, and what it said the first
 * time is printed. Not so on the engine, where each disruption leaves behind what the next one finds.
 */

const { testPath = '' } = expect.getState();
if (process.env.CI !== undefined && !testPath.includes('/test/engine/')) jest.retryTimes(1, { logErrorsBeforeRetry: true });
