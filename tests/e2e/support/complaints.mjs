/** The console line that Chromium writes when the portal's API says no; a file that is missing is another matter. */
export const REFUSED = /the server responded with a status of 4\d\d .*\(http:\S+\/api\/\S+\)$/;
