-- What a draft that stands is made from.
SELECT inputs FROM publications WHERE publication = $publication AND workbook IS NOT NULL
