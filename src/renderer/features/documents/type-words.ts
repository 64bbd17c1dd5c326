const known: { readonly [type: string]: string } = {
  'text/plain': 'text',
  'application/octet-stream': 'bytes',
  'application/vnd.openxmlformats-officedocument.wordprocessingml.document': 'DOCX',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet': 'XLSX',
}

/** A media type, short: `PDF`, `PNG`, `DOCX`. */
export const typeWords = (type: string): string => known[type] ?? (type.split('/')[1] ?? type).toUpperCase()
