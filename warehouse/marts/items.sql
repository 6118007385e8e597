-- 重点工作总表: one row per item, with what those that answer for it say. Names stand before texts where several speak.
WITH said AS (
    SELECT p.item, string_agg(p.name, '、' ORDER BY p.place) AS lead,
           count(*) AS asked, count(p.status) AS told,
           list(DISTINCT p.status ORDER BY p.status) FILTER (p.status IS NOT NULL) AS statuses,
           count(*) FILTER (p.status = 'done') = count(*) FILTER (p.status IS DISTINCT FROM 'not_applicable')
               AND count(*) FILTER (p.status = 'done') > 0 AS says_done,
           string_agg(CASE WHEN p.asked > 1 THEN p.name || '：' ELSE '' END || p.done, chr(10) ORDER BY p.place)
               FILTER (p.done <> '') AS done,
           string_agg(CASE WHEN p.asked > 1 THEN p.name || '：' ELSE '' END || p.problems, chr(10) ORDER BY p.place)
               FILTER (p.problems <> '') AS problems,
           string_agg(CASE WHEN p.asked > 1 THEN p.name || '：' ELSE '' END || p.next, chr(10) ORDER BY p.place)
               FILTER (p.next <> '') AS next,
           max(p.expected_on) AS expected_on
    FROM (SELECT *, count(*) OVER (PARTITION BY item) AS asked FROM progress WHERE consolidates) p
    GROUP BY p.item
), counted AS (
    SELECT p.item, count(*) AS owed, count(*) FILTER (p.state <> 'missing') AS received,
           count(*) FILTER (p.state = 'accepted') AS reported, count(*) FILTER (len(c.lacks) = 0) AS complete
    FROM progress p
    LEFT JOIN contents c USING (accession, item)
    GROUP BY p.item
)
SELECT i.item, i.chapter, i.chapter_title, i.title, coalesce(s.lead, '') AS lead, l.light, l.computed, l.formula,
       coalesce(c.received, 0) AS received, coalesce(c.reported, 0) AS reported, coalesce(c.complete, 0) AS complete,
       coalesce(c.owed, 0) AS owed, coalesce(s.told, 0) AS told,
       coalesce(s.statuses, []) AS statuses,
       coalesce(s.says_done AND l.computed AND l.judged <> 'done', false) AS contradicted,
       coalesce(s.done, '') AS done, coalesce(s.problems, '') AS problems, coalesce(s.next, '') AS next, s.expected_on
FROM scope
JOIN items i USING (registry)
JOIN lights l ON l.publication = scope.publication AND l.scope = 'item' AND l.item = i.item
LEFT JOIN said s ON s.item = i.item
LEFT JOIN counted c ON c.item = i.item
ORDER BY i.item
