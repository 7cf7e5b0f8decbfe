/**
 * The page for visitors while no copy is up.
 *
 * @internal
 */
export const MAINTENANCE_PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta http-equiv="refresh" content="10">
<title>Back in a moment</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 20vh auto; padding: 0 1rem }</style>
<h1>Back in a moment</h1>
<p>This site is not available just now. This page tries again by itself.</p>
</html>
`;
