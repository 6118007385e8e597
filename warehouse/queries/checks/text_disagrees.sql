-- A number in the text that follows the title of one of the reporter's own inputs of the item and is counted in its unit,
-- and is neither that figure nor anything else that it may be: another figure of the item, what was added in the quarter
-- or adds up to it, or the target. Where a text speaks of plans, of others, of a part, or roughly, nothing is asked.
WITH cut AS MATERIALIZED (
    SELECT id, file, item,
        regexp_extract_all(text, '\d[\d,]*(?:\.\d+)?') AS numbers, string_split_regex(text, '\d[\d,]*(?:\.\d+)?') AS between
    FROM (
        SELECT * EXCLUDE (text), translate(text, '０１２３４５６７８９', '0123456789') AS text
        FROM own_texts
        WHERE regexp_matches(text, '[0-9０-９]')
    )
    WHERE threshold('text_disagrees', 'within') IS NOT NULL
), figure AS (
    SELECT e.file, e.item, e.key AS input, inputs.title, inputs.unit, e.number, targets.target,
        CASE inputs.figures WHEN 'to_date' THEN e.number - earlier.number
            WHEN 'in_quarter' THEN e.number + total.number END AS other_way
    FROM owed_entries e
    SEMI JOIN cut USING (file, item)
    JOIN inputs ON inputs.input = e.key
    LEFT JOIN earlier_figures earlier ON earlier.reporter = e.reporter AND earlier.input = e.key
    LEFT JOIN earlier_sums total ON total.reporter = e.reporter AND total.input = e.key
    LEFT JOIN targets ON targets.reporter = e.reporter AND targets.measure = inputs.measure
    WHERE e.tab = 'inputs' AND e.field = 'value' AND e.number IS NOT NULL
), mention AS (
    SELECT id, file, item, unnest(range(1, len(numbers) + 1)) AS place, numbers[place] AS written,
        regexp_extract(between[place], '[^，,。；;：:、！!？?（）()\n]*$') AS clause, trim(between[place + 1]) AS counted,
        replace(written, ',', '')::DOUBLE AS stated
    FROM cut
), counted AS (
    SELECT mention.id, written, stated, place, clause, figure.*EXCLUDE (file, item),
        stated * CASE
            WHEN starts_with(counted, unit) THEN 1
            WHEN starts_with(counted, '万' || unit) THEN 10000
            WHEN starts_with(counted, '千' || unit) THEN 1000
            WHEN starts_with(counted, '亿' || substr(unit, 2)) AND starts_with(unit, '万') THEN 10000
        END AS says,
        threshold('text_disagrees', 'within') * number AS slack
    FROM mention
    JOIN figure USING (file, item)
    WHERE length(clause) >= 2 AND NOT regexp_matches(counted, '^个(月|百分|工作日|小时|季)')
), judged AS (
    SELECT *, bool_or(abs(says - number) <= slack OR abs(says - other_way) <= slack OR says = target)
        OVER (PARTITION BY id, place) AS known
    FROM counted
    WHERE says IS NOT NULL
), wrong AS (
    SELECT *, list_max([
            size FOR size IN range(least(length(title), 3), length(title) + 1)
            IF len([true FOR start IN range(1, length(title) - size + 2)
                IF contains(right(clause, 12), substr(title, start, size))]) > 0
        ]) AS run  -- the longest piece of the title, of three letters or more, that stands right before the number
    FROM judged
    WHERE NOT coalesce(known, false) AND NOT regexp_matches(
        clause,
        '计划|目标|任务|拟|将|力争|预计|争取|上年|去年|上季|同期|同比|环比|[增减降升]|提高|其中|全省|全国|平均|每|[约近超逾]|不足|以上|至少|第$'
    )
)
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address,
    right(clause, 12) || written || unit || '（填报数 ' || shown(wrong.number, unit) || '）' AS value,
    json_object('found', right(clause, 12) || written || unit, 'title', title, 'figure', shown(wrong.number, unit),
        'unit', unit, 'within', shown(threshold('text_disagrees', 'within'), '%')) AS details
FROM wrong
JOIN owed_entries e USING (id)
WHERE run IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY e.id, place ORDER BY run DESC, input) = 1
