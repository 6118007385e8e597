-- Until 0.2.0 no steps were noted. They are put together from what they left: in the order of their times, and of one moment
-- in the order of a quarter's work. By which ledgers a submission was judged nobody noted: those of its quarter's next
-- publication are taken, and the due dates as they stand.
INSERT INTO steps (step, kind, quarter, done_at, duban, details, keeps)
WITH done AS (
    SELECT 1 AS place, 'opened' AS kind, quarter, since AS done_at, NULL::VARCHAR AS duban,
        to_json({'registry': registry}) AS details, [registry] AS keeps
    FROM quarter_rules
    UNION ALL
    SELECT 2, 'due', quarter, any_value(opened_at), NULL,
        to_json({'dues': map_from_entries(list((reporter, due) ORDER BY reporter))}), []
    FROM (
        SELECT quarter, reporter, strftime(max(o.due), '%Y-%m-%d') AS due, max(opened_at) AS opened_at
        FROM obligations o JOIN quarters q USING (quarter)
        WHERE o.due <> q.due
        GROUP BY quarter, reporter
    )
    GROUP BY quarter
    UNION ALL
    SELECT 3, 'templates', quarter, issued_at, NULL,
        to_json({'templates': list(
            [template, reporter, registry,
             strftime(issued_at AT TIME ZONE 'Asia/Shanghai', '%Y-%m-%dT%H:%M:%S+08:00')] ORDER BY reporter)}), []
    FROM templates
    GROUP BY quarter, issued_at
    UNION ALL
    SELECT 4, 'received', quarter, received_at, NULL,
        to_json({'registry': registry, 'ledgers': ledgers, 'wording': wording, 'files': files}),
        list_distinct([registry, ledgers, wording])
    FROM (
        SELECT quarter, received_at, s.registry,
            coalesce(any_value(sha256(json(coalesce(p.ledgers->'files', '{}'))::VARCHAR)), sha256('{}')) AS ledgers,
            coalesce(any_value(sha256(json(p.wording)::VARCHAR)), sha256('{}')) AS wording,
            list({'place': place, 'accession': accession, 'reporter': reporter, 'verdict': verdict, 'digest': digest,
                  'file_name': file_name, 'folder': folder, 'size': size} ORDER BY place) AS files
        FROM (
            SELECT *, row_number() OVER (PARTITION BY quarter, received_at, registry ORDER BY number, rowid) - 1 AS place
            FROM submissions
        ) s
        LEFT JOIN LATERAL (
            SELECT ledgers, wording FROM publications p
            WHERE p.quarter = s.quarter AND p.pinned_at >= s.received_at
            ORDER BY p.pinned_at, p.revision LIMIT 1
        ) p ON true
        GROUP BY quarter, received_at, s.registry
    )
    UNION ALL
    SELECT 5, 'answered', quarter, answered_at, NULL,
        to_json({'answers': list([accession, path] ORDER BY accession)}), []
    FROM answers JOIN submissions USING (accession)
    GROUP BY quarter, answered_at
    UNION ALL
    SELECT 6, 'pinned', quarter, pinned_at, duban,
        to_json({'registry': registry, 'ledgers': sha256(json(ledgers)::VARCHAR), 'wording': sha256(json(wording)::VARCHAR),
            'publication': publication,
            'kind': CASE WHEN revision IS NOT NULL THEN 'issued' WHEN publication LIKE '%-draft' THEN 'draft' ELSE 'past' END,
            'inputs': inputs, 'base': base, 'before': before}),
        list_distinct([registry, sha256(json(ledgers)::VARCHAR), sha256(json(wording)::VARCHAR)])
    FROM publications
    UNION ALL
    SELECT 7, 'published', quarter, greatest(issued_at, pinned_at), duban,
        to_json({'publication': publication, 'workbook': workbook}), []
    FROM publications
    WHERE workbook IS NOT NULL
)
SELECT row_number() OVER (ORDER BY done_at, place, quarter, details::VARCHAR), kind, quarter, done_at, coalesce(duban, '0.2.0'), details,
    keeps
FROM done;

INSERT INTO kept
SELECT DISTINCT sha256(text) AS digest, text
FROM (
    SELECT json(ledgers)::VARCHAR AS text FROM publications
    UNION ALL
    SELECT json(coalesce(ledgers->'files', '{}'))::VARCHAR FROM publications
    UNION ALL
    SELECT json(wording)::VARCHAR FROM publications
    UNION ALL
    SELECT '{}'
)
WHERE sha256(text) IN (SELECT unnest(keeps) FROM steps);
