-- 数据来源, in the plan's order.
SELECT * EXCLUDE (input_place, quarter_number, reporter_place) FROM typed_sources ORDER BY input_place, quarter_number, reporter_place
