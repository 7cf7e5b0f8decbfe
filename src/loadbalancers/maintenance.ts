/*
 * What visitors see while no copy is there.
 */

/** Seconds after which browsers, and clients that read the header, may try again: copies start in about that time. */
export const RETRY_AFTER = 5;

/** The page, in one line and without what ends or changes a quoted text of any back end's configuration. */
export const MAINTENANCE_PAGE = '<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Back soon</title>'
  + '<style>body{font:1.1em sans-serif;margin:20vh auto;max-width:30em;padding:1em}</style>'
  + '<h1>Back soon</h1><p>This site is not available for a moment. Please try again in a few seconds.</p></html>';
