-- What the marts compute with. Division is exact: DuckDB's own makes floats of decimals.

-- Truncated, never rounded up, to six decimals: 2,999,999 of 3,000,000 is not the whole.
CREATE OR REPLACE TEMP MACRO exact_ratio(part, whole) AS
    CASE WHEN part IS NULL OR whole IS NULL OR whole = 0 THEN NULL
         ELSE (((part::DECIMAL(24, 6) * 1000000)::HUGEINT * 1000000) // (whole::DECIMAL(24, 6) * 1000000)::HUGEINT)
              ::DECIMAL(24, 0) * 0.000001::DECIMAL(6, 6)
    END::DECIMAL(24, 6);

-- What a reporter's figure is divided by: a count's is 1.
CREATE OR REPLACE TEMP MACRO denominator_of(aggregate, reference, per, population, typed) AS
    CASE WHEN reference = 'population' THEN exact_ratio(population, per)
         WHEN aggregate = 'ratio' THEN typed
         ELSE 1 END::DECIMAL(24, 6);

-- The figure due by now: the share of the target that the schedule asks for, and the share of that from which it is yellow.
CREATE OR REPLACE TEMP MACRO due_figure(target, share) AS
    (target::DECIMAL(24, 6) * share::DECIMAL(9, 6))::DECIMAL(24, 6);
CREATE OR REPLACE TEMP MACRO yellow_figure(target, share, yellow_at) AS
    (due_figure(target, share)::DECIMAL(24, 6) * yellow_at::DECIMAL(7, 6))::DECIMAL(24, 6);

CREATE OR REPLACE TEMP MACRO light_of(value, target, share, yellow_at) AS
    CASE WHEN value IS NULL OR target IS NULL OR share IS NULL THEN 'grey'
         WHEN value >= target THEN 'done'
         WHEN value >= due_figure(target, share) THEN 'green'
         WHEN value >= yellow_figure(target, share, yellow_at) THEN 'yellow'
         ELSE 'red'
    END;

-- The share of a target due by the end of a quarter, a fraction. A target due before the year's end has the schedule
-- stretched so that its own quarter stands at 100 %; `schedule` is percent by quarter.
CREATE OR REPLACE TEMP MACRO share_due(schedule, quarter, target_by) AS
    CASE WHEN quarter >= coalesce(target_by, left(quarter, 4) || 'Q4') THEN 1
         WHEN left(target_by, 4) > left(quarter, 4) OR target_by IS NULL
             THEN exact_ratio(schedule[right(quarter, 1)::INTEGER], 100)
         ELSE coalesce(exact_ratio(schedule[right(quarter, 1)::INTEGER], schedule[right(target_by, 1)::INTEGER]), 1)
    END::DECIMAL(9, 6);

-- The worst of several lights; those with nothing to judge by do not count, and one done does not outshine one on its way.
CREATE OR REPLACE TEMP MACRO badness(light) AS
    CASE light WHEN 'red' THEN 4 WHEN 'yellow' THEN 3 WHEN 'green' THEN 2 WHEN 'done' THEN 1 ELSE 0 END;
CREATE OR REPLACE TEMP MACRO light_at(badness) AS
    CASE badness WHEN 4 THEN 'red' WHEN 3 THEN 'yellow' WHEN 2 THEN 'green' WHEN 1 THEN 'done' ELSE 'grey' END;

-- A reporter's own word, where there is nothing to compute from.
CREATE OR REPLACE TEMP MACRO light_of_word(status, expected_on, ends) AS
    CASE WHEN status IS NULL OR status = 'not_applicable' THEN 'grey'
         WHEN status = 'done' THEN 'done'
         WHEN expected_on <= ends THEN 'red'
         WHEN status = 'not_started' THEN 'yellow'
         ELSE 'green'
    END;

CREATE OR REPLACE TEMP MACRO end_of(quarter) AS
    last_day(make_date(left(quarter, 4)::BIGINT, 3 * right(quarter, 1)::BIGINT, 1));

-- Numbers in sentences: no zeros behind the point, percent where the unit says so.
CREATE OR REPLACE TEMP MACRO plain(number) AS
    CASE WHEN contains(number::VARCHAR, '.') THEN rtrim(rtrim(number::VARCHAR, '0'), '.') ELSE number::VARCHAR END;
CREATE OR REPLACE TEMP MACRO as_read(number, unit) AS
    CASE WHEN unit = '%' THEN plain((number * 100)::DECIMAL(24, 4)) || '%' ELSE plain(number::DECIMAL(24, 6)) END;
CREATE OR REPLACE TEMP MACRO status_read(status) AS
    CASE status WHEN 'done' THEN '已完成' WHEN 'under_way' THEN '推进中' WHEN 'not_started' THEN '未启动'
                WHEN 'not_applicable' THEN '不适用' WHEN 'closed' THEN '已销号' END;

-- What stands in a cell: a figure, 不适用, 空白, or the state of an item.
CREATE OR REPLACE TEMP MACRO value_read(state, number, word, unit) AS
    CASE WHEN state = 'blank' THEN '空白' WHEN state = 'not_applicable' THEN '不适用'
         WHEN number IS NOT NULL THEN as_read(number, unit) ELSE coalesce(status_read(word), word) END;

-- Why there is nothing to judge by, in a sentence.
CREATE OR REPLACE TEMP MACRO grey_read(reason) AS
    CASE reason
        WHEN '未设目标' THEN '未设目标，只跟踪不亮灯'
        WHEN '基数未定' THEN '目标引用的基数尚未填入，暂不亮灯'
        WHEN '未分解目标' THEN '本单位未分解目标，只跟踪不亮灯'
        WHEN '未报数' THEN '应报单位均未报数，不亮灯'
        WHEN '不适用' THEN '已报的均填“不适用”，不亮灯'
        WHEN '分母为 0' THEN '分母为 0，算不出比率，不亮灯'
        ELSE reason || '，没有计入的数，不亮灯'
    END;

-- An overdue target or deliverable that is made up is yellow in that quarter, and what it is from the next one on.
-- `due_then`: what it was judged when it was last judged past its due date, `due_at` the number of that quarter.
CREATE OR REPLACE TEMP MACRO made_up(judged, due_then) AS
    judged = 'done' AND coalesce(due_then IN ('red', 'yellow'), false);
CREATE OR REPLACE TEMP MACRO made_up_read(number, due_at) AS
    CASE WHEN due_at = number - 1 THEN '；上季逾期，本季补齐，记黄灯' ELSE '；此前逾期，本季补齐，记黄灯' END;

CREATE OR REPLACE TEMP MACRO light_formula(value, target, share, yellow_at, unit) AS
    '实绩 ' || as_read(value, unit) || '，年度目标 ' || as_read(target, unit) || ' × 序时 ' || as_read(share, '%')
              || ' = 应达 ' || as_read(due_figure(target, share), unit)
              || CASE light_of(value, target, share, yellow_at)
                     WHEN 'done' THEN '；已达到目标'
                     WHEN 'green' THEN '；达到序时'
                     WHEN 'yellow' THEN '；未达序时，达到其 ' || as_read(yellow_at, '%') || '（黄灯线 '
                                        || as_read(yellow_figure(target, share, yellow_at), unit) || '）'
                     ELSE '；低于黄灯线 ' || as_read(yellow_figure(target, share, yellow_at), unit)
                 END;
