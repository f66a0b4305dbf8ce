/** Holds a value against a schema of the API description, the way a generated client would, and stricter: a member that is not described is a fault. */
import type { Schema } from '../../src/http/openapi/schema-tree.ts';

export type Components = Readonly<Record<string, Schema>>;

/** Every fault with its place; empty when the value fits. */
export function misfits(schema: Schema, value: unknown, components: Components, at = ''): string[] {
  if (schema.$ref !== undefined) {
    const named = components[schema.$ref.replace('#/components/schemas/', '')];
    return named === undefined ? [`${at}: ${schema.$ref} leads nowhere`] : misfits(named, value, components, at);
  }
  const variants = schema.oneOf ?? schema.anyOf;
  if (variants !== undefined) {
    const tries = variants.map((one) => misfits(one, value, components, at));
    return tries.some((faults) => faults.length === 0)
      ? []
      : [`${at}: fits none of ${variants.length}: ${tries.map((faults) => faults[0]).join(' / ')}`];
  }
  const faults = (schema.allOf ?? []).flatMap((one) => misfits(one, value, components, at));
  if (schema.enum !== undefined && !schema.enum.includes(value)) faults.push(`${at}: not one of the enumeration`);
  const types = schema.type === undefined ? null : Array.isArray(schema.type) ? (schema.type as string[]) : [schema.type as string];
  if (types !== null && !types.some((type) => isOf(type, value))) return [...faults, `${at}: is not ${types.join(' or ')}`];
  if (typeof value === 'string') faults.push(...textFaults(schema, value, at));
  if (Array.isArray(value) && schema.items !== undefined)
    return [...faults, ...value.flatMap((item, index) => misfits(schema.items!, item, components, `${at}/${index}`))];
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return [...faults, ...memberFaults(schema, value as Record<string, unknown>, components, at)];
  return faults;
}

function memberFaults(schema: Schema, value: Readonly<Record<string, unknown>>, components: Components, at: string): string[] {
  const known = schema.properties ?? {};
  const open = schema.additionalProperties;
  return [
    ...(schema.required ?? []).filter((name) => !(name in value)).map((name) => `${at}/${name}: is missing`),
    ...Object.entries(value).flatMap(([name, member]) => {
      const described = known[name] ?? (typeof open === 'object' ? open : undefined);
      if (described !== undefined) return misfits(described, member, components, `${at}/${name}`);
      return open === true ? [] : [`${at}/${name}: is not described`];
    }),
  ];
}

function textFaults(schema: Schema, value: string, at: string): string[] {
  if (schema.format === 'date-time' && !/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/.test(value))
    return [`${at}: is not a date-time`];
  return schema.pattern !== undefined && !new RegExp(schema.pattern).test(value) ? [`${at}: does not match ${schema.pattern}`] : [];
}

function isOf(type: string, value: unknown): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isSafeInteger(value);
    default:
      return typeof value === type;
  }
}
