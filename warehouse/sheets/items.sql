-- The reporters' rows of every item sheet, in the workbook's form: item, the row's number, the row, its height in points.
-- `sheets` has by item (`items`) the letters of its columns, the widths of its texts, and the styles of its figures;
-- `corrections` by item and reporter (`corrected`) what was corrected of whose report. No join: rows stay in their order.
WITH placed AS (
    SELECT *, nth + $above AS r,
           map($items::INTEGER[], $sheets::STRUCT(letters VARCHAR[], widths DOUBLE[], numbers INTEGER[], marked INTEGER[], corrected BOOLEAN)[])[item] AS s,
           map($corrected::VARCHAR[], $corrections::STRUCT(figures INTEGER[], state BOOLEAN, words VARCHAR)[])[concat(item, ' ', reporter)] AS c,
           map($keys::VARCHAR[], $ends::VARCHAR[]) AS ends
    FROM read_parquet($path)
), tall AS (
    SELECT *, len(s.numbers) AS figured,
           points_of(greatest(CASE WHEN contradicted THEN 2 ELSE 1 END, lines_of(name, s.widths[1]), lines_of(done, s.widths[2]),
                              lines_of(problems, s.widths[3]), lines_of(next, s.widths[4]), lines_of(explanation, s.widths[5]),
                              lines_of(c.words, s.widths[6]))) AS points
    FROM placed
)
SELECT item, r, encode(concat(
           row_opening(r, points), text_cell('A', r, $text, name),
           '<c r="B', r, ends['role ' || role],
           '<c r="C', r, ends[CASE WHEN contradicted THEN 'contradicted' WHEN state <> 'accepted' THEN 'state ' || state
                                   WHEN c.state THEN 'corrected ' || coalesce(status, '') ELSE 'status ' || coalesce(status, '') END],
           '<c r="D', r, ends[concat('light ', light, ' ', computed)],
           array_to_string(list_transform(figures, lambda f, n: CASE
               WHEN NOT f.owed THEN concat('<c r="', s.letters[n + 4], r, ends['nothing'])
               WHEN f.state = 'value' AND f.value IS NOT NULL
                   THEN number_cell(s.letters[n + 4], r, CASE WHEN list_contains(c.figures, n) THEN s.marked[n] ELSE s.numbers[n] END, f.value)
               ELSE concat('<c r="', s.letters[n + 4], r,
                           ends['figure ' || coalesce(f.state, CASE WHEN accession IS NULL THEN 'absent' ELSE 'blank' END)])
               END), ''),
           text_cell(s.letters[figured + 5], r, $text, done), text_cell(s.letters[figured + 6], r, $text, problems),
           text_cell(s.letters[figured + 7], r, $text, next), text_cell(s.letters[figured + 8], r, $centre, expected_on::VARCHAR),
           text_cell(s.letters[figured + 9], r, $text, explanation), text_cell(s.letters[figured + 10], r, $centre, accession),
           CASE WHEN s.corrected THEN text_cell(s.letters[figured + 11], r, $text, c.words) ELSE '' END, '</row>')) AS row, points
FROM tall
