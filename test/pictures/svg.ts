// Owns the few shapes that pictures are made of, and their colours by daylight and by night.

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The page that an image stands on may be of either colour: the image brings its own. */
const STYLE = `
  .paper { fill: #ffffff; } .ink { fill: #1f2328; } .pale { fill: #59636e; }
  .zone { fill: #f6f8fa; stroke: #d1d9e0; }
  .part { fill: #ffffff; stroke: #59636e; } .none { fill: none; stroke: #818b98; stroke-dasharray: 4 3; }
  .good { fill: #dafbe1; stroke: #1a7f37; } .bad { fill: #ffebe9; stroke: #cf222e; }
  .line { stroke: #59636e; } .live { stroke: #1a7f37; } .dead { stroke: #cf222e; stroke-dasharray: 4 3; }
  .line-head { fill: #59636e; } .live-head { fill: #1a7f37; } .dead-head { fill: #cf222e; }
  @media (prefers-color-scheme: dark) {
    .paper { fill: #0d1117; } .ink { fill: #f0f6fc; } .pale { fill: #9198a1; }
    .zone { fill: #151b23; stroke: #3d444d; }
    .part { fill: #0d1117; stroke: #9198a1; } .none { stroke: #656c76; }
    .good { fill: #12261e; stroke: #3fb950; } .bad { fill: #25171c; stroke: #f85149; }
    .line { stroke: #9198a1; } .live { stroke: #3fb950; } .dead { stroke: #f85149; }
    .line-head { fill: #9198a1; } .live-head { fill: #3fb950; } .dead-head { fill: #f85149; }
  }`;

/** Puts the parts into a picture of that size, with words for whoever cannot see it. */
export function picture(width: number, height: number, title: string, parts: readonly string[]): string {
  const head = (kind: string): string =>
    `<marker id="${kind}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path class="${kind}-head" d="M0 0 8 4 0 8z"/></marker>`;
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="12">`,
    `<title>${escape(title)}</title>`,
    `<style>${STYLE}\n</style>`,
    `<defs>${['line', 'live', 'dead'].map(head).join('')}</defs>`,
    `<rect class="paper" width="${width}" height="${height}"/>`,
    ...parts,
    '</svg>',
  ].join('\n')}\n`;
}

export function box(kind: string, { x, y, width, height }: Box): string {
  return `<rect class="${kind}" x="${x}" y="${y}" width="${width}" height="${height}" rx="5"/>`;
}

/** A box with a word in its middle. */
export function labelled(kind: string, where: Box, word: string): string {
  const middle = { x: where.x + where.width / 2, y: where.y + where.height / 2 + 4 };
  const ink = kind === 'none' ? 'pale' : 'ink';
  return box(kind, where) + words(middle, word, `class="${ink}" text-anchor="middle"`);
}

export function words({ x, y }: Point, text: string, attributes = 'class="ink"'): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escape(text)}</text>`;
}

export function arrow(kind: 'line' | 'live' | 'dead', from: Point, to: Point): string {
  return `<line class="${kind}" x1="${from.x}" y1="${from.y}" x2="${to.x}" y2="${to.y}" stroke-width="1.5" marker-end="url(#${kind})"/>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
