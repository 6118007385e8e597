-- The quarters for which fill-in workbooks were issued.
SELECT DISTINCT quarter FROM templates ORDER BY quarter
