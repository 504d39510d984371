/**
 * One line of text as lines of at most `width` columns: broken at spaces, and inside a word only where it is longer than a
 * whole line. Spaces within a line stay, so that columns keep their places.
 */
export function fold(text: string, width: number, indent: string, hanging: string): string[] {
  const lines: string[] = [];
  let rest = text;
  let margin = indent;
  while (margin.length + rest.length > width) {
    const available = width - margin.length;
    const space = rest.lastIndexOf(' ', available);
    const end = space > 0 && rest.slice(0, space).trim() !== '' ? space : available;
    lines.push((margin + rest.slice(0, end)).trimEnd());
    rest = rest.slice(end).trimStart();
    margin = hanging;
  }
  lines.push(rest === '' ? '' : margin + rest);
  return lines;
}
