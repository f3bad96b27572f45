// Owns the reading of the prose below the options of --help: which of it is a heading, an example, an entry of a list.

export type Block =
  | { readonly kind: 'paragraph' | 'example'; readonly text: string }
  | { readonly kind: 'entry'; readonly term: string; readonly text: string };

export interface Section {
  /** Undefined for what stands under none. */
  readonly heading: string | undefined;
  readonly blocks: Block[];
}

/**
 * Reads prose in the form of the help. A line that ends in a colon above indented ones is a heading; below it, two
 * spaces begin a paragraph, or an entry where a gap follows its term; four begin an example, or carry on an entry.
 */
export function readProse(prose: string): readonly Section[] {
  const sections: Section[] = [];
  const lines = prose.split('\n');
  let goesOn = false;
  for (const [index, line] of lines.entries()) {
    const isFlush = !line.startsWith(' ');
    if (line === '') {
      goesOn = false;
    } else if (isFlush && line.endsWith(':') && lines[index + 1]?.startsWith('  ') === true) {
      sections.push({ heading: line.slice(0, -1), blocks: [] });
      goesOn = false;
    } else {
      const isFree = sections.at(-1)?.heading === undefined;
      if (sections.length === 0 || (isFlush && !isFree)) sections.push({ heading: undefined, blocks: [] });
      add(sections.at(-1)?.blocks ?? [], blockOf(line), goesOn);
      goesOn = true;
    }
  }
  return sections;
}

function blockOf(line: string): Block {
  if (line.startsWith('    ')) return { kind: 'example', text: line.slice(4) };
  const [, term, text] = /^ {2}(\S.*?) {2,}(\S.*)$/.exec(line) ?? [];
  return term === undefined || text === undefined
    ? { kind: 'paragraph', text: line.trim() }
    : { kind: 'entry', term, text };
}

function add(blocks: Block[], block: Block, goesOn: boolean): void {
  const last = goesOn ? blocks.at(-1) : undefined;
  const text = last && joinedText(last, block);
  if (last === undefined || text === undefined) blocks.push(block);
  else blocks.splice(-1, 1, { ...last, text });
}

/** The text of a block with another line; undefined where the line begins another block. */
function joinedText(last: Block, line: Block): string | undefined {
  if (line.kind === 'entry') return undefined;
  if (last.kind === line.kind) return last.text + (line.kind === 'example' ? '\n' : ' ') + line.text;
  return last.kind === 'entry' && line.kind === 'example' ? `${last.text} ${line.text.trim()}` : undefined;
}
