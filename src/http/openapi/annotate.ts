/** Request schemas as the description shows them: the routes' own, with words and bounds that a checked transform cannot show by itself. */
import { z } from '@hono/zod-openapi';

interface Note {
  readonly description: string;
  readonly examples?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
}

/** By the name of a field, wherever it stands in a request. */
const NOTES: Readonly<Record<string, Note>> = {
  draft: { description: 'Keep it as a draft even when it is whole.' },
  name: { description: 'As on the ID card.', examples: ['张三'] },
  id_number: { description: '18 digits, the last may be X; the check digit and the date of birth are checked.', examples: ['110105199003072338'] },
  phone: { description: 'A mainland mobile number; +86, spaces and hyphens are accepted.', examples: ['13800000001'] },
  phone_verification_id: { description: 'A confirmed `pv_…` of this phone; in sandbox mode also `pv_sandbox`.', examples: ['pv_sandbox'] },
  amount_fen: { description: 'A whole number of fen.', minimum: 10_000, maximum: 1_000_000_000, examples: [2_000_000] },
  term_months: { description: 'A whole number of months.', minimum: 1, maximum: 120, examples: [12] },
  documents: { description: 'Ids of uploaded photos; in sandbox mode also `doc_sandbox_front` and `doc_sandbox_back`.' },
  recipient: { description: '`platform` or a funder id.', examples: ['platform'] },
  text_version: { description: 'Of the text that was shown; it must be the one in force.' },
  agreed_at: { description: 'When the borrower agreed; at most 30 days ago.' },
  refused: { description: 'Recipients the borrower said no to.' },
  ip: { description: 'The borrower’s address, IPv4 or IPv6. Only from a channel’s server; with a publishable key the caller’s address is taken.' },
  device_id: { description: 'Sealed; kept as a blind index.' },
  disclosure_hash: { description: 'The `hash` that was confirmed. When left out, the disclosure last shown is meant.' },
  code: { description: 'Six digits.', examples: ['000000'] },
  application_id: { description: 'Any application of the borrower who is to be erased.' },
};

const known = new WeakMap<z.ZodType, z.ZodType>();

/** The schema under a name, its fields with their notes. The same schema twice is the same component. */
export function annotated<T extends z.ZodType>(name: string, schema: T): z.ZodType {
  const before = known.get(schema);
  if (before !== undefined) return before;
  const made = note(schema).clone().openapi(name);
  known.set(schema, made);
  return made;
}

function note(schema: z.ZodType): z.ZodType {
  if (schema instanceof z.ZodOptional) return note(schema.unwrap() as z.ZodType).optional();
  if (schema instanceof z.ZodDefault) return new z.ZodDefault({ ...schema.def, innerType: note(schema.unwrap() as z.ZodType) });
  // A choice of formats (IPv4 or IPv6) has no format of its own in JSON Schema; the note says it in words.
  if (schema instanceof z.ZodUnion && schema.options.every((one) => one instanceof z.ZodStringFormat)) return z.string();
  if (schema instanceof z.ZodArray) return new z.ZodArray({ ...schema.def, element: note(schema.element as z.ZodType) });
  if (!(schema instanceof z.ZodObject)) return schema;
  const shape = Object.entries(schema.shape as Record<string, z.ZodType>).map(([field, value]) => {
    const notes = NOTES[field];
    const inner = note(value);
    // A schema made before the OpenAPI library was loaded has no `openapi` of its own; its clone has.
    return [field, notes === undefined ? inner : inner.clone().openapi({ ...notes } as object)];
  });
  return new z.ZodObject({ ...schema.def, shape: Object.fromEntries(shape) });
}
