import type { FieldValues } from '../domain/applicant.ts';
import type { Deps } from './deps.ts';

/** Opens the ID photos an application has claimed. One that is gone from the object store is left out: the funder will say what it lacks. */
export async function loadPhotos(deps: Deps, applicationId: string): Promise<FieldValues['id_photos']> {
  const photos: { kind: 'id_front' | 'id_back'; contentType: string; bytes: Uint8Array }[] = [];
  for (const document of deps.store.intake.documentsOf(applicationId)) {
    if (document.dataKey === null || !document.ok) continue;
    const sealed = await deps.objects.get(document.id);
    if (sealed === null) continue;
    const key = deps.vault.openDataKey(photoKeyAad(document.id), document.dataKey);
    photos.push({ kind: document.kind, contentType: 'image/jpeg', bytes: key.open(photoAad(document.id), sealed) });
  }
  return photos;
}

export const photoKeyAad = (documentId: string): string => `documents/${documentId}/data_key`;
export const photoAad = (documentId: string): string => `documents/${documentId}/jpeg`;
