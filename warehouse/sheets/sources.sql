-- 数据来源, in the workbook's form: rows, their heights in points.
WITH placed AS (
    SELECT *, file_row_number - $skip + $first AS r, coalesce(map($numbers, $words)[correction], '') AS corrected
    FROM read_parquet($path, file_row_number = true)
    WHERE file_row_number >= $skip AND file_row_number < $skip + $most
), tall AS (
    SELECT *, points_of(greatest(lines_of(title, $widths[2]), lines_of(name, $widths[3]), lines_of(arithmetic, $widths[9]),
                                 lines_of(typed, $widths[7]), lines_of(corrected, $widths[10]), lines_of(input, $widths[1]))) AS points
    FROM placed
)
SELECT encode(concat(
           row_opening(r, points), text_cell('A', r, $styles[1], input), text_cell('B', r, $styles[2], title),
           text_cell('C', r, $styles[3], name), text_cell('D', r, $styles[4], accession),
           text_cell('E', r, $styles[5], left(digest, 12)), text_cell('F', r, $styles[6], cell), text_cell('G', r, $styles[7], typed),
           CASE WHEN state = 'not_applicable' THEN text_cell('H', r, $styles[8], '不适用') ELSE number_cell('H', r, $styles[8][1], number) END,
           text_cell('I', r, $styles[9], arithmetic), text_cell('J', r, $styles[10], corrected), '</row>')) AS row, points
FROM tall
