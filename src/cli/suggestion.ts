// Owns the guess at what a misspelt word was meant to be.

/** Returns the candidate that the word most likely stands for, or undefined when none is near. */
export function nearest<Candidate extends string>(
  word: string,
  candidates: readonly Candidate[],
): Candidate | undefined {
  const completed = candidates.filter((candidate) => candidate.startsWith(word));
  if (completed.length === 1 && word !== '') return completed[0];
  // Two edits could make a word of four letters any other: help is not http.
  const limit = word.length < 5 ? 1 : Math.max(2, Math.floor(word.length / 3));
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word, candidate) }))
    .filter(({ distance }) => distance <= limit)
    .sort((one, other) => one.distance - other.distance);
  return ranked[0]?.candidate;
}

// Levenshtein's, one row at a time; two swapped letters are one edit.
function editDistance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (const [index, letter] of Array.from(one).entries()) {
    const next = [index + 1];
    for (let column = 1; column < row.length; column++) {
      const replaced = (row[column - 1] ?? 0) + (letter === other[column - 1] ? 0 : 1);
      const areSwapped = letter === other[column - 2] && one[index - 1] === other[column - 1];
      const swapped = areSwapped ? (before[column - 2] ?? 0) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, (row[column] ?? 0) + 1, (next[column - 1] ?? 0) + 1));
    }
    before = row;
    row = next;
  }
  return row.at(-1) ?? 0;
}
