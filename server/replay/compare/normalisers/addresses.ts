import type { Normaliser } from '../normaliser';

/** An object's address stands after `at`: `<Foo object at 0x7f…>`. A number in base 16 elsewhere is a value. */
const ADDRESS = /\bat 0x[0-9a-fA-F]{6,16}\b/g;

export const addresses: Normaliser = {
  id: 'addresses',
  label: 'addresses of objects',
  line: (line) => line.replace(ADDRESS, 'at <address>'),
};
