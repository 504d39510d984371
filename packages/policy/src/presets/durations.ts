/** Seconds in a minute, an hour and a day: presets are written in people's units. */
export const MINUTE = 60;
export const HOUR = 3600;
export const DAY = 86_400;
