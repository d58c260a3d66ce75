const form =
  /^(\d{4})-(\d\d)-(\d\d)[Tt]([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?([Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)$/;

/**
 * The instant an RFC 3339 text names, to the millisecond (finer digits are cut); undefined when it is none or its day
 * is not in the calendar. Leap seconds are refused.
 */
export const parseInstant = (text: string): Date | undefined => {
  const parts = form.exec(text);
  if (parts === null) return undefined;
  const [, year = "", month = "", day = "", hour = "", minute = "", second = "", fraction = "", zone = ""] = parts;
  const date = `${year}-${month}-${day}`;
  const midnight = new Date(`${date}T00:00:00.000Z`);
  if (Number.isNaN(midnight.getTime()) || midnight.toISOString().slice(0, 10) !== date) return undefined;
  const milliseconds = fraction.slice(0, 3).padEnd(3, "0");
  return new Date(`${date}T${hour}:${minute}:${second}.${milliseconds}${zone.toUpperCase()}`);
};
