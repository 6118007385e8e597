-- How rows stand in a workbook's own form. `ends` are how cells end after their address, as `duban.sheets.Inline` tells them.

-- Texts that need care, rare as they are: markup, escapes, control characters, more than a cell holds (32,767 UTF-16 units),
-- characters that XML has no place for.
CREATE MACRO needs_care(t) AS
    regexp_matches(t, '[<>&\x00-\x08\x0b-\x1f\x{fffe}\x{ffff}]|_x[0-9a-fA-F]{4}_') OR length(t) > 16383;
CREATE MACRO shortened(t) AS
    CASE WHEN length(t) + length(regexp_replace(t, '[\x00-\x{ffff}]', '', 'g')) <= 32767 THEN t
         ELSE left(t, CASE WHEN regexp_matches(t, '[\x{10000}-\x{10ffff}]') THEN 16377 ELSE 32754 END) || '……（原文过长，此处截断）' END;
CREATE MACRO with_care(t) AS
    list_reduce(
        list_transform(list_concat(range(0, 9), range(11, 32)), lambda code: chr(code::INTEGER)),
        lambda text, control: replace(text, control, format('_x{:04X}_', unicode(control))),
        replace(replace(replace(
            regexp_replace(shortened(regexp_replace(t, '[\x{fffe}\x{ffff}]', '', 'g')), '(_x[0-9a-fA-F]{4}_)', '_x005F\1', 'g'),
            '&', '&amp;'), '<', '&lt;'), '>', '&gt;'));
CREATE MACRO xml_text(t) AS CASE WHEN needs_care(t) THEN with_care(t) ELSE t END;

-- A cell with a text; `styles` are that of the column, and the one for a text that begins as formulas do.
CREATE MACRO text_cell(letters, row, styles, t) AS
    CASE WHEN coalesce(t, '') = '' THEN concat('<c r="', letters, row, '" s="', styles[1], '"/>')
         ELSE concat('<c r="', letters, row, '" s="', CASE WHEN t[1] IN ('=', '+', '-', '@') THEN styles[2] ELSE styles[1] END,
                     '" t="inlineStr"><is><t', CASE WHEN (t[1] <= ' ' OR t[-1] <= ' ') AND regexp_matches(t, '^\s|\s$') THEN ' xml:space="preserve">' ELSE '>' END,
                     xml_text(t), '</t></is></c>') END;
CREATE MACRO exact(number) AS rtrim(rtrim(number::DECIMAL(24, 6)::VARCHAR, '0'), '.');
CREATE MACRO number_cell(letters, row, style, number) AS
    concat('<c r="', letters, row, '" s="', style, CASE WHEN number IS NULL THEN '"/>' ELSE concat('"><v>', exact(number), '</v></c>') END);

-- Lines that a text takes in a column of this width: a Chinese character is two wide, and three bytes long.
CREATE MACRO lines_of(t, width) AS
    CASE WHEN t IS NULL OR (strlen(t) + length(t)) // 2 < width AND NOT contains(t, chr(10)) THEN 1
         ELSE list_sum(list_transform(string_split(t, chr(10)), lambda line:
                  greatest(1, ceil((strlen(line) + length(line)) / 2 / greatest(2, floor(width) - 1))))) END;
-- Points of a row of so many lines, and how it opens; a height is told in whole pixels.
CREATE MACRO points_of(lines) AS CASE WHEN lines > 1 THEN least(409, lines * 14.5 + 6) ELSE 20 END;
CREATE MACRO row_opening(row, points) AS
    concat('<row r="', row, '" ht="', rtrim(rtrim((floor(points * 4 / 3 + 0.5) * 0.75)::DECIMAL(9, 2)::VARCHAR, '0'), '.'), '" customHeight="1">');
