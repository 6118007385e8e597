-- A number in the text that follows the title of one of the reporter's own inputs of the item and is counted in its unit,
-- and is neither that figure nor anything else that the reporter says there: another figure, what was added in the
-- quarter, or the target. Where a text speaks of plans, of others, or roughly, nothing is asked.
WITH figure AS (
    SELECT e.file, e.item, e.key AS input, inputs.title, inputs.unit, e.number, targets.target,
        CASE inputs.figures WHEN 'to_date' THEN e.number - earlier.number
            WHEN 'in_quarter' THEN e.number + earlier_sums.number END AS other_way
    FROM owed_entries e
    JOIN inputs ON inputs.input = e.key
    LEFT JOIN earlier_figures earlier ON earlier.reporter = e.reporter AND earlier.input = e.key
    LEFT JOIN earlier_sums ON earlier_sums.reporter = e.reporter AND earlier_sums.input = e.key
    LEFT JOIN targets ON targets.reporter = e.reporter AND targets.measure = inputs.measure
    WHERE e.tab = 'inputs' AND e.field = 'value' AND e.number IS NOT NULL
), mention AS (
    SELECT own.id, own.file, own.item, unnest(regexp_extract_all(
            translate(text, '０１２３４５６７８９', '0123456789'),
            '[^\d，,。；;：:、！!？?（）()\n]{3,16}\d[\d,]*(?:\.\d+)?\s*[\p{L}]{1,6}'
        )) AS found
    FROM own_texts own
    SEMI JOIN figure USING (file, item)
), number AS (
    SELECT id, file, item, found,
        trim(regexp_extract(found, '^\D+')) AS before,
        replace(regexp_extract(found, '\d[\d,]*(?:\.\d+)?'), ',', '')::DOUBLE AS stated,
        regexp_extract(found, '[\p{L}]+$') AS counted
    FROM mention
), read AS (
    SELECT number.*, figure.*EXCLUDE (file, item),
        CASE
            WHEN starts_with(counted, unit) THEN 1
            WHEN starts_with(counted, '万' || unit) THEN 10000
            WHEN starts_with(counted, '亿' || substr(unit, 2)) AND unit LIKE '万%' THEN 10000
            WHEN starts_with(counted, '千' || unit) THEN 1000
        END AS factor
    FROM number
    JOIN figure USING (file, item)
    WHERE NOT regexp_matches(before, '计划|目标|任务|拟|将|力争|预计|争取|上年|去年|上季|同期|同比|环比|[增减降升]|提高|其中|全省|全国|平均|每|[约近超逾余]|不足|以上|至少|第$')
        AND NOT regexp_matches(counted, '^(个(月|百分|工作日|小时|季)|[余多])')
), judged AS (
    SELECT *, stated * factor AS says, greatest(threshold('text_disagrees', 'within') * number, 0) AS slack,
        -- the longest run of the title that stands right before the number
        list_max([
            size FOR size IN range(3, length(title) + 1)
            IF len([true FOR start IN range(1, length(title) - size + 2)
                IF contains(right(before, 12), substr(title, start, size))]) > 0
        ]) AS run
    FROM read
    WHERE factor IS NOT NULL
), wrong AS (
    SELECT *, bool_or(
            abs(says - number) <= slack OR abs(says - other_way) <= slack OR says = target
        ) OVER (PARTITION BY id, found) AS known
    FROM judged
)
SELECT e.file, e.tab, e.sheet, e.key, e.item, e.field, e.address,
    found || '（填报数 ' || shown(wrong.number, unit) || '）' AS value,
    json_object('found', found, 'title', title, 'figure', shown(wrong.number, unit), 'unit', unit,
        'within', shown(threshold('text_disagrees', 'within'), '%')) AS details
FROM wrong
JOIN owed_entries e USING (id)
WHERE NOT coalesce(known, false) AND run IS NOT NULL
QUALIFY row_number() OVER (PARTITION BY e.id, found ORDER BY run DESC, input) = 1
