// Limits of the values of a message: the beginning of a field's key names the
// kind of its value.

const CLOCK = /^([01]?\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/;
const DAY =
  /^(\d{4}年\d{1,2}月\d{1,2}日|\d{4}年\d{1,2}月|\d{1,2}月\d{1,2}日|\d{4}([-/.])\d{1,2}\2\d{1,2})$/;

function isDate(value) {
  const [day, clock, ...more] = value.split(' ');
  return DAY.test(day) && (clock === undefined || CLOCK.test(clock)) && more.length === 0;
}

const isTime = (value) => CLOCK.test(value) || isDate(value);
const span = (isOne) => (value) =>
  value.split('~').length <= 2 && value.split('~').every((part) => isOne(part.trim()));
const matches = (pattern) => (value) => pattern.test(value);

/** Characters as a person counts them. */
const length = (text) => [...text].length;

const KINDS = {
  thing: (value) => length(value) <= 20,
  number: matches(/^(?=.{1,32}$)-?\d+(\.\d+)?$/),
  letter: matches(/^[A-Za-z]{1,32}$/),
  symbol: matches(/^[\p{P}\p{S}]{1,5}$/u),
  character_string: matches(/^[\x21-\x7e ]{1,32}$/),
  time: span(isTime),
  date: span(isDate),
  amount: matches(/^\p{Sc}?\d{1,10}(\.\d+)?元?$/u),
  phone_number: matches(/^[\d+\-() ]{1,17}$/),
  car_number: matches(/^[\p{Script=Han}A-Z0-9]{1,8}$/u),
  name: (value) => (/\p{Script=Han}/u.test(value) ? length(value) <= 10 : length(value) <= 20),
  phrase: matches(/^\p{Script=Han}{1,5}$/u),
};

/**
 * What is wrong with a message's `data`, in WeChat's words; `null` if nothing.
 *
 * @param {{ key: string }[]} fields of the template
 * @param {unknown} data key → `{ value }`
 */
export function wrongIn(fields, data) {
  if (typeof data !== 'object' || data === null || Array.isArray(data)) return 'data is invalid';
  for (const { key } of fields) {
    const value = data[key]?.value;
    if (value === undefined || value === null || value === '') return `data.${key}.value is empty`;
    const kind = KINDS[key.replace(/\d+$/, '')];
    const isText = typeof value === 'string' && !/\p{Cc}/u.test(value);
    if (!isText || !kind?.(value)) return `data.${key}.value invalid`;
  }
  const known = new Set(fields.map(({ key }) => key));
  const extra = Object.keys(data).find((key) => !known.has(key));
  return extra === undefined ? null : `data.${extra} is not in the template`;
}
